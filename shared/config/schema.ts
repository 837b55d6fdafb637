import * as z from 'zod'
import { imageSpecInputSchema, presetSchema } from '../spec/schema.ts'

/** The only version of `easel.yml` there is. */
export const CONFIG_VERSION = 1

/** `https:`, `data:`, `C:` …: what starts like this is no path in the repository. */
const SCHEME = /^[a-z][a-z0-9+.-]*:/i

const inputImage = z
  .string()
  .min(1)
  .refine(
    (value) => isRepositoryPath(value) || value.startsWith('data:') || isHttpsUrl(value),
    'must be a path in the repository, an https URL or a data: URL of an image',
  )

const inputImages = z.array(inputImage).min(1).max(16).meta({
  description: 'Images to start from: paths in the repository, https URLs or data: URLs.',
})

/** What `easel.yml` changes in an image's fields: input images may be paths, and a path holds one image. */
const imageFields = imageSpecInputSchema.omit({ n: true }).extend({ input_images: inputImages.optional() })

/** A partial image, under `defaults` or under a name in `presets`. */
export const partialImageSchema = presetSchema
  .omit({ n: true })
  .extend({ input_images: inputImages.optional() })
  .meta({ id: 'PartialImage' })

/** One image of `easel.yml`: where it goes, and any field of a spec. */
export const imageEntrySchema = imageFields
  .extend({
    path: z.string().min(1).meta({
      description: 'Where the file goes, from the root of the repository: .png, .jpg, .webp or .svg.',
    }),
    id: z
      .string()
      .regex(/^[A-Za-z0-9][\w.-]*$/, 'must be letters, digits, dots, dashes or underscores')
      .meta({ description: 'A short name, to say which image is meant: `easel generate hero`.' })
      .optional(),
    alt: z
      .string()
      .meta({ description: 'What the image shows, for those who can’t see it. Not sent to the model.' })
      .optional(),
  })
  .meta({ description: 'One image: where it goes, and how it is described.' })

/** What a comment in Markdown says of the image behind it, which has a path and an alt text of its own. */
export const commentSchema = imageEntrySchema.omit({ path: true, alt: true })

/** `easel.yml` as a whole: what its JSON Schema is made from. */
export const easelConfigSchema = z
  .strictObject({
    version: z.literal(CONFIG_VERSION).meta({ description: 'Of this format.' }),
    defaults: partialImageSchema.meta({ description: 'Fields of every image that leaves them out.' }),
    presets: z.record(z.string().min(1), partialImageSchema).meta({
      description: 'Partial descriptions by name. A prompt holds {prompt} where the image’s own goes.',
    }),
    images: z.array(imageEntrySchema).meta({ description: 'The images that Easel keeps up to date.' }),
    markdown: z.array(z.string().min(1)).meta({
      description:
        'Globs of Markdown and MDX files whose images Easel makes, where an `easel` comment describes them. One that begins with `!` leaves files out.',
    }),
    site_root: z.string().min(1).meta({
      description:
        'The folder that a site serves as `/`: an image `/img/a.png` of a page is the file `static/img/a.png` with `static`.',
    }),
  })
  .partial()
  .required({ version: true })
  .meta({ title: 'easel.yml', description: 'The images of a repository, for Easel to generate.' })

export type CommentFields = Readonly<z.infer<typeof commentSchema>>
export type ImageEntry = Readonly<z.infer<typeof imageEntrySchema>>
export type PartialImage = Readonly<z.infer<typeof partialImageSchema>>

/** Whether an input image is a path in the repository, rather than a URL. */
export function isRepositoryPath(inputImageValue: string): boolean {
  return !SCHEME.test(inputImageValue)
}

function isHttpsUrl(value: string): boolean {
  return value.startsWith('https://') && URL.canParse(value)
}
