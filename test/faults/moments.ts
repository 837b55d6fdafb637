import type { Fault } from '../../emulator/index.ts'
import type { Expected } from './run-cell.ts'
import type { FaultRule, FaultRules } from '../support/worker/fault-rules.ts'

/** A moment in the life of a generation: the operations that are under way at it. */
export interface Moment {
  /** @param key  of the cell's operations at R2 and the ledger, and of its job; `prompt` of its requests to OpenRouter */
  readonly at: (key: RegExp, prompt: RegExp) => FaultRules
  /** What OpenRouter sends. */
  readonly response?: Fault
  /** What R2 holds at the moment, under the image's prefix. Default: nothing. */
  readonly stored?: readonly string[]
  /** Generations that the ledger has settled at the moment. Default: none. */
  readonly settled?: number
  /** What follows when the job, or all of the Worker, ends at the moment. */
  readonly expected: Omit<Expected, 'first'>
}

/** Nothing was sent, or everything was safe: the image comes, and nobody pays twice. */
const SAFE = { next: '200', requests: 1, ledger: 'generated' } as const
/** The request was on its way: the client is told, and decides. */
const DOUBT = { next: '424 billing_unknown', requests: 2, ledger: 'unknown, generated' } as const

/** More than two parts of a multipart upload. */
const LARGE: Fault = { bytes: 11_000_000 }
/** Two images of more than a part each. */
const TWO_LARGE: Fault = { bytes: 6_000_000, images: 2 }

const first = (key: RegExp): RegExp => new RegExp(`${key.source}/0$`)
const second = (key: RegExp): RegExp => new RegExp(`${key.source}/1$`)
const manifest = (key: RegExp): RegExp => new RegExp(`${key.source}/manifest`)

const put = (key: RegExp, when: 'before' | 'after' = 'before'): FaultRule<'r2'> => ({
  op: 'put',
  key,
  when,
  action: 'stall',
})
const settle = (key: RegExp, when: 'before' | 'after' = 'before'): FaultRule<'ledger'> => ({
  op: 'settle',
  key,
  when,
  action: 'stall',
})

/** In the order in which a generation passes them. */
export const MOMENTS = {
  'Before the money is reserved': {
    expected: SAFE,
    at: (key) => ({ ledger: { op: 'reserve', key, action: 'stall' } }),
  },
  'The money is reserved, the job has not recorded it': {
    expected: SAFE,
    at: (key) => ({ ledger: { op: 'reserve', key, when: 'after', action: 'stall' } }),
  },
  'The request is recorded': {
    expected: SAFE,
    at: (key) => ({ job: { op: 'alarm', key, action: 'stall' } }),
  },
  'The start is recorded, nothing is sent': {
    expected: { ...DOUBT, requests: 1 },
    at: (_, prompt) => ({ upstream: { op: 'generate', key: prompt, action: 'stall' } }),
  },
  'The model works': {
    expected: DOUBT,
    at: (_, prompt) => ({ upstream: { op: 'generate', key: prompt, when: 'after', action: 'stall' } }),
  },
  'Between two parts of a large image': {
    expected: DOUBT,
    response: LARGE,
    at: (key) => ({ r2: { op: 'uploadPart', key, when: 'after', action: 'stall' } }),
  },
  'After the last part of a large image': {
    expected: DOUBT,
    response: LARGE,
    at: (key) => ({ r2: { op: 'uploadPart', key, when: 'after', skip: 2, action: 'stall' } }),
  },
  'Between two images of one response': {
    expected: DOUBT,
    response: TWO_LARGE,
    at: (key) => ({ r2: { op: 'createMultipartUpload', key: second(key), action: 'stall' } }),
  },
  'A small image has arrived; neither stored nor settled': {
    expected: DOUBT,
    at: (key) => ({ ledger: settle(key), r2: put(manifest(key)) }),
  },
  'A large image has arrived; neither stored nor settled': {
    expected: SAFE,
    response: LARGE,
    at: (key) => ({ ledger: settle(key), r2: put(manifest(key)) }),
  },
  'A large image is stored, not settled': {
    expected: SAFE,
    response: LARGE,
    at: (key) => ({ ledger: settle(key) }),
    stored: ['0', 'manifest.json'],
  },
  'A small image is stored, not settled': {
    expected: SAFE,
    at: (key) => ({ ledger: settle(key) }),
    stored: ['0', 'manifest.json'],
  },
  'Settled, no manifest yet': {
    expected: { ...DOUBT, ledger: 'generated, generated' },
    at: (key) => ({ r2: put(manifest(key)) }),
    settled: 1,
  },
  'The manifest is written, the image is not': {
    expected: { ...DOUBT, ledger: 'generated, generated' },
    at: (key) => ({ r2: put(first(key)) }),
    stored: ['manifest.json'],
    settled: 1,
  },
  'The second of two images is written, the first is not': {
    expected: SAFE,
    response: TWO_LARGE,
    at: (key) => ({ r2: { op: 'complete', key: first(key), action: 'stall' } }),
    stored: ['1', 'manifest.json'],
    settled: 1,
  },
  'The parts of a large image are joined, the job does not know': {
    expected: SAFE,
    response: LARGE,
    at: (key) => ({ r2: { op: 'complete', key, when: 'after', action: 'stall' } }),
    stored: ['0', 'manifest.json'],
    settled: 1,
  },
  'The first image is written, the job does not know': {
    expected: SAFE,
    at: (key) => ({ r2: put(first(key), 'after') }),
    stored: ['0', 'manifest.json'],
    settled: 1,
  },
} as const satisfies Record<string, Moment>

/** The names of {@link MOMENTS}. */
export type MomentName = keyof typeof MOMENTS
