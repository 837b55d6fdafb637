import sharp from 'sharp'

/** How much smaller than the image each preview is before it is enlarged again: blurred, then clearer. */
const FACTORS = [48, 12] as const

/** Two steps on the way to the image, as a diffusion model shows them. */
export async function previewsOf(bytes: Buffer): Promise<readonly Buffer[]> {
  const { width, format } = await sharp(bytes).metadata()
  return Promise.all(
    FACTORS.map(async (factor) => {
      const small = await sharp(bytes)
        .resize(Math.max(8, Math.round(width / factor)))
        .toBuffer()
      return sharp(small).resize(width).blur(3).toFormat(format).toBuffer()
    }),
  )
}
