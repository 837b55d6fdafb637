import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Folders whose few files take longest, mostly by waiting: begun first, so that others run beside them. */
const LONGEST = ['/test/faults/', '/test/action/github/deliver/', '/test/e2e/']

/** Vitest’s order, by size in a fresh clone, after the files of those folders. */
export class LongestFirst extends BaseSequencer {
  // oxlint-disable-next-line unicorn/no-array-sort -- Vitest’s own method
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- the same
    const sorted = await super.sort(files)
    return [...sorted.filter(isLongest), ...sorted.filter((file) => !isLongest(file))]
  }
}

function isLongest({ moduleId }: TestSpecification): boolean {
  return LONGEST.some((folder) => moduleId.includes(folder))
}
