import { config } from './config.ts'
import { announce, byId, h } from './dom.ts'

/** Bytes of all attached files together: base64 makes them a third larger, and the Worker's limit counts that. */
const MAX_BYTES = config.mode === 'open' ? 5_500_000 : 23_000_000

interface Attachment {
  readonly name: string
  readonly size: number
  readonly dataUrl: string
}

export interface Attachments {
  /** `data:` URLs, in order. */
  urls(): readonly string[]
  clear(): void
}

/** Input images by file: dropped on the form, pasted into it, or chosen. */
export function setUpAttachments(form: HTMLFormElement, onChange: () => void): Attachments {
  let attached: readonly Attachment[] = []
  const error = h('p', { class: 'error', role: 'alert', hidden: true })
  const list = h('ul', { class: 'attachments', 'aria-label': 'Attached files' })
  const input = h('input', {
    type: 'file',
    id: 'file',
    accept: 'image/*',
    multiple: true,
    class: 'visually-hidden',
    onchange: () => void add(Array.from(input.files ?? [])),
  })
  byId('input_images-hint').textContent = 'https URLs, one a line. Or drop, paste or choose files.'
  byId('attachments').append(
    list,
    h('p', { class: 'row' }, h('label', { for: 'file', class: 'button quiet' }, 'Choose files'), input),
    error,
  )

  form.addEventListener('paste', ({ clipboardData }) => void add(imagesIn(clipboardData)))
  form.addEventListener('dragover', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return
    event.preventDefault()
    form.classList.add('drop')
  })
  form.addEventListener('dragleave', ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node) || !form.contains(relatedTarget)) form.classList.remove('drop')
  })
  form.addEventListener('drop', (event) => {
    form.classList.remove('drop')
    const files = imagesIn(event.dataTransfer)
    if (files.length === 0) return
    event.preventDefault()
    void add(files)
  })

  return {
    urls: () => attached.map(({ dataUrl }) => dataUrl),
    clear: () => set([]),
  }

  async function add(files: readonly File[]): Promise<void> {
    if (files.length === 0) return
    const total = [...attached, ...files].reduce((sum, { size }) => sum + size, 0)
    error.hidden = total <= MAX_BYTES
    error.textContent = `Together the files are larger than ${MAX_BYTES / 1e6} MB. Make them smaller, or link to them.`
    input.value = ''
    if (total > MAX_BYTES) return
    const read = await Promise.all(
      files.map(async (file) => ({
        name: file.name || 'Pasted image',
        size: file.size,
        dataUrl: await toDataUrl(file),
      })),
    )
    set([...attached, ...read])
    announce(`${read.map(({ name }) => name).join(', ')} attached.`)
  }

  function set(next: readonly Attachment[]): void {
    attached = next
    list.replaceChildren(
      ...next.map((one) =>
        h(
          'li',
          {},
          h('img', { src: one.dataUrl, alt: '', width: 48, height: 48 }),
          h('span', {}, one.name),
          h(
            'button',
            {
              type: 'button',
              class: 'quiet',
              'aria-label': `Remove ${one.name}`,
              onclick: () => set(attached.filter((other) => other !== one)),
            },
            'Remove',
          ),
        ),
      ),
    )
    onChange()
  }
}

function imagesIn(transfer: DataTransfer | null): File[] {
  return Array.from(transfer?.files ?? []).filter(({ type }) => type.startsWith('image/'))
}

function toDataUrl(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.addEventListener('load', () => resolve(typeof reader.result === 'string' ? reader.result : ''))
    reader.addEventListener('error', () => reject(reader.error ?? new Error('the file can’t be read')))
    reader.readAsDataURL(file)
  })
}
