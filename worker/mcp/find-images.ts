import * as z from 'zod'
import { InvalidSpecError } from '../../shared/errors.ts'
import { specIssue } from '../../shared/spec/spec-issue.ts'
import { imageAddress } from '../routes/image-address.ts'
import { listedImage, parseListQuery } from '../routes/list-query.ts'
import { dataResult, type Tool } from './tool.ts'

/** Images that are there already: using one again is free. */
export const findImages: Tool = {
  name: 'find_images',
  title: 'Find images that exist',
  description:
    'Finds images that were generated before, newest first, by words of their prompt or by model. Free. Look here before you generate something similar.',
  input: z.strictObject({
    q: z.string().optional().meta({ description: 'Words that the prompt holds, all of them.' }),
    model: z.string().optional().meta({ description: 'The id of a model.' }),
    limit: z.int().min(1).max(100).optional().meta({ description: 'Images on a page.', default: 20 }),
    cursor: z.string().optional().meta({ description: 'From the previous page.' }),
  }),
  isReadOnly: true,

  async call(args, { c, ports: { access, findImages: find, settings } }) {
    // Prompts may be private: like the list itself, in every mode.
    await access.toManage(c.req.raw)
    const { images, cursor } = await find(parseListQuery(toQuery(args)))
    const listed = images.map(async (image) => ({
      ...listedImage(image, c.req.url),
      url: await imageAddress({ ...image, index: 0 }, c.req.url, settings),
    }))
    return dataResult({ images: await Promise.all(listed), cursor })
  },
}

const LIMIT_DEFAULT = '20'

function toQuery(args: unknown): URLSearchParams {
  const query = new URLSearchParams({ limit: LIMIT_DEFAULT })
  for (const [name, value] of Object.entries(args ?? {})) {
    if (typeof value !== 'string' && typeof value !== 'number') {
      throw new InvalidSpecError([specIssue([name], `${name} must be text or a number.`)])
    }
    query.set(name, String(value))
  }
  return query
}
