import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { formatLock } from '../../../action/lock/lock-file.ts'
import { generateIn, planIn } from '../../support/action/generate-in.ts'
import { startEasel } from '../../support/action/processes.ts'
import { images } from '../../support/action/report.ts'
import { startUpstream } from '../../support/action/upstream.ts'
import { config, createWorkspace } from '../../support/action/workspace.ts'

const BYTES = 6_000_000
const POLL = { interval: 5, timeout: 20_000 }

it('an image whose run was killed right before it had its name is adopted', async () => {
  await using upstream = await startUpstream()
  await using workspace = await createWorkspace({ 'easel.yml': config(...images(1)) })
  const { plan } = await planIn(workspace)
  const [planned] = plan.images
  const bytes = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'teal' } })
    .png()
    .toBuffer()
  const entry = {
    fingerprint: planned?.image.fingerprint ?? '',
    sha256: createHash('sha256').update(bytes).digest('hex'),
    bytes: bytes.byteLength,
    media_type: 'image/png',
    width: 8,
    height: 8,
    spec: {},
  }
  await workspace.write('.easel/rescued/easel.lock.json', formatLock(new Map([['img/0.png', entry]])))
  await workspace.write('.easel/rescued/img/0.png.part', bytes)

  const run = await generateIn(workspace, upstream)

  expect(run.images).toMatchObject([{ outcome: 'adopted', entry: { sha256: entry.sha256 } }])
  expect(upstream.prompts()).toEqual([])
  expect(await workspace.sha256('img/0.png')).toBe(entry.sha256)
  expect((await workspace.files()).filter((file) => file.startsWith('.easel/rescued'))).toEqual([])
})

describe('a large image, while it arrives', () => {
  it('goes to disk, where nothing takes it for an image; a killed run leaves nothing of it', async () => {
    await using upstream = await startUpstream({ faults: [{ bytes: BYTES, stallAt: 'image', times: 1 }] })
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(1)) })
    const run = startEasel(['generate'], { cwd: workspace.root, env: upstream.env })
    const arriving = async () => {
      const files = (await workspace.files()).filter((file) => file.startsWith('.easel/rescued/'))
      return Promise.all(
        files.map(async (name) => ({ name, size: (await stat(join(workspace.root, name))).size })),
      )
    }
    const partly = expect.closeTo(BYTES / 2, -6)

    await expect
      .poll(arriving, POLL)
      .toEqual([{ name: expect.stringMatching(/\/\.arriving\..*\.easel-tmp$/), size: partly }])
    run.child.kill('SIGKILL')
    await run.finished
    const next = await generateIn(workspace, upstream)

    expect(next.doubts).toMatchObject([{ path: 'img/0.png' }])
    expect(next.images).toMatchObject([{ outcome: 'generated' }])
    expect(await workspace.files()).toEqual(['easel.lock.json', 'easel.yml', 'img/0.png'])
  })

  it('leaves nothing when the connection is cut', async () => {
    await using upstream = await startUpstream({ faults: [{ bytes: BYTES, cutAt: 'image' }] })
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(1)) })

    const run = await generateIn(workspace, upstream)

    expect(run.images).toMatchObject([{ outcome: 'failed', code: 'upstream_invalid' }])
    expect(await workspace.files()).toEqual(['easel.yml'])
  })

  it('is kept when the connection is cut in the image after it', async () => {
    const fault = { bytes: BYTES, images: 2, cutAt: 'image', imageIndex: 1 } as const
    await using upstream = await startUpstream({ faults: [fault] })
    await using workspace = await createWorkspace({ 'easel.yml': config(...images(1)) })

    const run = await generateIn(workspace, upstream)

    expect(run.images).toMatchObject([{ outcome: 'generated', entry: { bytes: expect.closeTo(BYTES, -5) } }])
    expect(await workspace.sha256('img/0.png')).toBe((await workspace.lock()).get('img/0.png')?.sha256)
    expect(await workspace.files()).toEqual(['easel.lock.json', 'easel.yml', 'img/0.png'])
  })
})
