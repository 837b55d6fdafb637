import { defineConfig } from 'vitepress'

export default defineConfig({
  title: 'The keeper’s handbook',
  description: 'How a light station works.',
  themeConfig: {
    sidebar: [
      {
        text: 'Guide',
        items: [
          { text: 'The lamp', link: '/guide/lamp' },
          { text: 'The weather', link: '/guide/weather' },
          { text: 'Boats', link: '/guide/boats' },
          { text: 'Birds', link: '/guide/birds' },
        ],
      },
    ],
  },
})
