export type { Emulator, EmulatorOptions } from './app.ts'
export { createEmulator } from './app.ts'
export type { Fault } from './faults.ts'
export type { JournalEntry } from './journal.ts'
