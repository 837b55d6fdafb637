import { faultSchema } from '../../emulator/faults.ts'
import { serveEmulator } from '../../emulator/serve.ts'

// A program of its own: the emulator with faults for all requests. Sends its base URL to its parent process.

const faults = faultSchema.array().parse(JSON.parse(process.argv[2] ?? '[]'))
const emulator = await serveEmulator({ faults })
process.send?.(emulator.url)
