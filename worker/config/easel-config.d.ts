// Made by scripts/compile-config.ts; wrangler.toml says where it is.
declare module 'easel-config' {
  const config: import('./compiled-config.ts').CompiledConfig
  export default config
}
