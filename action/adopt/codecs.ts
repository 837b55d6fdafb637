import { readFile } from 'node:fs/promises'

// Codecs in WebAssembly. They block their thread, and take about 400 MB for a 4K image.

export type RasterFormat = 'png' | 'jpeg' | 'webp'

/** Pixels as the codecs return them: four bytes each. */
export interface Pixels {
  readonly data: Uint8ClampedArray<ArrayBuffer>
  readonly width: number
  readonly height: number
}

// The codecs are written for browsers, and return instances of this class.
class NodeImageData implements Pixels {
  readonly colorSpace = 'srgb'
  readonly data: Uint8ClampedArray<ArrayBuffer>
  readonly width: number
  readonly height: number

  constructor(data: Uint8ClampedArray<ArrayBuffer>, width: number, height: number) {
    this.data = data
    this.width = width
    this.height = height
  }
}
Object.assign(globalThis, { ImageData: NodeImageData })

const CODECS = {
  png: '@jsquash/png/codec/pkg/squoosh_png_bg.wasm',
  jpegDecoder: '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm',
  jpegEncoder: '@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm',
  webpDecoder: '@jsquash/webp/codec/dec/webp_dec.wasm',
  webpEncoder: '@jsquash/webp/codec/enc/webp_enc_simd.wasm',
} as const

/** Missing from Node's types. */
const { WebAssembly: webAssembly } = globalThis as unknown as {
  readonly WebAssembly: { compile(code: Uint8Array): Promise<never> }
}

export async function decode(file: string, format: RasterFormat): Promise<Pixels> {
  const encoded = (await readFile(file)).buffer
  switch (format) {
    case 'png': {
      const codec = await import('@jsquash/png/decode.js')
      await codec.init(await wasm('png'))
      return codec.default(encoded) as Promise<Pixels>
    }
    case 'jpeg': {
      const codec = await import('@jsquash/jpeg/decode.js')
      await codec.init(await wasm('jpegDecoder'))
      return codec.default(encoded) as Promise<Pixels>
    }
    case 'webp': {
      const codec = await import('@jsquash/webp/decode.js')
      await codec.init(await wasm('webpDecoder'))
      return codec.default(encoded) as Promise<Pixels>
    }
  }
}

/** @param quality  for lossy formats, 0 to 100 */
export async function encode(image: Pixels, format: RasterFormat, quality: number): Promise<ArrayBuffer> {
  // The codecs want the browser’s own class, which Node doesn’t have.
  const input = (format === 'jpeg' ? onWhite(image) : image) as never
  switch (format) {
    case 'png': {
      const codec = await import('@jsquash/png/encode.js')
      await codec.init(await wasm('png'))
      return codec.default(input)
    }
    case 'jpeg': {
      const codec = await import('@jsquash/jpeg/encode.js')
      await codec.init(await wasm('jpegEncoder'))
      return codec.default(input, { quality })
    }
    case 'webp': {
      const codec = await import('@jsquash/webp/encode.js')
      await codec.init(await wasm('webpEncoder'))
      return codec.default(input, { quality })
    }
  }
}

/** JPEG has no transparency: without this, transparent parts would turn black. */
function onWhite({ data, width, height }: Pixels): Pixels {
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3] as number
    if (alpha === 255) continue
    for (let channel = at; channel < at + 3; channel++) {
      data[channel] = ((data[channel] as number) * alpha + 255 * (255 - alpha)) / 255
    }
    data[at + 3] = 255
  }
  return { data, width, height }
}

const compiled = new Map<keyof typeof CODECS, Promise<never>>()

/** Compiled once a thread. */
function wasm(codec: keyof typeof CODECS): Promise<never> {
  const code = compiled.get(codec) ?? compile(codec)
  compiled.set(codec, code)
  return code
}

async function compile(codec: keyof typeof CODECS): Promise<never> {
  const name = CODECS[codec]
  // In `dist/` the build puts the files next to this one.
  const url = import.meta.url.endsWith('.ts')
    ? import.meta.resolve(name)
    : new URL(`./wasm/${name.slice(name.lastIndexOf('/') + 1)}`, import.meta.url)
  return webAssembly.compile(new Uint8Array(await readFile(new URL(url))))
}
