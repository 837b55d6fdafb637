// The package's entry `./url`: for browsers and servers, without dependencies.

export type { Delivery, Fit, Format, Gravity } from './delivery.ts'
export { type ImageSource, imageUrl, srcSet, type SrcSetOptions } from './image-url.ts'
export type { UrlSpec } from './spec-query.ts'
export { thumbhashToDataUrl } from './thumbhash.ts'
