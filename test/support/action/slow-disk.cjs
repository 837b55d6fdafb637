// Loaded into a process with `--require`: makes some steps take so long that a test can kill the process within one.
// SLOW_STEPS names them, separated by commas: `writev`, `sync` (of file handles), `unlink` (of records of requests).
const { promises } = require('node:fs')
const { syncBuiltinESMExports } = require('node:module')

const STEP_MS = 2000
const steps = new Set((process.env.SLOW_STEPS ?? '').split(','))
const wait = () => new Promise((resolve) => setTimeout(resolve, STEP_MS))

async function slowDown() {
  const handle = await promises.open(__filename)
  const methods = Object.getPrototypeOf(handle)
  for (const name of ['writev', 'sync'].filter((step) => steps.has(step))) {
    const act = methods[name]
    methods[name] = async function (...parameters) {
      await wait()
      return act.apply(this, parameters)
    }
  }
  await handle.close()
}
void slowDown()

if (steps.has('unlink')) {
  const { unlink } = promises
  promises.unlink = async (file) => {
    if (String(file).includes('in-flight')) await wait()
    return unlink(file)
  }
  syncBuiltinESMExports()
}
