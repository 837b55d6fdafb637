import * as z from 'zod'
import { isDataUrl, isHttpsUrl } from '../spec/forms.ts'
import { imageSpecInputSchema, presetSchema } from '../spec/schema.ts'

/** The only version of `easel.yml` so far. */
export const CONFIG_VERSION = 1

/** Where Easel is published, as in package.json. */
export const REPOSITORY = 'easel-images/easel'

/** Public address of `easel.schema.json`. */
export const SCHEMA_URL = `https://raw.githubusercontent.com/${REPOSITORY}/v1/easel.schema.json`

/** `https:`, `data:`, `C:` …: a value that starts like this is not a path in the repository. */
const SCHEME = /^[a-z][a-z0-9+.-]*:/i

const inputImage = z
  .string()
  .min(1)
  .refine(
    (value) => isRepositoryPath(value) || isDataUrl(value) || isHttpsUrl(value),
    'must be a path in the repository, an https URL or a data: URL of an image',
  )

const inputImages = z
  .array(inputImage)
  .min(1)
  .max(16)
  .meta({
    description: 'Images to start from, in order: paths in the repository, https URLs or `data:` URLs.',
    examples: [['docs/brand/logo.png']],
  })

/** How `easel.yml` differs from a spec: input images may be paths, and a path holds one image. */
const imageFields = imageSpecInputSchema.omit({ n: true }).extend({ input_images: inputImages.optional() })

/** A partial image, under `defaults` or under a name in `presets`. */
export const partialImageSchema = presetSchema
  .omit({ n: true })
  .extend({ input_images: inputImages.optional() })
  .meta({ id: 'PartialImage', description: 'Fields of an image, all of them optional.' })

/** One image of `easel.yml`: where its file goes, and any field of a spec. */
export const imageEntrySchema = imageFields
  .extend({
    path: z
      .string()
      .min(1)
      .meta({
        description:
          'Where to write the file, from the root of the repository. The extension sets the format: .png, .jpg, .jpeg, .webp, .gif or .svg.',
        examples: ['docs/img/hero.png'],
      }),
    id: z
      .string()
      .regex(/^[A-Za-z0-9][\w.-]*$/, 'must be letters, digits, dots, dashes or underscores')
      .meta({
        description: 'Short name for the command line: `easel generate hero`.',
        examples: ['hero'],
      })
      .optional(),
    alt: z
      .string()
      .meta({
        description: 'What the image shows, for people who cannot see it. Not sent to the model.',
        examples: ['A lighthouse'],
      })
      .optional(),
  })
  .meta({ description: 'One image: where its file goes, and what it should show.' })

/** The fields of an `easel` comment in Markdown. The image after the comment has the path and the alt text. */
export const commentSchema = imageEntrySchema.omit({ path: true, alt: true })

/** All of `easel.yml`. Its JSON Schema is built from this. */
export const easelConfigSchema = z
  .strictObject({
    version: z.literal(CONFIG_VERSION).meta({ description: 'Version of the format of this file.' }),
    defaults: partialImageSchema.meta({ description: 'Fields for every image that leaves them out.' }),
    presets: z.record(z.string().min(1), partialImageSchema).meta({
      description:
        'Named sets of fields, for an image to use with `preset`. `{prompt}` in a prompt is replaced by the image’s own.',
    }),
    images: z.array(imageEntrySchema).meta({ description: 'The images that Easel keeps up to date.' }),
    markdown: z.array(z.string().min(1)).meta({
      description:
        'Globs of Markdown and MDX files. Easel generates the images in them that an `easel` comment describes. A glob that starts with `!` excludes files.',
    }),
    site_root: z.string().min(1).meta({
      description:
        'The folder that the site serves as `/`. With `static`, the image `/img/a.png` of a page is the file `static/img/a.png`.',
    }),
  })
  .partial()
  .required({ version: true })
  .meta({ title: 'easel.yml', description: 'The images of a repository that Easel generates.' })

export type CommentFields = Readonly<z.infer<typeof commentSchema>>
export type ImageEntry = Readonly<z.infer<typeof imageEntrySchema>>
export type PartialImage = Readonly<z.infer<typeof partialImageSchema>>

/** Whether an input image is a path in the repository, not a URL. */
export function isRepositoryPath(inputImageValue: string): boolean {
  return !SCHEME.test(inputImageValue)
}
