import type { Catalogue } from '../../shared/catalogue/catalogue.ts'
import { withoutVariant } from '../../shared/catalogue/closest.ts'

/** Whose models OpenAI's clients mean by a name that no list has. */
const AUTHOR = 'openai'

/**
 * The id of a model that may be named without its author, as OpenAI's clients do: `gpt-image-2` is
 * `openai/gpt-image-2`. Never fails: whether there is such a model is for others to say.
 */
export async function modelId(name: string, catalogue: Pick<Catalogue, 'listed'>): Promise<string> {
  if (name === '' || name.includes('/')) return name
  const slug = withoutVariant(name)
  const owners = (await catalogue.listed()).filter(({ id }) => id.slice(id.indexOf('/') + 1) === slug)
  const [only, ...others] = owners
  return only && others.length === 0 ? only.id + name.slice(slug.length) : `${AUTHOR}/${name}`
}
