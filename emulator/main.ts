import { serveEmulator } from './serve.ts'

const port = wholeNumber('EMULATOR_PORT', 8788, 65_535)
const latencyMs = wholeNumber('EMULATOR_LATENCY_MS', 0, 2_147_483_647)

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(0))

try {
  const emulator = await serveEmulator({ port, latencyMs })
  console.log(`Emulator is ready at ${emulator.url}`)
} catch (error) {
  const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  fail(isTaken ? `Port ${port} is taken. Choose another with EMULATOR_PORT.` : String(error))
}

function wholeNumber(name: string, fallback: number, max: number): number {
  const text = process.env[name]
  if (text === undefined || text === '') return fallback
  const value = Number(text)
  if (Number.isInteger(value) && value >= 0 && value <= max) return value
  return fail(`${name} must be a whole number from 0 to ${max}, not "${text}".`)
}

function fail(message: string): never {
  console.error(message)
  process.exit(1)
}
