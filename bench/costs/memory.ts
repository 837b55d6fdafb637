import { startEasel } from '../../test/support/worker/easel.ts'
import { memoryRise, workerdProcesses } from '../support/processes.ts'
import { type Row, toRow } from '../support/rows.ts'

/** How far workerd's memory rises while images are drawn: a process of its own for each, warmed up. */
export async function memoryRows(): Promise<Row[]> {
  const rows: Row[] = []
  for (const megabytes of [1, 8, 32]) {
    for (const atOnce of [1, 8]) {
      const rise = await riseOf(megabytes, atOnce)
      rows.push(
        toRow({
          name: `memory of workerd, ${atOnce} × ${megabytes} MB drawn at once`,
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
  const draw = async (prompt: string): Promise<void> => {
    const answer = await easel.get(`/image?prompt=${prompt}`)
    for await (const chunk of answer.body ?? []) void chunk
    if (!answer.ok) throw new Error(`${megabytes} MB: ${answer.status}`)
  }
  try {
    for (let n = 0; n < 3; n++) await draw(`warm${n}`)
    return await memoryRise(ids, () =>
      Promise.all(Array.from({ length: atOnce }, (_, n) => draw(`image${n}`))),
    )
  } finally {
    await easel.close()
  }
}
