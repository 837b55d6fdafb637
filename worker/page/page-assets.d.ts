// Made by scripts/build-page.ts; wrangler.toml says where it is.
declare module 'page-assets' {
  /** Paths of the files that the page loads. */
  const paths: Readonly<
    Record<'script' | 'style' | 'icon' | 'docsScript' | 'docsStyle' | 'viewerScript' | 'viewerStyle', string>
  >
  export default paths
}

declare module 'page-files' {
  /** The texts of those files, by path. */
  const files: Readonly<Record<string, string>>
  export default files
}
