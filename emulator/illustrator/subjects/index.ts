import { birds } from './birds.ts'
import { buildings } from './buildings.ts'
import { lighthouse } from './lighthouse.ts'
import { people } from './people.ts'
import { plants } from './plants.ts'
import { sitting } from './sitting.ts'
import type { Subject } from './subject.ts'
import { swimmers } from './swimmers.ts'
import { things } from './things.ts'
import { vehicles } from './vehicles.ts'

/** Everything that can be drawn. */
export const subjects: readonly Subject[] = [
  lighthouse,
  ...people,
  ...sitting,
  ...birds,
  ...swimmers,
  ...vehicles,
  ...buildings,
  ...plants,
  ...things,
]
