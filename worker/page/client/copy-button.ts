import { announce, h } from './dom.ts'

/** A button that copies what `text` returns when it is pressed. */
export function copyButton(text: () => string, what: string): HTMLButtonElement {
  const button = h('button', { type: 'button', class: 'copy', 'aria-label': `Copy ${what}` }, 'Copy')
  let timer: ReturnType<typeof setTimeout> | undefined
  button.addEventListener('click', () => {
    void navigator.clipboard.writeText(text()).then(
      () => say('Copied', `${what} copied.`),
      () => say('Press Ctrl+C', 'Copying isn’t allowed here. Select the text and copy it.'),
    )
  })
  return button

  function say(label: string, sentence: string): void {
    button.textContent = label
    announce(sentence)
    clearTimeout(timer)
    timer = setTimeout(() => {
      button.textContent = 'Copy'
    }, 2000)
  }
}
