import { CONFIG_VERSION } from '../../shared/config/schema.ts'

/** What a new project begins with: works as it is, and shows what there is. */
export const CONFIG = `# The images of this repository. \`easel plan\` shows what is to be done, \`easel generate\` does it.
version: ${CONFIG_VERSION}

# Fields of every image below that leaves them out. \`easel models\` lists the models.
defaults:
  model: google/gemini-2.5-flash-image
  aspect_ratio: "16:9"

# Styles by name. {prompt} is where an image's own prompt goes.
presets:
  line-art:
    prompt: "{prompt}. Single-weight indigo line art on white, no text."

images:
  # The extension says what the file is: .png, .jpg, .webp or .svg.
  - path: docs/img/lighthouse.png
    prompt: A lighthouse at dusk, calm sea
    alt: A lighthouse at dusk

  # With a name for the command line (easel generate lamp), a style, and another shape.
  - path: docs/img/lamp.png
    id: lamp
    preset: line-art
    prompt: A cutaway of a lighthouse lamp
    aspect_ratio: "4:3"
    alt: How the lamp of a lighthouse turns

  # Further fields, all optional:
  #   image_size: 2K                       0.5K, 1K, 2K or 4K, where the model has it
  #   seed: 7                              the same image again, where the model can
  #   take: 2                              another image for the same words
  #   input_images: [docs/brand/logo.png]  images to start from: paths or https URLs
`

/** The Action runs from a repository; whose, only its user knows. */
const ACTION = 'OWNER/easel@v1'

/** Plans on pull requests; generates and commits on the default branch. */
export const WORKFLOW = `# Keeps the images of easel.yml up to date.
name: Easel
on:
  push:
    branches: [main]
  pull_request:
  workflow_dispatch:

# One run at a time, so that no image is made twice.
concurrency:
  group: easel-\${{ github.ref }}

jobs:
  images:
    runs-on: ubuntu-latest
    permissions:
      contents: write
    steps:
      - uses: actions/checkout@v5
      # OWNER: the account or organisation that your copy of Easel is in.
      - uses: ${ACTION}
        with:
          openrouter-api-key: \${{ secrets.OPENROUTER_API_KEY }}
          mode: \${{ github.event_name == 'pull_request' && 'plan' || 'generate' }}
          deliver: commit
          max-cost-usd: "1"
`
