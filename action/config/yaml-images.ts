import { parseConfig } from '../../shared/config/parse.ts'
import type { Declarations } from './declared-image.ts'
import { readYaml, type YamlSource } from './yaml-source.ts'

/** The images of an `easel.yml`, with the place of everything. */
export function declarationsOf(text: string, file: string): Declarations {
  const yaml = readYaml(text, file)
  if ('problems' in yaml) {
    return { images: [], defaults: undefined, presets: new Map(), diagnostics: yaml.problems }
  }
  const { source } = yaml
  const { images, defaults, presets, issues } = parseConfig(source.value)
  return {
    defaults,
    presets,
    diagnostics: issues.map(({ path, isKey, detail }) => {
      const { line, column } = isKey ? source.keyPosition(path) : source.position(path)
      return { file, line, column, severity: 'error', message: detail }
    }),
    images: images.flatMap((entry, index) => {
      const base = ['images', index]
      const where = (field: string) => positionOf(source, base, entry?.preset, field)
      if (entry) {
        const { path, id, alt, ...picture } = entry
        return [{ path, id, alt, picture, where }]
      }
      // Its path can still be told from the others.
      const path = stringAt(source.value, [...base, 'path'])
      return path === undefined ? [] : [{ path, id: stringAt(source.value, [...base, 'id']), where }]
    }),
  }
}

function positionOf(
  source: YamlSource,
  base: readonly PropertyKey[],
  preset: string | undefined,
  field: string,
): ReturnType<YamlSource['position']> {
  const steps = stepsOf(field)
  const [top = ''] = steps
  const holder = [base, ...(preset === undefined ? [] : [['presets', preset]]), ['defaults']].find((path) =>
    source.has([...path, top]),
  )
  return source.position(holder ? [...holder, ...steps] : [...base, 'path'])
}

/** `font_inputs[0].text` as `['font_inputs', 0, 'text']`. */
function stepsOf(field: string): PropertyKey[] {
  return field
    .split(/[.[\]]/)
    .filter(Boolean)
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step))
}

function stringAt(value: unknown, path: readonly PropertyKey[]): string | undefined {
  const found = path.reduce<unknown>(
    (inner, step) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, step) : undefined),
    value,
  )
  return typeof found === 'string' ? found : undefined
}
