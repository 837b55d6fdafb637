import { ask, problemOf } from './api.ts'
import { config } from './config.ts'
import { announce, byId, h } from './dom.ts'
import { onToken, setToken, token } from './session.ts'

/** The button in the header that says whether there is a token, and opens the dialog. */
export function setUpAccess(): void {
  const button = byId<HTMLButtonElement>('access')
  const update = (): void => {
    button.textContent = token() === undefined ? 'Add token' : 'Token added'
    button.classList.toggle('has-token', token() !== undefined)
  }
  button.hidden = false
  button.addEventListener('click', () => void askForToken())
  onToken(update)
  update()
}

/** Asks for a token, checks it with the Worker, and keeps it for this tab. @returns whether there is one now */
export function askForToken(): Promise<boolean> {
  const error = h('p', { class: 'error', id: 'token-error', role: 'alert', hidden: true })
  const input = h('input', {
    id: 'token-input',
    type: 'password',
    autocomplete: 'off',
    spellcheck: 'false',
    required: true,
    'aria-describedby': 'token-hint token-error',
  })
  const save = h('button', { type: 'submit', class: 'primary' }, 'Use token')
  const dialog: HTMLDialogElement = h(
    'dialog',
    { class: 'small', 'aria-labelledby': 'token-title' },
    h(
      'form',
      {
        method: 'dialog',
        onsubmit: (event) => {
          event.preventDefault()
          void check()
        },
      },
      h('h2', { id: 'token-title' }, 'Token'),
      h('label', { for: 'token-input' }, 'One of EASEL_TOKENS'),
      input,
      h(
        'p',
        { class: 'hint', id: 'token-hint' },
        'It stays in this tab until you close it. It is sent to this Worker only, and never put into a URL.',
      ),
      error,
      h(
        'p',
        { class: 'row' },
        save,
        token() !== undefined &&
          h(
            'button',
            {
              type: 'button',
              onclick: () => {
                setToken(undefined)
                dialog.close()
              },
            },
            'Forget it',
          ),
        h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, 'Cancel'),
      ),
    ),
  )
  document.body.append(dialog)
  dialog.showModal()
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve(token() !== undefined)
    })
  })

  async function check(): Promise<void> {
    const before = token()
    save.disabled = true
    setToken(input.value.trim())
    try {
      await ask('/v1/images?limit=1')
      announce('Token added.')
      dialog.close()
    } catch (failure) {
      setToken(before)
      error.textContent = problemOf(failure).detail
      error.hidden = false
      input.setAttribute('aria-invalid', 'true')
      input.focus()
    } finally {
      save.disabled = false
    }
  }
}

/** Whether a generation can be asked for without a token. */
export function mayGenerate(): boolean {
  return config.mode === 'open' || token() !== undefined
}
