import { Writable } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { ImageResult } from '../../../action/generate/results.ts'
import { createProgress } from '../../../action/report/progress.ts'

/** A stream that may claim to be a terminal, and remembers what was written. */
function stream(isTTY: boolean): { readonly out: NodeJS.WriteStream; text(): string } {
  let written = ''
  const writable = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written += chunk.toString()
      done()
    },
  })
  const out = Object.assign(writable, { isTTY, columns: 80, rows: 24 }) as unknown as NodeJS.WriteStream
  return { out, text: () => written }
}

function result(path: string, outcome: 'generated' | 'failed'): ImageResult {
  const planned = { image: { path } } as ImageResult['planned']
  if (outcome === 'failed') return { planned, outcome, code: 'refused', message: 'No.\n::error::x' }
  const entry = { width: 8, height: 4, bytes: 1200, cost_usd: 0.04 } as never
  return { planned, outcome, entry, ms: 1500 }
}

describe('progress', () => {
  it('is one line for each image without a terminal', async () => {
    const { out, text } = stream(false)
    const { onProgress: report } = await createProgress(out)

    report({ type: 'begin', total: 2, estimateUsd: 0.08, doubts: [] })
    report({ type: 'start', path: 'a.png' })
    report({ type: 'finish', result: result('a.png', 'generated') })
    report({ type: 'finish', result: result('b.png', 'failed') })
    report({ type: 'end' })

    expect(text()).toBe(
      'Generating 2 images, about $0.08.\n[1/2] ✓ a.png  8×4  1.2 kB  $0.04  1.5 s\n[2/2] ✗ b.png: No. ::error::x\n',
    )
  })

  it('shows on a terminal what is in flight, and keeps failures', async () => {
    const { out, text } = stream(true)
    const { onProgress: report } = await createProgress(out)

    report({ type: 'begin', total: 2, estimateUsd: undefined, doubts: [] })
    report({ type: 'start', path: 'a.png' })
    const whileGenerating = stripVTControlCharacters(text())
    report({ type: 'finish', result: result('b.png', 'failed') })
    report({ type: 'end' })

    expect(whileGenerating).toContain('a.png  0.0 s')
    expect(whileGenerating).toContain('0 of 2')
    expect(stripVTControlCharacters(text())).toContain('✗ b.png: No. ::error::x')
  })
})
