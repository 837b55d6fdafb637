import { startEasel } from '../../test/support/worker/easel.ts'
import { memoryRise, workerdProcesses } from '../support/processes.ts'
import { type Row, toRow } from '../support/rows.ts'

/** How far workerd's memory rises while images are generated, in a warmed-up process for each row. */
export async function memoryRows(): Promise<Row[]> {
  const rows: Row[] = []
  for (const megabytes of [1, 8, 32]) {
    for (const atOnce of [1, 8]) {
      const rise = await riseOf(megabytes, atOnce)
      rows.push(
        toRow({
          name: `memory of workerd, ${atOnce} × ${megabytes} MB generated at once`,
          unit: 'MB',
          values: [rise],
          against: 'the bytes of the images',
          references: [megabytes * atOnce],
        }),
      )
    }
  }
  return rows
}

async function riseOf(megabytes: number, atOnce: number): Promise<number> {
  const before = workerdProcesses()
  const easel = await startEasel({
    emulator: { faults: [{ match: 'warm', bytes: 100_000 }, { bytes: megabytes * 1e6 }] },
    vars: { EASEL_DAILY_BUDGET_USD: '1000' },
  })
  const ids = workerdProcesses().filter((id) => !before.includes(id))
  const generate = async (prompt: string): Promise<void> => {
    const response = await easel.get(`/image?prompt=${prompt}`)
    for await (const chunk of response.body ?? []) void chunk
    if (!response.ok) throw new Error(`${megabytes} MB: ${response.status}`)
  }
  try {
    for (let n = 0; n < 3; n++) await generate(`warm${n}`)
    return await memoryRise(ids, () =>
      Promise.all(Array.from({ length: atOnce }, (_, n) => generate(`image${n}`))),
    )
  } finally {
    await easel.close()
  }
}
