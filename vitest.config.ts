import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // The default, one second, is short where several test files share a processor.
    expect: { poll: { timeout: 15_000 } },
    reporters: ['default', './test/support/closing-line.ts'],
  },
})
