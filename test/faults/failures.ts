import type { Fault } from '../../emulator/index.ts'
import type { FaultRules } from '../support/worker/fault-rules.ts'
import type { Expected } from './run-cell.ts'

/** Something that fails during the first request, and works again after it. */
export interface Failure {
  readonly rules?: (key: string) => FaultRules
  /** What OpenRouter does to the first request. */
  readonly upstream?: Fault
  /** What it does to all. */
  readonly response?: Fault
  readonly expected: Expected
}

const LARGE: Fault = { bytes: 11_000_000 }
const TWO_SMALL: Fault = { images: 2 }

/** The image is safe in the job, and needs no second generation. */
const SAFE = { first: '503 storage_failed', next: '200', requests: 1, ledger: 'generated' } as const
/** Nobody notices. */
const UNNOTICED = { ...SAFE, first: '200' } as const

/** @param name  of the key under the image's prefix */
function r2(
  op: 'get' | 'put' | 'uploadPart' | 'createMultipartUpload' | 'complete',
  name: string,
  action: 'throw' | 'stall',
  when: 'before' | 'after' = 'before',
) {
  return (key: string): FaultRules => ({ r2: { op, key: new RegExp(`${key}/${name}`), when, action } })
}

function ledger(op: 'reserve' | 'settle', action: 'throw' | 'stall', when: 'before' | 'after' = 'before') {
  return (key: string): FaultRules => ({ ledger: { op, key: new RegExp(key), when, action } })
}

export const STORAGE_FAILURES = {
  'R2 can’t be read': { rules: r2('get', '0', 'throw'), expected: SAFE },
  'R2 refuses the image': { rules: r2('put', '0', 'throw'), expected: SAFE },
  'R2 writes the image, and its response is lost': {
    rules: r2('put', '0', 'throw', 'after'),
    expected: SAFE,
  },
  'R2 refuses the manifest': { rules: r2('put', 'manifest', 'throw'), expected: SAFE },
  'R2 refuses the entry in the list': {
    rules: (key) => ({ r2: { op: 'put', key: new RegExp(`recent/.*${key}`), action: 'throw' } }),
    expected: SAFE,
  },
  'R2 begins no upload of a large image': {
    response: LARGE,
    rules: r2('createMultipartUpload', '0', 'throw'),
    expected: SAFE,
  },
  'R2 refuses the parts of a large image': {
    response: LARGE,
    rules: r2('uploadPart', '0', 'throw'),
    expected: SAFE,
  },
  'R2 does not join the parts of a large image': {
    response: LARGE,
    rules: r2('complete', '0', 'throw'),
    expected: SAFE,
  },
  'R2 joins the parts, and its response is lost': {
    response: LARGE,
    rules: r2('complete', '0', 'throw', 'after'),
    expected: SAFE,
  },
  'R2 refuses the second of two images': {
    response: TWO_SMALL,
    rules: r2('put', '1', 'throw'),
    expected: SAFE,
  },
  'R2 stalls at the image': { rules: r2('put', '0', 'stall'), expected: SAFE },
  'R2 stalls at the manifest': { rules: r2('put', 'manifest', 'stall'), expected: SAFE },
  'R2 stalls at a part of a large image': {
    response: LARGE,
    rules: r2('uploadPart', '0', 'stall'),
    expected: SAFE,
  },
  'R2 stalls while it joins parts': { response: LARGE, rules: r2('complete', '0', 'stall'), expected: SAFE },
  'The ledger can’t be reached to reserve': { rules: ledger('reserve', 'throw'), expected: SAFE },
  'The ledger reserves, and its response is lost': {
    rules: ledger('reserve', 'throw', 'after'),
    expected: SAFE,
  },
  'The ledger reserves, and can’t be reached after that': {
    rules: (key) => ({
      ledger: [
        { op: 'reserve', key: new RegExp(key), when: 'after', action: 'throw' },
        { op: 'settle', key: new RegExp(key), action: 'throw' },
      ],
    }),
    expected: SAFE,
  },
  'The ledger stalls while it reserves': {
    rules: ledger('reserve', 'stall', 'after'),
    expected: SAFE,
  },
  'The ledger can’t be reached to settle': { rules: ledger('settle', 'throw'), expected: UNNOTICED },
  'The ledger settles, and its response is lost': {
    rules: ledger('settle', 'throw', 'after'),
    expected: UNNOTICED,
  },
  'The ledger stalls while it settles': { rules: ledger('settle', 'stall'), expected: UNNOTICED },
} as const satisfies Record<string, Failure>

/** OpenRouter can tell that it billed something useless. */
const USELESS = {
  first: '424 upstream_invalid',
  next: '424 upstream_invalid',
  requests: 2,
  ledger: 'failed, generated',
} as const
const UNKNOWN = {
  first: '424 billing_unknown',
  next: '424 billing_unknown',
  requests: 2,
  ledger: 'unknown, generated',
} as const
const NOT_BILLED = {
  first: '502 upstream_failed',
  next: '502 upstream_failed',
  requests: 2,
  ledger: 'failed, generated',
} as const

export const UPSTREAM_FAILURES = {
  'OpenRouter responds 503 once': { upstream: { status: 503 }, expected: { ...UNNOTICED, requests: 2 } },
  'OpenRouter responds 503 each time': {
    upstream: { status: 503, times: 4 },
    expected: { ...NOT_BILLED, requests: 5 },
  },
  'OpenRouter responds 504, and did not bill it': { upstream: { status: 504 }, expected: NOT_BILLED },
  'OpenRouter responds 504, and can’t tell what it billed': {
    upstream: { status: 504, lookupMisses: 9 },
    expected: UNKNOWN,
  },
  'OpenRouter does not respond': { upstream: { silence: true }, expected: UNKNOWN },
  'The connection breaks before the response': { upstream: { cutAtByte: 0 }, expected: UNKNOWN },
  'The connection breaks after the head': { upstream: { cutAt: 'head' }, expected: USELESS },
  'The connection breaks in the image': { upstream: { cutAt: 'image' }, expected: USELESS },
  'The same, and OpenRouter did not bill it': {
    upstream: { cutAt: 'image', billed: false },
    expected: NOT_BILLED,
  },
  'The connection breaks between two parts of a large image': {
    upstream: { ...LARGE, cutAtByte: 9_000_000 },
    expected: USELESS,
  },
  'The connection breaks between two images': {
    upstream: { ...TWO_SMALL, cutAt: 'betweenImages' },
    expected: UNNOTICED,
  },
  'The connection breaks after the last image': { upstream: { cutAt: 'end' }, expected: UNNOTICED },
  'The image stops coming': { upstream: { stallAt: 'image' }, expected: USELESS },
  'The stream ends with an error': {
    upstream: { status: 502, inBand: true },
    expected: { ...UNNOTICED, requests: 2 },
  },
} as const satisfies Record<string, Failure>
