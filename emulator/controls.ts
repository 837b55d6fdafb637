import { Hono } from 'hono'
import * as z from 'zod'
import type { Accounts } from './accounts.ts'
import type { FaultList } from './fault-list.ts'
import { faultSchema } from './faults.ts'
import type { Journal } from './journal.ts'

/** `/emulator/…`: what tests see and set from outside. */
export function createControls(journal: Journal, faults: FaultList, accounts: Accounts): Hono {
  const app = new Hono()

  app.get('/requests', (c) => c.json(journal.entries))
  app.delete('/requests', (c) => {
    journal.clear()
    return c.body(null, 204)
  })
  app.get('/lookups', (c) => c.json(journal.lookups))
  app.get('/bills', (c) => c.json(accounts.bills()))

  app.get('/faults', (c) => c.json(faults.list()))
  app.post('/faults', async (c) => {
    const sent: unknown = await c.req.json().catch(() => undefined)
    const list = z.array(faultSchema).safeParse(sent)
    if (!list.success) return c.json({ error: z.prettifyError(list.error) }, 400)
    faults.replace(list.data)
    return c.json(faults.list())
  })
  app.delete('/faults', (c) => {
    faults.replace([])
    return c.body(null, 204)
  })
  return app
}
