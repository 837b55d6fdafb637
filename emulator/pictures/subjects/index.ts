import { lighthouse } from './lighthouse.ts'
import type { Subject } from './subject.ts'

/** Everything that can be drawn, the more particular words first. */
export const subjects: readonly Subject[] = [lighthouse]
