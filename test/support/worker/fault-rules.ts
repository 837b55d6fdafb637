// The types that tests in Node and the Worker in workerd share.

/** The operations that can fail, by binding. test/support/workerd/with-faults.ts announces them. */
export interface Operations {
  r2:
    | 'head'
    | 'get'
    | 'put'
    | 'delete'
    | 'list'
    | 'createMultipartUpload'
    | 'resumeMultipartUpload'
    | 'uploadPart'
    | 'complete'
    | 'abort'
  ledger: 'reserve' | 'settle' | 'takeVariant' | 'use' | 'usage'
  job: 'alarm' | 'generate' | 'submit' | 'status' | 'purge'
  /** Requests to OpenRouter: for an image, or for what a generation cost. */
  upstream: 'generate' | 'lookup'
}

export type Binding = keyof Operations

/** An operation that the Worker is about to do, or has done. */
export interface Call<B extends Binding = Binding> {
  readonly binding: B
  readonly op: Operations[B]
  /**
   * R2's key or prefix. The fingerprint of a job; with the ledger, that of the job that calls it, a slash and the id
   * of the reservation. The body of a request to OpenRouter.
   */
  readonly key: string
  readonly when: 'before' | 'after'
}

/** The first rule that matches a call decides; a call that no rule matches goes through. */
export interface FaultRule<B extends Binding = Binding> {
  readonly op: Operations[B]
  /** Default: every key. */
  readonly key?: RegExp
  /** `after`: the operation is done, and its caller doesn't know yet. Default `before`. */
  readonly when?: 'before' | 'after'
  /** `stall` holds the operation until the rules are cleared or replaced, and then lets it go on. */
  readonly action: 'throw' | 'stall' | 'delay'
  /** For `delay`, milliseconds. */
  readonly ms?: number
  /** Calls that go through before the first fault. Default 0. */
  readonly skip?: number
  /** Calls that the rule applies to after those. Default: all. */
  readonly times?: number
}

export type FaultRules = { readonly [B in Binding]?: FaultRule<B> | readonly FaultRule<B>[] }

/** What a job has left in its storage. */
export interface JobStorage {
  readonly keys: readonly string[]
  /** Tables of its own, with the number of their rows. */
  readonly tables: Readonly<Record<string, number>>
  /** Milliseconds since the epoch; `null` when none is set. */
  readonly alarm: number | null
}
