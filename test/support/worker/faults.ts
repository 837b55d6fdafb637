import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import type { Binding, Call, FaultRule, FaultRules, Operations } from './fault-rules.ts'

export interface Faults {
  /** Replaces all rules. */
  set(rules: FaultRules): void
  /** Lets everything through, stalled operations included. */
  clear(): void
  /** Resolves once one of the rules set last has applied to a call: the moment to kill something. */
  reached(): Promise<Call>
  /** Adds rules to those that are set, until they are lifted: for tests that run side by side. */
  add(rules: FaultRules): AddedFaults
  /** The operations so far, oldest first, failed ones included. */
  calls<B extends Binding>(binding: B, op?: Operations[B]): readonly Call<B>[]
}

export interface AddedFaults {
  /** Resolves once one of the rules has applied to a call. */
  reached(): Promise<Call>
  /** Lets everything through that the rules hold or would hold. */
  lift(): void
}

export interface FaultControl extends Faults {
  /** The address that the Worker asks before and after each operation. */
  readonly url: string
  close(): Promise<void>
}

/** One set of rules, until the next one replaces it. */
interface Round {
  readonly rules: readonly { readonly binding: Binding; readonly rule: FaultRule; seen: number }[]
  readonly reached: PromiseWithResolvers<Call>
  readonly over: AbortController
}

/** Decides in the test's process how the operations of a Worker go, wherever that runs. */
export async function serveFaults(): Promise<FaultControl> {
  let round = createRound({})
  const added = new Set<Round>()
  const calls: Call[] = []

  async function decide(call: Call): Promise<'pass' | 'throw'> {
    if (call.when === 'before') calls.push(call)
    for (const { rules, reached, over } of [round, ...added]) {
      const rule = ruleFor(call, rules)
      if (!rule) continue
      reached.resolve(call)
      if (rule.action === 'throw') return 'throw'
      const ms = rule.action === 'delay' ? (rule.ms ?? 0) : 2 ** 31 - 1
      await delay(ms, undefined, { signal: over.signal }).catch(() => undefined)
      return 'pass'
    }
    return 'pass'
  }

  function add(rules: FaultRules): AddedFaults {
    const another = createRound(rules)
    added.add(another)
    return {
      reached: () => another.reached.promise,
      lift() {
        added.delete(another)
        another.over.abort()
      },
    }
  }

  function replace(rules: FaultRules): void {
    round.over.abort()
    round = createRound(rules)
  }

  const server = createServer((request, response) => {
    void json(request)
      .then((call) => decide(call as Call))
      .then((decision) => response.end(decision))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${port}`,
    set: replace,
    clear: () => replace({}),
    reached: () => round.reached.promise,
    add,
    calls: <B extends Binding>(binding: B, op?: Operations[B]) =>
      calls.filter(
        (call): call is Call<B> => call.binding === binding && (op === undefined || call.op === op),
      ),
    close() {
      replace({})
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function createRound(rules: FaultRules): Round {
  return {
    rules: (['r2', 'ledger', 'job', 'upstream'] as const).flatMap((binding) =>
      [rules[binding] ?? []].flat().map((rule) => ({ binding, rule, seen: 0 })),
    ),
    reached: Promise.withResolvers<Call>(),
    over: new AbortController(),
  }
}

function ruleFor(call: Call, rules: Round['rules']): FaultRule | undefined {
  for (const entry of rules) {
    const { op, key, when = 'before', skip = 0, times = Infinity } = entry.rule
    if (entry.binding !== call.binding || op !== call.op || when !== call.when) continue
    if (key && !key.test(call.key)) continue
    entry.seen++
    if (entry.seen > skip && entry.seen <= skip + times) return entry.rule
  }
  return undefined
}
