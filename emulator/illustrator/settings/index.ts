import type { Setting, Stage } from '../stage.ts'
import type { SettingName } from '../words.ts'
import { abstract } from './abstract.ts'
import { city } from './city.ts'
import { desert } from './desert.ts'
import { forest } from './forest.ts'
import { meadow } from './meadow.ts'
import { mountains } from './mountains.ts'
import { room } from './room.ts'
import { sea } from './sea.ts'
import { space } from './space.ts'
import { underwater } from './underwater.ts'

export const settings: Readonly<Record<SettingName, (stage: Stage) => Setting>> = {
  abstract,
  city,
  desert,
  forest,
  meadow,
  mountains,
  room,
  sea,
  space,
  underwater,
}
