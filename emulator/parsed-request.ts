import type { Model } from './catalogue.ts'

export type Tier = '512' | '1K' | '1.5K' | '2K' | '4K'
export type Format = 'png' | 'jpeg' | 'webp' | 'gif' | 'svg'
export type Quality = 'auto' | 'low' | 'medium' | 'high' | 'xhigh' | 'max'

export interface FontInput {
  readonly font_url: string
  readonly text: string
}

/** A request for images to either API, validated. */
export interface ParsedRequest {
  readonly api: 'completions' | 'image'
  readonly model: Model
  readonly prompt: string
  /** Pixels. */
  readonly width: number
  /** Pixels. */
  readonly height: number
  readonly tier: Tier
  readonly count: number
  readonly seed: number | undefined
  readonly format: Format
  /** 0–100, for JPEG and WebP. */
  readonly compression: number | undefined
  readonly quality: Quality
  readonly transparent: boolean
  /** URLs, `data:` or http(s). */
  readonly inputs: readonly string[]
  readonly fonts: readonly FontInput[]
  /** URLs of super resolution references; empty when there is no input image, as documented. */
  readonly references: readonly string[]
  /** `[r, g, b]`, 0–255, that the image must be built from; empty when free. */
  readonly colours: readonly (readonly number[])[]
  readonly backgroundColour: readonly number[] | undefined
  /** Recraft's `style`, read as if it stood in the prompt. */
  readonly style: string | undefined
  /** Everything else that a provider would let change the image: `strength`, `text_layout`, … */
  readonly extras: Readonly<Record<string, unknown>>
  readonly wantsImage: boolean
  readonly wantsText: boolean
  readonly stream: boolean
}
