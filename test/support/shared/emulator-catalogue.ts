import { findModel, imageModelEndpoints, imageModelsList, modelsList } from '../../../emulator/catalogue.ts'
import { type Catalogue, createCatalogue } from '../../../shared/catalogue/catalogue.ts'
import { BASE_URL } from './model-lists.ts'

/** The catalogue of the emulator's lists, without a server. */
export function emulatorCatalogue(now: () => number = Date.now): Catalogue {
  return createCatalogue({
    async fetch(url) {
      const path = url.slice(BASE_URL.length)
      if (path === '/images/models') return Response.json(imageModelsList())
      if (path.startsWith('/models')) return Response.json(modelsList('image'))
      const id = decodeURIComponent(path.slice('/images/models/'.length, -'/endpoints'.length))
      const model = findModel(id)
      return model ? Response.json(imageModelEndpoints(model)) : new Response('', { status: 404 })
    },
    baseUrl: BASE_URL,
    now,
  })
}
