import { createServer } from 'node:net'

export const HOST = '127.0.0.1'

const MAX_PORT = 65_535

/**
 * The port in a variable.
 *
 * @param others  ports that are taken already, though nobody listens yet
 * @throws when it is none, or is in use
 */
export async function freePortFrom(
  name: 'PORT' | 'EMULATOR_PORT',
  fallback: number,
  others: readonly number[] = [],
): Promise<number> {
  const text = process.env[name]
  const port = text ? Number(text) : fallback
  if (!Number.isInteger(port) || port < 1 || port > MAX_PORT)
    throw new Error(`${name} is "${text ?? port}": it must be a port, 1 to ${MAX_PORT}.`)
  await new Promise<void>((resolve, reject) => {
    const taken = () =>
      reject(new Error(`Port ${port} is in use. Choose another one: ${name}=${nextPort(port)} npm start`))
    if (others.includes(port)) return taken()
    const probe = createServer()
    probe.once('error', taken)
    probe.listen(port, HOST, () => probe.close(() => resolve()))
  })
  return port
}

function nextPort(port: number): number {
  return port + 100 <= MAX_PORT ? port + 100 : port - 100
}
