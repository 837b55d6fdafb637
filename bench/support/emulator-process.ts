import { faultSchema } from '../../emulator/faults.ts'
import { serveEmulator } from '../../emulator/serve.ts'

// A program of its own: the emulator with one fault for all requests. Sends its base URL to whoever started it.

const fault = faultSchema.parse(JSON.parse(process.argv[2] ?? '{}'))
const emulator = await serveEmulator({ faults: [fault] })
process.send?.(emulator.url)
