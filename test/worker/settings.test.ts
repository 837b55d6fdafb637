import { describe, expect, it } from 'vitest'
import { EMULATOR_KEY, readSettings, type SettingsEnv } from '../../worker/settings.ts'

const SECRET = `whsec_${Buffer.from('thirty-two bytes that are secret').toString('base64')}`
const TOKEN = 'docs-token-0123456789'

const read = (env: SettingsEnv) =>
  readSettings({ OPENROUTER_API_KEY: 'sk-or-test', EASEL_ACCESS: 'open', ...env })

describe('the settings', () => {
  it('have a default for every variable about money', () => {
    const settings = read({})
    expect(settings).toMatchObject({ dailyBudgetUsd: 5, maxCostUsd: 1, unknownHoldMs: 600_000 })
    expect(settings.dailyVariants).toBe(2000)
    expect(settings.monthlyBudgetUsd).toBeUndefined()
    expect(settings.tokenBudgetsUsd.size).toBe(0)
  })

  it('know no limit of money with the emulator, unless one is set', () => {
    const emulated = { OPENROUTER_API_KEY: EMULATOR_KEY, EASEL_DAILY_BUDGET_USD: '' }
    expect(read(emulated)).toMatchObject({ emulated: true, dailyBudgetUsd: Infinity })
    expect(read({ ...emulated, EASEL_DAILY_BUDGET_USD: '2' }).dailyBudgetUsd).toBe(2)
    expect(read({ EASEL_DAILY_BUDGET_USD: '' })).toMatchObject({ emulated: false, dailyBudgetUsd: 5 })
  })

  it('hold what the variables say', () => {
    const settings = read({
      EASEL_TOKENS: `docs:${TOKEN}`,
      EASEL_MONTHLY_BUDGET_USD: '60.5',
      EASEL_TOKEN_BUDGETS_USD: 'docs:2',
      EASEL_UNKNOWN_HOLD_SECONDS: '0',
      EASEL_ALERT_URL: 'https://example.com/alerts',
      EASEL_ALERT_SECRET: SECRET,
    })
    expect(settings).toMatchObject({ monthlyBudgetUsd: 60.5, unknownHoldMs: 0 })
    expect(settings.tokenBudgetsUsd).toEqual(new Map([['docs', 2]]))
  })

  it('take an empty variable for one that is not set: no monthly limit, not one of nothing', () => {
    const settings = read({
      EASEL_MONTHLY_BUDGET_USD: '',
      EASEL_ALERT_URL: '',
      EASEL_ALERT_SECRET: '',
      EASEL_DAILY_VARIANTS: '',
      EASEL_WIDTHS: '',
    })
    expect(settings.monthlyBudgetUsd).toBeUndefined()
    expect(settings).toMatchObject({ dailyVariants: 2000, widths: read({}).widths })
  })

  it.each<[string, SettingsEnv, RegExp]>([
    ['EASEL_MONTHLY_BUDGET_USD', { EASEL_MONTHLY_BUDGET_USD: '-1' }, /must not be negative/],
    ['EASEL_MONTHLY_BUDGET_USD', { EASEL_MONTHLY_BUDGET_USD: 'sixty' }, /amount in USD/],
    ['EASEL_UNKNOWN_HOLD_SECONDS', { EASEL_UNKNOWN_HOLD_SECONDS: '86401' }, /at most 86400/],
    ['EASEL_DAILY_VARIANTS', { EASEL_DAILY_VARIANTS: '-1' }, /must not be negative/],
    ['EASEL_DAILY_VARIANTS', { EASEL_DAILY_VARIANTS: '1.5' }, /whole number/],
    ['EASEL_DAILY_VARIANTS', { EASEL_DAILY_VARIANTS: 'many' }, /number of variants/],
    ['EASEL_WIDTHS', { EASEL_WIDTHS: ',' }, /whole numbers of pixels/],
    ['EASEL_ALERT_URL', { EASEL_ALERT_URL: 'example.com', EASEL_ALERT_SECRET: SECRET }, /must be a URL/],
    [
      'EASEL_ALERT_URL',
      { EASEL_ALERT_URL: 'ftp://example.com', EASEL_ALERT_SECRET: SECRET },
      /must be a URL/,
    ],
    ['EASEL_ALERT_SECRET', { EASEL_ALERT_URL: 'https://example.com' }, /is missing/],
    [
      'EASEL_ALERT_SECRET',
      { EASEL_ALERT_URL: 'https://example.com', EASEL_ALERT_SECRET: 'whsec_tooShort' },
      /whsec_ and the base64/,
    ],
    [
      'EASEL_TOKEN_BUDGETS_USD',
      { EASEL_TOKENS: `docs:${TOKEN}`, EASEL_TOKEN_BUDGETS_USD: 'docs:2,dosc:3' },
      /names dosc, which is not a token in EASEL_TOKENS/,
    ],
    ['EASEL_TOKEN_BUDGETS_USD', { EASEL_TOKEN_BUDGETS_USD: 'docs:2' }, /names docs/],
  ])('refuse a wrong %s, without telling secrets: %o', (variable, env, detail) => {
    const reading = () => read(env)
    expect(reading).toThrow(expect.objectContaining({ code: 'misconfigured' }))
    expect(reading).toThrow(new RegExp(`${variable} .*${detail.source}`))
    expect(reading).not.toThrow(new RegExp(`${TOKEN}|${SECRET}|tooShort`))
  })
})
