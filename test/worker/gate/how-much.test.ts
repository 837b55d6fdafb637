import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { workerdProcesses } from '../../../bench/support/processes.ts'
import { bearer, CREDENTIALS, type RunningEasel, startEasel, TOKENS } from '../../support/worker/easel.ts'
import { postUnfinished } from '../../support/worker/client.ts'

const KIB = 1024
const MIB = 1024 * KIB

let open: RunningEasel
let signed: RunningEasel

beforeAll(async () => {
  open = await startEasel()
  signed = await startEasel({ vars: { ...CREDENTIALS, EASEL_ACCESS: 'signed' } })
})
afterAll(() => Promise.all([open.close(), signed.close()]))

const JSON_TYPE = { 'Content-Type': 'application/json' }
const withToken = { ...JSON_TYPE, ...bearer(TOKENS.docs).headers }
const post = (
  easel: RunningEasel,
  path: string,
  body: string | ReadableStream<Uint8Array>,
  headers: Record<string, string>,
) =>
  easel.get(path, {
    method: 'POST',
    body,
    headers,
    ...(body instanceof ReadableStream && { duplex: 'half' }),
  })

describe('a body', () => {
  it.each([
    ['/v1/sign', 'with a token', 64 * KIB, '64 KiB', () => signed, withToken],
    ['/v1/images', 'in open mode', 8 * MIB, '8 MiB', () => open, JSON_TYPE],
    ['/api/v1/images', 'in open mode', 8 * MIB, '8 MiB', () => open, JSON_TYPE],
    ['/api/v1/chat/completions', 'in open mode', 8 * MIB, '8 MiB', () => open, JSON_TYPE],
    ['/v1/images', 'with a token', 32 * MIB, '32 MiB', () => signed, withToken],
    ['/api/v1/images', 'with a token', 32 * MIB, '32 MiB', () => signed, withToken],
  ] as const)(
    'for %s %s may have its limit, and no byte more',
    async (path, _, limit, name, easel, headers) => {
      const atLimit = `{"prompt":"${'x'.repeat(limit - 13)}"}`
      expect(atLimit).toHaveLength(limit)
      const accepted = await post(easel(), path, atLimit, headers)
      // It is read, and then refused for what it says.
      expect(accepted.status).toBe(400)
      await accepted.body?.cancel()

      for (const send of [
        () => postUnfinished(new URL(path, easel().url), limit + 1, headers),
        () => post(easel(), path, chunked(`${atLimit} `), headers),
      ]) {
        const refused = await send()
        expect(refused.status).toBe(413)
        expect(await refused.text()).toContain(name)
      }
    },
  )

  it.each([
    ['nested 33 levels deep', `{"prompt":${'['.repeat(32)}${']'.repeat(32)}}`, 'at most 32 levels'],
    ['nested 500,000 levels deep', '['.repeat(500_000), 'at most 32 levels'],
    ['of 350,000 empty objects', `[${'{},'.repeat(350_000)}{}]`, 'at most 10000'],
    ['of 200,000 keys', `{${Array.from({ length: 100_000 }, (_, n) => `"${n}":1`).join()}}`, 'at most 10000'],
    ['with a model of 201 characters', `{"prompt":"x","model":"a/${'b'.repeat(199)}"}`, '200 characters'],
    ['with a string that doesn’t end', `{"prompt":"${'\\"'.repeat(400_000)}`, 'not JSON'],
  ])('%s is refused', async (_, body, reason) => {
    for (const path of ['/v1/images', '/api/v1/images', '/api/v1/chat/completions']) {
      const response = await post(open, path, body, JSON_TYPE)
      expect([path, response.status]).toEqual([path, 400])
      // A chat without messages is wrong before its model is.
      const isChat = path.includes('chat') && reason === '200 characters'
      expect(await response.text()).toContain(isChat ? 'messages' : reason)
    }
    expect(open.generations()).toHaveLength(0)
  })
})

describe('memory', () => {
  const bodies = [
    ['empty objects', `[${'{},'.repeat(349_000)}{}]`],
    ['nested lists', '[1,'.repeat(349_000)],
    ['distinct keys', `[${Array.from({ length: 75_000 }, (_, n) => `{"k${n}":1}`).join()}]`.slice(0, MIB)],
    ['one long prompt', JSON.stringify({ prompt: 'é'.repeat(500_000) })],
    ['escapes', `{"prompt":"${String.raw`\u00e9`.repeat(170_000)}"}`],
  ] as const

  it.each(bodies)('of a megabyte of %s stays below 16 MB', async (_, body) => {
    const small = JSON.stringify({ prompt: '' })
    for (let warmUp = 0; warmUp < 30; warmUp++)
      await (await post(open, '/v1/images', small, JSON_TYPE)).text()
    const workerd = workerdProcesses()
    const before = peakMb(workerd)
    expect((await post(open, '/v1/images', body, JSON_TYPE)).status).toBe(400)
    expect(peakMb(workerd, false) - before).toBeLessThan(16)
  })
})

/** Without a Content-Length. */
function chunked(text: string): ReadableStream<Uint8Array> {
  return new Blob([text]).stream()
}

/** The most memory that processes had at once, MB; counted from now on when it is reset. Linux only, elsewhere 0. */
function peakMb(ids: readonly number[], reset = true): number {
  return ids.reduce((sum, id) => {
    if (reset) writeFileSync(`/proc/${id}/clear_refs`, '5')
    const [, kib] = /^VmHWM:\s*(\d+)/m.exec(readFileSync(`/proc/${id}/status`, 'utf8')) ?? []
    return sum + (Number(kib) * 1024) / 1e6
  }, 0)
}
