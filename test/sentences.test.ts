import { describe, expect, it } from 'vitest'
import { normaliseBaseUrl } from '../action/config/base-url.ts'
import { offlineCatalogue } from '../action/config/catalogues.ts'
import { ConfigError, formatDiagnostic } from '../action/config/diagnostic.ts'
import { loadConfig } from '../action/plan/load-config.ts'
import { EaselError } from '../shared/errors.ts'
import { connectionError } from '../shared/openrouter/connection-error.ts'
import { parseSpecQuery } from '../shared/spec/parse.ts'
import { readSettings } from '../worker/settings.ts'
import { createWorkspace } from './support/action/workspace.ts'

// What people read when they have written something that is nearly right: it names what to write instead.

describe('in easel.yml', () => {
  it.each([
    ['ar: "16:9"', 'did you mean aspect_ratio?'],
    ['ratio: "16:9"', 'did you mean aspect_ratio?'],
    ['aspekt_ratio: "16:9"', 'did you mean aspect_ratio?'],
    ['width: 640', 'did you mean size?'],
    ['fmt: png', 'did you mean output_format?'],
    ['format: png', 'did you mean output_format?'],
    ['image_url: a.png', 'did you mean input_images?'],
    ['model: gpt-image-1', 'must be an OpenRouter model such as openai/gpt-image-1'],
    ['model: Recraft-V3', 'must be an OpenRouter model such as recraft/recraft-v3'],
    ['model: mystery', 'must be an OpenRouter model such as google/gemini-3.1-flash-image'],
    ['prompt: A poster: sea', 'a value with “: ” in it must be quoted: prompt: "A poster: sea"'],
    [
      'model: openai/gpt-image-1\n    image_size: 4K',
      /openai\/gpt-image-1 .*Models that can: .*google\/gemini/,
    ],
    ['background: transparent', /Models that can: .*openai\/gpt-image/],
  ])('%s', async (line, sentence) => {
    expect(await mistakes(`path: fox.png\n    ${line}`)).toMatch(sentence)
  })

  it('a path that the model can’t generate names models that can', async () => {
    expect(await mistakes('path: fox.svg')).toMatch(/svg.* Models that can: recraft\/\S+-vector/)
    const vector = 'path: fox.png\n    model: recraft/recraft-v4.1-vector'
    expect(await mistakes(vector)).toMatch(/end the path with \.svg\. Models that can: recraft\/recraft-v3, /)
  })

  it('an image without a model says where one goes, and what lists them', async () => {
    expect(await mistakes('path: fox.png', '')).toMatch(
      /No model is set: add model to the image or to defaults, such as model: \S+\. easel models lists/,
    )
  })
})

describe('in a URL', () => {
  it.each([
    ['width=640', 'did you mean w?'],
    ['fmt=webp', 'did you mean format?'],
    ['ar=16:9', 'did you mean aspect_ratio?'],
    ['quallity=high', 'did you mean quality?'],
    ['model=gpt-image-1', 'must be an OpenRouter model such as openai/gpt-image-1'],
  ])('%s', (query, sentence) => {
    expect(() => parseSpecQuery(new URLSearchParams(`prompt=A+fox&${query}`))).toThrow(sentence)
  })
})

describe('a base URL without a path', () => {
  it('is refused with the one that was meant, in the command and in the Worker', () => {
    const sentence = 'the API is below a path, so write https://openrouter.ai/api/v1'

    expect(() => normaliseBaseUrl('https://openrouter.ai/')).toThrow(sentence)
    expect(() =>
      readSettings({
        OPENROUTER_API_KEY: 'sk-or-test',
        EASEL_ACCESS: 'open',
        OPENROUTER_BASE_URL: 'https://openrouter.ai',
      }),
    ).toThrow(`OPENROUTER_BASE_URL ${sentence}`)
  })

  it('and a host that can’t be reached is named, with the variable', () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })

    expect(connectionError(refused, 'https://img.example.com/api/v1').message).toMatch(
      /^https:\/\/img\.example\.com can’t be reached.*OPENROUTER_BASE_URL/,
    )
  })
})

describe('in Markdown', () => {
  it('a comment in another case is ignored with a warning', async () => {
    await using workspace = await createWorkspace({
      'easel.yml': 'version: 1\ndefaults: { model: google/gemini-3.1-flash-image }\nmarkdown: ["*.md"]\n',
      'page.md': '# Page\n\n<!-- Easel -->\n![A fox](fox.png)\n',
    })

    const { images, warnings } = await loadConfig({
      root: workspace.root,
      path: 'easel.yml',
      catalogue: offlineCatalogue(),
    })

    expect(images).toEqual([])
    expect(warnings.map(formatDiagnostic)).toContain(
      'page.md:3:6: warning: A comment for Easel starts with easel, not Easel: this one is ignored.',
    )
  })
})

/** What is wrong with an image, as the user reads it. */
async function mistakes(
  image: string,
  defaults = 'defaults: { model: google/gemini-3.1-flash-image }',
): Promise<string> {
  const prompt = image.includes('prompt:') ? '' : '    prompt: A fox\n'
  await using workspace = await createWorkspace({
    'easel.yml': `version: 1\n${defaults}\nimages:\n  - ${image}\n${prompt}`,
  })
  try {
    await loadConfig({ root: workspace.root, path: 'easel.yml', catalogue: offlineCatalogue() })
    return ''
  } catch (error) {
    if (error instanceof ConfigError || error instanceof EaselError) return error.message
    throw error
  }
}
