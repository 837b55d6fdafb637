import { fileURLToPath } from 'node:url'

/** The fields of Astro's `image` config that the Worker needs. */
export interface AstroImageConfig {
  readonly service: { readonly entrypoint: string; readonly config: { readonly base: string } }
}

/**
 * Astro's `image` config for a Worker: `<Image>` takes prompts and the Worker's images, which the Worker resizes.
 * Images of the project itself are served as they are.
 *
 * @param base  the Worker's address, such as `https://img.example.com`
 * @throws {TypeError} when it is not a URL
 */
export function easelImages(base: string | URL): AstroImageConfig {
  return { service: { entrypoint: fileURLToPath(SERVICE), config: { base: new URL(base).href } } }
}

/** Beside this file in the package. */
const SERVICE = new URL('./astro-service.js', import.meta.url)
