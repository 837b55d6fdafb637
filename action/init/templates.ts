import { DEFAULT_MODEL } from '../../shared/default-model.ts'
import { CONFIG_VERSION, REPOSITORY } from '../../shared/config/schema.ts'

/** The starter config. It works as it is, and shows the options. */
export const CONFIG = `# The images of this repository. \`easel plan\` shows what a run would do, \`easel generate\` does it.
version: ${CONFIG_VERSION}

# Defaults for the images below. \`easel models\` lists the models.
defaults:
  model: ${DEFAULT_MODEL}
  aspect_ratio: "16:9"

# Named styles. {prompt} is replaced with the image's own prompt.
presets:
  line-art:
    prompt: "{prompt}. Single-weight indigo line art on white, no text."

images:
  # The extension sets the format: .png, .jpg, .webp, .gif or .svg.
  - path: docs/img/lighthouse.png
    prompt: A lighthouse at dusk, calm sea
    alt: A lighthouse at dusk

  # With an id for the command line (easel generate lamp), a preset, and another aspect ratio.
  - path: docs/img/lamp.png
    id: lamp
    preset: line-art
    prompt: A cutaway of a lighthouse lamp
    aspect_ratio: "4:3"
    alt: Cutaway of a lighthouse lamp

  # More fields, all optional:
  #   image_size: 2K                       0.5K, 1K, 2K or 4K, if the model supports it
  #   seed: 7                              makes results repeatable, if the model supports it
  #   take: 2                              another image for the same prompt
  #   input_images: [docs/brand/logo.png]  images to start from: paths or https URLs
`

const ACTION = `${REPOSITORY}@v1`

/**
 * Plans on pull requests; generates and commits on the default branch.
 *
 * @param folder  where the config is in the repository: empty for its root
 */
export function workflowFor({
  branch,
  folder,
}: {
  readonly branch: string
  readonly folder: string
}): string {
  const workingDirectory = folder === '' ? '' : `\n          working-directory: ${yamlOf(folder)}`
  return `# Keeps the images of easel.yml up to date.
name: Easel
on:
  push:
    branches: [${yamlOf(branch)}]
  pull_request:
  workflow_dispatch:

# One run at a time, so that no image is generated twice.
concurrency:
  group: easel-\${{ github.ref }}

jobs:
  images:
    runs-on: ubuntu-latest
    timeout-minutes: 30
    permissions:
      contents: write
      actions: read
    steps:
      - uses: actions/checkout@v5
      - uses: ${ACTION}
        with:${workingDirectory}
          openrouter-api-key: \${{ secrets.OPENROUTER_API_KEY }}
          mode: \${{ github.event_name == 'pull_request' && 'plan' || 'generate' }}
          deliver: commit
          max-cost-usd: "1"
`
}

/** Quoted, unless it is surely a string. */
function yamlOf(text: string): string {
  return /^[a-z][a-z\d_/.-]{3,}$/i.test(text) && !/^(true|false|null)$/i.test(text)
    ? text
    : JSON.stringify(text)
}

/**
 * How git treats what Easel writes: a lock that merges by line keeps the entries of both sides, and an SVG that is
 * checked out with other line ends would be another file.
 */
export const GIT_ATTRIBUTES = ['easel.lock.json merge=union linguist-generated', '*.svg -text']
