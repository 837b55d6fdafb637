/** `[width, height]` in pixels of a `WxH` string; `undefined` for any other string. */
export function parseSize(value: string): readonly [number, number] | undefined {
  const match = /^([1-9]\d*)x([1-9]\d*)$/.exec(value)
  return match ? [Number(match[1]), Number(match[2])] : undefined
}
