/** The author of a commit, and its date. */
export interface Signature {
  readonly name: string
  readonly email: string
  /** ISO 8601. */
  readonly date: string
}

export interface NewCommit {
  readonly tree: string
  readonly parents: readonly string[]
  readonly message: string
  readonly author: Signature
  readonly committer: Signature
  /** Whether GitHub signs it. */
  readonly signed: boolean
}

export interface StoredCommit extends Omit<NewCommit, 'signed'> {
  readonly sha: string
  /** The armoured signature in the object; absent when it isn't signed. */
  readonly signature?: string
}

/** Not a real signature: it only matters that the object has one, like GitHub's. */
const SIGNATURE = `-----BEGIN PGP SIGNATURE-----

wsFcBAABCAAQBQJnAAAACRC1aQ7uu5UhlAAAbm90IGEgcmVhbCBzaWduYXR1cmU=
-----END PGP SIGNATURE-----`

/** A commit object's text, as `git hash-object -t commit` takes it. */
export function commitText({ tree, parents, message, author, committer, signed }: NewCommit): string {
  return [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${person(author)}`,
    `committer ${person(committer)}`,
    // Continuation lines of a header start with a space.
    ...(signed ? [`gpgsig ${SIGNATURE.replaceAll('\n', '\n ')}`] : []),
    '',
    message,
  ].join('\n')
}

export function parseCommit(sha: string, text: string): StoredCommit {
  const end = text.indexOf('\n\n')
  const headers = text
    .slice(0, end)
    .replaceAll('\n ', '\u0000')
    .split('\n')
    .map((line) => {
      const [name = '', ...rest] = line.split(' ')
      return { name, value: rest.join(' ').replaceAll('\u0000', '\n') }
    })
  const all = (wanted: string): string[] =>
    headers.filter(({ name }) => name === wanted).map(({ value }) => value)
  const [signature] = all('gpgsig')
  return {
    sha,
    tree: all('tree')[0] ?? '',
    parents: all('parent'),
    author: parsePerson(all('author')[0] ?? ''),
    committer: parsePerson(all('committer')[0] ?? ''),
    message: text.slice(end + 2),
    ...(signature !== undefined && { signature }),
  }
}

function person({ name, email, date }: Signature): string {
  return `${name} <${email}> ${Math.floor(Date.parse(date) / 1000)} +0000`
}

function parsePerson(text: string): Signature {
  const [, name = '', email = '', seconds = '0'] = /^(.*) <(.*)> (\d+) [+-]\d{4}$/.exec(text) ?? []
  return { name, email, date: new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z') }
}
