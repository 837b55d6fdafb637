import type { PlannedImage } from '../plan/plan.ts'
import type { FieldChange } from '../plan/field-changes.ts'
import { oneLine, shorten } from './one-line.ts'

/** Longer values are left out. */
const VALUE_MAX_CHARACTERS = 24

/** Why an image has its status, in a few words. */
export function reasonOf({ status, changes, entry, file, action }: PlannedImage): string {
  switch (status) {
    case 'new':
      return 'new'
    case 'up-to-date':
      return action === 'generate' ? 'up to date, but forced' : 'up to date'
    case 'missing':
      return 'file is missing'
    case 'changed':
      return `changed: ${changes.map(describeChange).join(', ') || 'its spec'}`
    case 'drifted': {
      if (file.kind === 'other') return `is ${file.what}`
      const what = entry ? 'edited by hand' : 'not a file that Easel wrote'
      const also = changes.length > 0 ? `; changed: ${changes.map(describeChange).join(', ')}` : ''
      return `drifted: ${what}, ${RESULT[action]}${also}`
    }
  }
}

const RESULT = { keep: 'kept', generate: 'will be overwritten', fail: 'refused' } as const satisfies Record<
  PlannedImage['action'],
  string
>

/** The requested size: `16:9 2K`, `1024x768`, or the model's default. */
export function sizeOf({ image }: PlannedImage): string {
  const { size, aspect_ratio, image_size } = image.spec
  return size ?? ([aspect_ratio, image_size].filter(Boolean).join(' ') || 'default size')
}

/** `aspect_ratio 16:9 → 4:3` if that is short, else only the field. */
function describeChange({ field, from, to }: FieldChange): string {
  const [before, after] = [from, to].map(shown)
  if (before === undefined || after === undefined) return field
  return `${field} ${before} → ${after}`
}

function shown(value: unknown): string | undefined {
  if (value === undefined) return 'none'
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  const text = isPlain ? oneLine(String(value)) : undefined
  return text !== undefined && shorten(text, VALUE_MAX_CHARACTERS) === text ? text : undefined
}
