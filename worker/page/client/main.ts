import { announce, byId } from './dom.ts'
import { setUpEstimate } from './estimate.ts'
import { setUpForm, type Spec } from './form.ts'
import { setUpGallery } from './gallery.ts'
import { setUpGenerate } from './generate.ts'
import { setUpSpend } from './spend.ts'
import { setUpAccess } from './token-dialog.ts'

// The server renders the page; this takes over the form, and fills the two views that need a token.

const VIEWS = ['playground', 'gallery', 'spend'] as const
type View = (typeof VIEWS)[number]

setUpAccess()
const form = setUpForm()
const { generate } = setUpGenerate(form, setUpEstimate(form))
const onShown: Readonly<Record<View, () => void>> = {
  playground: () => {},
  gallery: setUpGallery({ use }),
  spend: setUpSpend(),
}

for (const link of document.querySelectorAll<HTMLAnchorElement>('[data-view-link]')) {
  link.addEventListener('click', (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    history.pushState(null, '', link.href)
    show(viewInUrl())
    byId('main').focus({ preventScroll: true })
    scrollTo(0, 0)
  })
}
addEventListener('popstate', () => show(viewInUrl()))
addEventListener('offline', () => announce('You are offline.'))
show(viewInUrl())

function show(view: View): void {
  for (const name of VIEWS) byId(name).hidden = name !== view
  for (const link of document.querySelectorAll<HTMLAnchorElement>('[data-view-link]')) {
    if (link.dataset['viewLink'] === view) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
  document.body.dataset['view'] = view
  onShown[view]()
}

function viewInUrl(): View {
  const wanted = new URLSearchParams(location.search).get('view')
  return VIEWS.find((name) => name === wanted) ?? 'playground'
}

/** Takes an image of the gallery to the playground. */
function use(spec: Spec, start: boolean, refresh = false): void {
  history.pushState(null, '', '/')
  show('playground')
  form.fill(spec)
  scrollTo(0, 0)
  if (start) void generate(spec, refresh)
  else byId('prompt').focus()
}
