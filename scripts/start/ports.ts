import { createServer } from 'node:net'

export const HOST = '127.0.0.1'

/** The port in a variable. @throws when it is none, or is in use */
export async function freePortFrom(name: string, fallback: number): Promise<number> {
  const text = process.env[name]
  const port = text ? Number(text) : fallback
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`${name} is "${text ?? port}": it must be a port, 1 to 65535.`)
  await new Promise<void>((resolve, reject) => {
    const probe = createServer()
    probe.once('error', () =>
      reject(new Error(`Port ${port} is in use. Choose another one: ${name}=${port + 100} npm start`)),
    )
    probe.listen(port, HOST, () => probe.close(() => resolve()))
  })
  return port
}
