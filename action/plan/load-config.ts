import type { PartialImage } from '../../shared/config/schema.ts'
import type { Catalogue } from '../../shared/catalogue/catalogue.ts'
import { readRegularFile } from '../files/read-file.ts'
import { createLinkFinder, type LinkFinder } from '../files/safe-path.ts'
import { checkPaths } from '../config/check-paths.ts'
import type { Declarations, DeclaredImage } from '../config/declared-image.ts'
import { ConfigError, type Diagnostic, inOrder, UsageError } from '../config/diagnostic.ts'
import { configFile } from '../config/find-config.ts'
import { type ReadyImage, fitModel } from '../config/fit-model.ts'
import { createInputImages } from '../config/input-images.ts'
import { resolveImage, type ResolvedImage, toSpecDefaults } from '../config/resolve-image.ts'
import { declarationsOf } from '../config/yaml-images.ts'

/** The images of a valid config. */
export interface LoadedConfig {
  readonly images: readonly ReadyImage[]
  /** The Markdown files that may describe images. */
  readonly pages: Pick<Declarations['pages'], 'globs'>
  readonly warnings: readonly Diagnostic[]
}

/**
 * Reads a config and validates all of it: fields, paths, presets, input images, models.
 *
 * @param root       the workspace, with symbolic links resolved
 * @param path       the config file, relative to `root`
 * @param catalogue  where models and prices come from
 * @param text       the config's content, when it comes from somewhere else than the workspace
 * @throws {ConfigError} holding every mistake, not just the first
 */
export async function loadConfig({
  root,
  path,
  catalogue,
  text,
}: {
  readonly root: string
  readonly path: string
  readonly catalogue: Catalogue
  readonly text?: string | undefined
}): Promise<LoadedConfig> {
  const links = createLinkFinder(root)
  const declared = await withPages(
    declarationsOf(text ?? (await readConfig(root, path, links)), path),
    root,
    links,
  )
  const [onPaths, resolved] = await Promise.all([
    checkPaths(declared.images, links),
    resolveAll(declared, root, links),
  ])
  const fitted = await Promise.all(resolved.images.map((image) => fitModel(image, catalogue)))
  const diagnostics = inOrder([
    ...declared.diagnostics,
    ...onPaths,
    ...resolved.diagnostics,
    ...fitted.flatMap((fit) => fit.diagnostics),
  ])
  if (diagnostics.some(({ severity }) => severity === 'error')) throw new ConfigError(diagnostics)
  const { globs } = declared.pages
  const images = fitted.flatMap(({ image }) => image ?? [])
  return { images, pages: { globs }, warnings: diagnostics }
}

async function readConfig(root: string, path: string, links: LinkFinder): Promise<string> {
  const link = await links.linkIn(path)
  if (link !== undefined) throw new UsageError(`${path} goes through the symbolic link ${link}.`)
  const found = await readRegularFile(configFile(root, path))
  if (found.kind === 'nothing') throw new UsageError(`${path} no longer exists.`)
  if (found.kind === 'other') throw new UsageError(`${path} is ${found.what}.`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(found.bytes)
  } catch {
    throw new UsageError(`${path} is not UTF-8 text.`)
  }
}

/** Adds the images that Markdown describes. Loads the parser only when a config names pages. */
async function withPages(declared: Declarations, root: string, links: LinkFinder): Promise<Declarations> {
  const { pages } = declared
  if (pages.globs.length === 0) return declared
  const { declarePages } = await import('../markdown/declare-pages.ts')
  const { images, diagnostics } = await declarePages({ ...pages, images: declared.images }, { root, links })
  return { ...declared, images, diagnostics: [...declared.diagnostics, ...diagnostics] }
}

async function resolveAll(
  { images, defaults, presets }: Declarations,
  root: string,
  links: LinkFinder,
): Promise<{ readonly images: readonly ResolvedImage[]; readonly diagnostics: readonly Diagnostic[] }> {
  // Invalid defaults would repeat their mistake for every image.
  if (!defaults) return { images: [], diagnostics: [] }
  const right: Record<string, PartialImage> = Object.fromEntries(
    [...presets].flatMap(([name, preset]) => (preset ? [[name, preset]] : [])),
  )
  const context = {
    defaults,
    presets: right,
    specDefaults: toSpecDefaults(defaults, right),
    inputs: createInputImages(root, links),
    outputs: new Set(images.map((image) => image.path)),
  }
  const results = await Promise.all(
    images
      .filter(isUsable)
      .filter(
        ({ fields: { preset } }) =>
          preset === undefined || Object.hasOwn(right, preset) || !presets.has(preset),
      )
      .map((image) => resolveImage(image, context)),
  )
  return {
    images: results.flatMap(({ image }) => image ?? []),
    diagnostics: results.flatMap(({ diagnostics }) => diagnostics),
  }
}

function isUsable(
  image: DeclaredImage,
): image is DeclaredImage & { readonly fields: NonNullable<DeclaredImage['fields']> } {
  return image.fields !== undefined
}
