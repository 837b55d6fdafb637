import { formatUsd } from '../../../shared/format.ts'
import type { Generation } from './api.ts'
import { h } from './dom.ts'

/** Asks before something that can't be undone, or that costs money. */
export function confirmed(question: {
  readonly title: string
  readonly text: string
  readonly action: string
}): Promise<boolean> {
  let isConfirmed = false
  const dialog: HTMLDialogElement = h(
    'dialog',
    {
      class: 'small',
      role: 'alertdialog',
      'aria-labelledby': 'confirm-title',
      'aria-describedby': 'confirm-text',
    },
    h('h2', { id: 'confirm-title' }, question.title),
    h('p', { id: 'confirm-text' }, question.text),
    h(
      'p',
      { class: 'row' },
      h(
        'button',
        {
          type: 'button',
          class: 'primary',
          onclick: () => {
            isConfirmed = true
            dialog.close()
          },
        },
        question.action,
      ),
      h(
        'button',
        { type: 'button', class: 'quiet', autofocus: true, onclick: () => dialog.close() },
        'Cancel',
      ),
    ),
  )
  document.body.append(dialog)
  dialog.showModal()
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve(isConfirmed)
    })
  })
}

/** Asks before an image is generated once more, and billed once more; says what it cost. */
export function confirmedRegeneration({ cost_usd: costUsd }: Pick<Generation, 'cost_usd'>): Promise<boolean> {
  const price = costUsd === undefined ? '' : `: ${formatUsd(costUsd)} last time`
  return confirmed({
    title: 'Replace this image?',
    text: `The model generates it again, and bills it again${price}. The new image takes the place of this one at every URL.`,
    action: 'Regenerate',
  })
}
