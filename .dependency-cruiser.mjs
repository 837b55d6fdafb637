// Who may import whom: `npm run check:dependencies`. Type-only and dynamic imports count.
//
// dependency-cruiser reads TypeScript through its JavaScript API, which version 7 doesn't have yet: the package
// `typescript` is therefore version 6, and `tsc` is version 7 (`@typescript/native`). The parsers without it either miss
// type-only imports (acorn) or don't know `using` (swc).

/**
 * The rooms of a floor, from the roof down. A room imports only what stands in a line below its own:
 * nothing above, and nothing beside it. A room is a folder or a single file.
 */
const ROOMS = {
  worker: [
    ['exports.d.ts'],
    ['index.ts'],
    ['app.ts'],
    ['openapi/'],
    ['openai/', 'mcp/', 'page/'],
    ['dropin/'],
    ['routes/'],
    ['delivery/'],
    ['env.ts'],
    ['job/'],
    ['access/'],
    ['settings.ts', 'web/', 'budget/', 'gallery/', 'config/'],
  ],
  action: [
    ['main.ts', 'cli.ts'],
    ['commands/', 'github/'],
    ['report/'],
    ['generate/'],
    ['adopt/'],
    ['plan/'],
    ['markdown/', 'lock/', 'init/'],
    ['config/'],
    ['files/', 'git/'],
  ],
}

/** The floors that each floor may import, beside itself. `test`, `bench` and `scripts` may import everything. */
const FLOORS = {
  shared: [],
  emulator: [],
  worker: ['shared'],
  action: ['shared'],
}

const OURS = '^(?:shared|emulator|worker|action|integrations|test|bench|scripts|examples)/'

/** The sources of the package's entries that the integrations build on. */
const ENTRIES = '^(?:shared/url/(?:index|sign)|action/markdown/worker-urls)\\.ts$'

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Move what both need into a third file, or pass it in.',
      severity: 'error',
      from: { path: OURS },
      to: { circular: true },
    },
    ...Object.entries(FLOORS).map(([floor, below]) => ({
      name: `floor-${floor}`,
      comment: `${floor}/ imports ${below.length ? `${below.join(', ')} and itself` : 'only itself'}.`,
      severity: 'error',
      from: { path: `^${floor}/` },
      to: { path: OURS, pathNot: `^(?:${[floor, ...below].join('|')})/` },
    })),
    {
      name: 'floor-integrations',
      comment: 'Users have what the package exports: an integration gets by with that.',
      severity: 'error',
      from: { path: '^integrations/' },
      to: { path: OURS, pathNot: ['^integrations/', ENTRIES] },
    },
    ...Object.entries(ROOMS).flatMap(([floor, lines]) =>
      lines.flatMap((line, index) =>
        line.map((room) => roomRule(floor, room, lines.slice(index + 1).flat())),
      ),
    ),
    {
      name: 'every-file-has-a-room',
      comment: 'Put the file into a room that is in ROOMS, or add its room there.',
      severity: 'error',
      from: {},
      to: {
        path: '^(?:worker|action)/',
        pathNot: [
          '^action/dist/',
          ...Object.entries(ROOMS).map(([floor, lines]) => inRooms(floor, lines.flat())),
        ],
      },
    },
    {
      name: 'no-node-in-shared-and-worker',
      comment: 'shared/ and worker/ run where there is no Node.',
      severity: 'error',
      from: { path: '^(?:shared|worker)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-workers-in-shared',
      comment: 'shared/ runs where there are no Workers.',
      severity: 'error',
      from: { path: '^shared/' },
      to: { path: '^cloudflare:' },
    },
    {
      name: 'env-only-for-roots',
      comment:
        'Declare the slice of the environment that you use; only what the platform starts sees all of it.',
      severity: 'error',
      from: { path: '^worker/', pathNot: '^worker/(?:index|delivery/gallery-entrypoint)\\.ts$' },
      to: { path: '^worker/env\\.ts$' },
    },
    {
      name: 'only-action-github-knows-github',
      comment: 'Everything else also runs in a terminal.',
      severity: 'error',
      from: { path: '^(?:shared|emulator|worker|action)/', pathNot: '^action/github/' },
      to: { path: '(?:^|node_modules/)@(?:actions|octokit)/' },
    },
    {
      name: 'illustrator-stands-alone',
      comment: 'The illustrator knows nothing of the API that it illustrates for.',
      severity: 'error',
      from: { path: '^emulator/illustrator/' },
      to: { path: OURS, pathNot: '^emulator/illustrator/' },
    },
    {
      name: 'illustrator-has-two-doors',
      comment: 'Import illustrate.ts or plain-image.ts of emulator/illustrator/.',
      severity: 'error',
      from: { path: OURS, pathNot: '^(?:emulator/illustrator|test/emulator/illustrator)/' },
      to: {
        path: '^emulator/illustrator/',
        pathNot: '^emulator/illustrator/(?:illustrate|plain-image)\\.ts$',
      },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^action/dist/' },
  },
}

/** Forbids imports from a room to everything of its floor except itself and the rooms below. */
function roomRule(floor, room, below) {
  return {
    name: `room-${floor}/${room}`,
    comment: below.length
      ? `It may import: ${below.join(', ')}.`
      : 'It is the lowest: it may import shared/ only.',
    severity: 'error',
    from: { path: inRooms(floor, [room]) },
    to: { path: `^${floor}/`, pathNot: inRooms(floor, [room, ...below]) },
  }
}

/** A pattern for the files of rooms: all of a folder, or exactly a file. */
function inRooms(floor, rooms) {
  const patterns = rooms.map((room) => room.replaceAll('.', '\\.') + (room.endsWith('/') ? '' : '$'))
  return `^${floor}/(?:${patterns.join('|')})`
}
