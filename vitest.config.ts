import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/support/longest-first.ts'

// The workers and what they start compile what they share once.
process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'easel-compile-cache')

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Much of the time is spent waiting for a Worker or a deadline. The default is one fewer than there are cores.
    maxWorkers: 3,
    // A worker imports wrangler, the SDKs and our own modules once, not once a file.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // The default, one second, is short where several test files share a processor.
    expect: { poll: { timeout: 15_000 } },
    reporters: ['default', './test/support/closing-line.ts'],
  },
})
