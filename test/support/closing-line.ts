import type { Reporter, TestCase, TestModule } from 'vitest/node'

/** Ends the run with what was skipped and why, and one line that people and CI can read: `N passed, N failed`. */
export default class ClosingLine implements Reporter {
  readonly #start = performance.now()

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 }
    const skipped = new Set<string>()
    for (const module of modules) {
      // A file that fails before its first test counts as one failed test.
      count.failed += module.errors().length
      for (const test of module.children.allTests()) {
        const result = test.result()
        if (result.state !== 'pending') count[result.state]++
        if (result.state === 'skipped')
          skipped.add(result.note ? `${test.fullName} (${result.note})` : suiteOf(test))
      }
    }
    for (const title of skipped) console.log(`Skipped: ${title}`)
    const { passed, failed } = count
    const seconds = Math.round((performance.now() - this.#start) / 1000)
    console.log(`The tests took ${Math.floor(seconds / 60)} min ${seconds % 60} s.`)
    console.log(`${passed} passed, ${failed} failed${count.skipped > 0 ? `, ${count.skipped} skipped` : ''}`)
  }
}

/** The title that says why: of the suite, unless the test is alone. */
function suiteOf({ parent, name }: TestCase): string {
  return parent.type === 'suite' ? parent.fullName : name
}
