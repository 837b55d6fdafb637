import type { Fault } from './faults.ts'
import { faultSchema } from './faults.ts'

/** The faults to come, and which request takes which. */
export interface FaultList {
  list(): readonly Fault[]
  replace(faults: readonly Fault[]): void
  /** The fault for this request, if any; counts it. */
  take(request: { readonly path: string; readonly prompt?: string }): Fault | undefined
}

const GENERATING = /\/(chat\/completions|images)$/

export function createFaultList(initial: readonly Fault[] = []): FaultList {
  let queue = initial.map(withCount)
  const seenInPrompts = new Map<string, number>()

  return {
    list: () => queue.map(({ fault, left }) => (left === Infinity ? fault : { ...fault, times: left })),
    replace(faults) {
      queue = faults.map(withCount)
      seenInPrompts.clear()
    },
    take({ path, prompt = '' }) {
      const written = faultInPrompt(prompt)
      if (written !== undefined && GENERATING.test(path)) {
        const seen = (seenInPrompts.get(prompt) ?? 0) + 1
        seenInPrompts.set(prompt, seen)
        if (seen <= (written.times ?? Infinity)) return written
      }
      const entry = queue.find(
        ({ fault }) =>
          (fault.path === undefined ? GENERATING.test(path) : path.includes(fault.path)) &&
          (fault.match === undefined || prompt.includes(fault.match)),
      )
      if (entry === undefined) return undefined
      entry.left -= 1
      if (entry.left <= 0) queue = queue.filter((other) => other !== entry)
      return entry.fault
    },
  }
}

function withCount(fault: Fault): { readonly fault: Fault; left: number } {
  return { fault, left: fault.times ?? Infinity }
}

const MARKER = /\[\[fault:([^\]]*)\]\]/

/** The prompt that is illustrated: without `[[fault:…]]`. */
export function withoutFault(prompt: string): string {
  return prompt.replace(MARKER, '').trim()
}

/**
 * The fault that a person wrote into a prompt: `[[fault:429]]`, `[[fault:silence]]`,
 * `[[fault:502,inBand,times=2]]`, `[[fault:cutAt=image,billed=false]]`. A number is a status, a bare name is
 * switched on, `name=value` sets a field of `faultSchema`. What can't be read is no fault.
 */
function faultInPrompt(prompt: string): Fault | undefined {
  const written = MARKER.exec(prompt)?.[1]
  if (written === undefined) return undefined
  const fields = written.split(',').map((word): [string, unknown] => {
    const [name = '', value] = word.trim().split('=', 2)
    if (/^\d+$/.test(name)) return ['status', Number(name)]
    if (value === undefined) return [name, name === 'base64' ? 'characters' : true]
    return [name, valueOf(value)]
  })
  const result = faultSchema.safeParse(Object.fromEntries(fields))
  return result.success ? result.data : undefined
}

function valueOf(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^-?\d+(\.\d+)?(e\d+)?$/.test(text) ? Number(text) : text
}
