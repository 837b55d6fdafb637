/**
 * Writes `emulator/illustrator/contact-sheet.jpg`: what the emulator's illustrator can do, on one page.
 *
 *     npm run contact-sheet
 */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { illustrate } from '../emulator/illustrator/illustrate.ts'

/** Every setting and every style at least once, and the subjects that people ask for first. */
const PROMPTS = [
  'A lighthouse at dusk',
  'A red fox in a snowy forest',
  'An owl in the forest at night, under a full moon',
  'A sailing boat on a lake at dawn',
  'A castle in the mountains in autumn',
  'A hot air balloon over a desert at golden hour',
  'A bicycle in a street in the rain',
  'A robot drinking coffee in a city at night, neon',
  'A cat on a table by the window',
  'An astronaut on the moon',
  'A whale underwater',
  'A windmill in a spring meadow',
  'A watercolor of mountains at dawn',
  'An oil painting of a ship in a storm',
  'Line art of a dog in a garden',
  'Pixel art of a rocket over a city',
  'A vintage sepia photograph of a steam train',
  'Abstract composition in teal and coral',
  'A pastel cherry tree in blossom',
  'A black and white photograph of a bridge in fog',
] as const

const COLUMNS = 4
/** Pixels of one image. */
const TILE = { width: 420, height: 280 } as const
/** Pixels between images, and around them. */
const GAP = 10

const tiles = await Promise.all(
  PROMPTS.map(async (prompt, index) => {
    const { bytes } = await illustrate({ prompt, seed: 'contact sheet', ...TILE, format: 'png' })
    return {
      input: bytes,
      left: GAP + (index % COLUMNS) * (TILE.width + GAP),
      top: GAP + Math.floor(index / COLUMNS) * (TILE.height + GAP),
    }
  }),
)
const sheet = sharp({
  create: {
    width: GAP + COLUMNS * (TILE.width + GAP),
    height: GAP + Math.ceil(PROMPTS.length / COLUMNS) * (TILE.height + GAP),
    channels: 3,
    background: '#fdfbf5',
  },
})
const file = fileURLToPath(new URL('../emulator/illustrator/contact-sheet.jpg', import.meta.url))
await writeFile(file, await sheet.composite(tiles).jpeg({ quality: 80, mozjpeg: true }).toBuffer())
