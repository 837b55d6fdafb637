import { describe, expect, it } from 'vitest'
import { ModelNotFoundError } from '../../../shared/errors.ts'
import type { Snapshot } from '../../../shared/catalogue/model.ts'
import { retirementWarning, snapshotWarning } from '../../../shared/catalogue/retirement.ts'
import { CHAT, chatItem, imagesItem, IMAGES, startCatalogue } from '../../support/shared/model-lists.ts'

const ALIAS = '~ink/fox-latest'
const day = (date: string) => Date.parse(date)

describe('an alias', () => {
  const lists = {
    [IMAGES]: { data: [imagesItem(ALIAS), imagesItem('ink/fox-2')] },
    [CHAT]: {
      data: [chatItem('ink/fox-2'), chatItem(ALIAS, { alias_target: { name: 'Fox 2', slug: 'ink/fox-2' } })],
    },
  }

  it('is a model that says what it means', async () => {
    const { catalogue } = startCatalogue(lists)

    const { model, warnings } = await catalogue.model(ALIAS)

    expect(model).toMatchObject({ id: ALIAS, alias_target: { slug: 'ink/fox-2' } })
    expect(warnings).toEqual([])
  })

  it('that no live list has is an unknown model', async () => {
    const { catalogue } = startCatalogue(lists)

    await expect(catalogue.model('~ink/owl-latest')).rejects.toBeInstanceOf(ModelNotFoundError)
  })

  it('with a target that cannot be read is still a model', async () => {
    const { catalogue } = startCatalogue({
      ...lists,
      [CHAT]: { data: [chatItem(ALIAS, { alias_target: 7 })] },
    })

    expect((await catalogue.model(ALIAS)).model.alias_target).toBeUndefined()
  })
})

describe('the end of a model', () => {
  const lists = {
    [IMAGES]: { data: [imagesItem('ink/fox-1'), imagesItem('ink/fox-2'), imagesItem('ink/owl-1')] },
    [CHAT]: {
      data: [
        chatItem('ink/fox-1', { expiration_date: '2026-12-31' }),
        chatItem('ink/fox-2', { expiration_date: null }),
        chatItem('ink/owl-1', { expiration_date: '2026-12-31' }),
        chatItem(ALIAS, { alias_target: { name: 'Fox 2', slug: 'ink/fox-2' } }),
      ],
    },
  }

  it.each<[now: string, says: string | undefined]>([
    ['2026-11-01T23:59:59Z', undefined],
    ['2026-11-02T00:00:01Z', 'ink/fox-1 will be retired after 2026-12-31. Use ink/fox-2.'],
    ['2026-12-31T12:00:00Z', 'ink/fox-1 will be retired after 2026-12-31. Use ink/fox-2.'],
    [
      '2027-01-01T00:00:01Z',
      'ink/fox-1 was retired on 2026-12-31, and may stop working at any time. Use ink/fox-2.',
    ],
  ])('at %s is told as: %s', async (now, says) => {
    const { catalogue, clock } = startCatalogue(lists)
    clock.ms = day(now)

    const { retirement, warnings } = await catalogue.model('ink/fox-1')

    expect(retirement).toEqual({ date: '2026-12-31', successor: 'ink/fox-2' })
    expect(warnings).toEqual(says === undefined ? [] : [says])
  })

  it('has no successor where neither the snapshot nor an alias of the family knows one', async () => {
    const { catalogue } = startCatalogue(lists)

    expect((await catalogue.model('ink/owl-1')).retirement).toEqual({ date: '2026-12-31' })
  })

  it('stands in the list of all models', async () => {
    const { catalogue } = startCatalogue(lists)

    const { models } = await catalogue.list()

    expect(models.map(({ id, retirement }) => [id, retirement?.date])).toEqual([
      ['ink/fox-1', '2026-12-31'],
      ['ink/fox-2', undefined],
      ['ink/owl-1', '2026-12-31'],
      [ALIAS, undefined],
    ])
  })

  it('is known from the snapshot where the list is silent, and explains why a model is gone', async () => {
    const snapshot: Snapshot = {
      date: '2026-09-01',
      models: [],
      retirements: {
        'ink/fox-2': { date: '2026-10-01', successor: 'ink/fox-3' },
        'ink/fox-0': { date: '2026-01-15', successor: 'ink/fox-3' },
      },
    }
    const { catalogue } = startCatalogue(lists, { snapshot })

    expect((await catalogue.model('ink/fox-2')).retirement).toEqual({
      date: '2026-10-01',
      successor: 'ink/fox-3',
    })
    await expect(catalogue.model('ink/fox-0')).rejects.toMatchObject({
      code: 'model_not_found',
      message: 'ink/fox-0 was retired on 2026-01-15, and OpenRouter no longer has it. Use ink/fox-3.',
      extras: { closest: ['ink/fox-3'] },
    })
  })

  it('is known offline as well, for a listed model and for one that is gone', async () => {
    const snapshot: Snapshot = {
      date: '2026-09-01',
      models: [],
      retirements: { 'ink/fox-0': { date: '2026-01-15', successor: 'ink/fox-3' } },
    }
    const { catalogue, clock } = startCatalogue({}, { snapshot })
    clock.ms = day('2026-09-02')

    const { source, warnings } = await catalogue.model('ink/fox-0')

    expect(source).toBe('snapshot')
    expect(warnings).toEqual([
      'ink/fox-0 was retired on 2026-01-15, and may stop working at any time. Use ink/fox-3.',
    ])
  })

  it('without a successor says to choose another model', () => {
    expect(retirementWarning('ink/owl', { date: '2026-01-15' }, day('2026-02-01'))).toBe(
      'ink/owl was retired on 2026-01-15, and may stop working at any time. Choose another model.',
    )
  })
})

describe('a snapshot', () => {
  it('says so once it is older than ninety days', async () => {
    const snapshot: Snapshot = { date: '2026-01-02', models: [] }
    expect(snapshotWarning(snapshot, day('2026-04-02'))).toBeUndefined()
    expect(snapshotWarning(snapshot, day('2026-04-03'))).toContain('91 days old (2026-01-02)')

    const { catalogue, clock } = startCatalogue({}, { snapshot })
    clock.ms = day('2026-04-03')
    expect((await catalogue.list()).warning).toContain('91 days old')
    expect((await catalogue.model('ink/fox')).warnings[0]).toContain('91 days old')
  })

  it('says nothing about its age while the live list is used', async () => {
    const { catalogue, clock } = startCatalogue({
      [IMAGES]: { data: [imagesItem('ink/fox')] },
      [CHAT]: { data: [] },
    })
    clock.ms = day('2036-01-01')

    expect((await catalogue.list()).warning).toBeUndefined()
    expect((await catalogue.model('ink/fox')).warnings).toEqual([])
  })
})
