import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getOctokit } from '@actions/github'
import { runGit } from './bare-repository.ts'
import type { GitHub, TOKENS } from './github.ts'

export type TokenName = keyof typeof TOKENS

export const REPO = { owner: 'octo', repo: 'docs' }

export const CREATE_COMMIT = `mutation ($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid url signature { isValid verifiedAt } } }
}`

interface Committed {
  readonly createCommitOnBranch: {
    readonly commit: {
      readonly oid: string
      readonly url: string
      readonly signature: { readonly isValid: boolean; readonly verifiedAt: string | null } | null
    }
  }
}

/** The toolkit's own client, pointed at the double. */
export function octokit(
  github: GitHub,
  token: TokenName | 'ghs_wrong' = 'ghs_test',
): ReturnType<typeof getOctokit> {
  return getOctokit(token, { baseUrl: github.apiUrl })
}

/** Commits to `main` through GraphQL, on top of `head` or of its tip. */
export async function commit(
  github: GitHub,
  additions: Readonly<Record<string, string>>,
  options: {
    readonly head?: string
    readonly deletions?: readonly string[]
    readonly token?: TokenName
  } = {},
): Promise<Committed['createCommitOnBranch']['commit']> {
  const { head, deletions = [], token = 'ghs_test' } = options
  const result = await octokit(github, token).graphql<Committed>(CREATE_COMMIT, {
    input: {
      branch: { repositoryNameWithOwner: 'octo/docs', branchName: 'main' },
      expectedHeadOid: head ?? (await github.head()),
      message: { headline: 'Update images', body: 'Two of them.' },
      fileChanges: {
        additions: Object.entries(additions).map(([path, text]) => ({
          path,
          contents: Buffer.from(text).toString('base64'),
        })),
        deletions: deletions.map((path) => ({ path })),
      },
    },
  })
  return result.createCommitOnBranch.commit
}

/** Clones the repository, and checks it with git fsck. */
export async function cloned<T>(
  github: GitHub,
  look: (folder: string, git: (...args: string[]) => Promise<string>) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'easel-clone-'))
  const git = async (...args: string[]): Promise<string> =>
    (await runGit(['-C', folder, ...args])).toString().trim()
  try {
    await runGit(['clone', '--quiet', '--no-local', github.git.path, folder])
    await git('fsck', '--full', '--strict')
    return await look(folder, git)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
