import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Folders whose few files take longest, mostly by waiting: begun first, so that others run beside them. */
const LONGEST = ['/test/faults/', '/test/action/github/deliver/', '/test/e2e/']

/** Vitest’s order, by size in a fresh clone, after the files of those folders. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const rank = ({ moduleId }: TestSpecification): number =>
      LONGEST.some((folder) => moduleId.includes(folder)) ? 0 : 1
    return sorted.toSorted((a, b) => rank(a) - rank(b))
  }
}
