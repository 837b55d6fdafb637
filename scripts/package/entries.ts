/** What the package exports, beside `schema`: the name of each file in `dist/`, and its source. */
export const ENTRIES = {
  url: 'shared/url/index.ts',
  sign: 'shared/url/sign.ts',
  markdown: 'action/markdown/worker-urls.ts',
  next: 'integrations/next/loader.ts',
  nuxt: 'integrations/nuxt/provider.ts',
  astro: 'integrations/astro/config.ts',
  'astro-service': 'integrations/astro/service.ts',
  unpic: 'integrations/unpic/transform.ts',
  eleventy: 'integrations/eleventy/plugin.ts',
  vitepress: 'integrations/vitepress/plugin.ts',
  remark: 'integrations/remark/plugin.ts',
}
