#!/usr/bin/env node
import process from 'node:process'

// What npm installs as `easel`. An old Node must be able to read this file, so it imports nothing before it has looked
// at the version.

/** As in package.json's `engines`. */
const OLDEST = { major: 22, minor: 12 } as const

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor)) {
  process.stderr.write(
    `easel needs Node ${OLDEST.major}.${OLDEST.minor} or newer; this is ${process.versions.node}. Install it from nodejs.org.\n`,
  )
  process.exit(1)
} else await import('./cli.ts')
