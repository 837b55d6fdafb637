import type { SettingName } from '../reading.ts'
import type { Setting, Stage } from '../stage.ts'
import { sea } from './sea.ts'

export const settings: Readonly<Record<SettingName, (stage: Stage) => Setting>> = {
  sea,
  mountains: sea,
  forest: sea,
  desert: sea,
  city: sea,
  meadow: sea,
  room: sea,
  space: sea,
  underwater: sea,
  abstract: sea,
}
