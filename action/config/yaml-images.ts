import { parseConfig } from '../../shared/config/parse.ts'
import type { FieldPath } from '../../shared/spec/spec-issue.ts'
import type { Declarations } from './declared-image.ts'
import type { Position } from './diagnostic.ts'
import { readYaml, type YamlSource } from './yaml-source.ts'

/** What an `easel.yml` declares, with the position of each field. */
export function declarationsOf(text: string, file: string): Declarations {
  const yaml = readYaml(text, file)
  if ('problems' in yaml) {
    const pages = {
      globs: [],
      siteRoot: undefined,
      whereGlob: () => ({ file, line: 1, column: 1 }),
      whereShared: () => undefined,
    }
    return { images: [], defaults: undefined, presets: new Map(), diagnostics: yaml.problems, pages }
  }
  const { source } = yaml
  const { images, defaults, presets, markdown, siteRoot, issues } = parseConfig(source.value)
  return {
    defaults,
    presets,
    pages: {
      globs: markdown,
      siteRoot,
      whereGlob: (index) => source.position(['markdown', index]),
      whereShared: (preset, path) => sharedPosition(source, preset, path),
    },
    diagnostics: issues.map(({ path, isKey, detail }) => {
      const { line, column } = isKey ? source.keyPosition(path) : source.position(path)
      return { file, line, column, severity: 'error', message: detail }
    }),
    images: images.flatMap((entry, index) => {
      const base = ['images', index]
      const where = (path: FieldPath) => positionOf(source, base, entry?.preset, path)
      if (entry) {
        const { path, id, alt, ...fields } = entry
        return [{ path, id, alt, fields, where }]
      }
      // Its path can still be compared with the others.
      const path = stringAt(source.value, [...base, 'path'])
      return path === undefined ? [] : [{ path, id: stringAt(source.value, [...base, 'id']), where }]
    }),
  }
}

function positionOf(
  source: YamlSource,
  base: readonly PropertyKey[],
  preset: string | undefined,
  path: FieldPath,
): Position {
  if (source.has([...base, ...path.slice(0, 1)])) return source.position([...base, ...path])
  return sharedPosition(source, preset, path) ?? source.position([...base, 'path'])
}

function sharedPosition(
  source: YamlSource,
  preset: string | undefined,
  path: FieldPath,
): Position | undefined {
  const holders = [...(preset === undefined ? [] : [['presets', preset]]), ['defaults']]
  const holder = holders.find((base) => source.has([...base, ...path.slice(0, 1)]))
  return holder && source.position([...holder, ...path])
}

function stringAt(value: unknown, path: readonly PropertyKey[]): string | undefined {
  const found = path.reduce<unknown>(
    (inner, step) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, step) : undefined),
    value,
  )
  return typeof found === 'string' ? found : undefined
}
