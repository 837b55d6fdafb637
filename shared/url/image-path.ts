/** Whether a path of the Worker names an image that is stored or listed, and needs no spec. */
export function namesImage(pathname: string): boolean {
  return /^\/(i\/[0-9a-f]{64}(\.\d)?(\.[a-z]+)?|named\/.+)$/.test(pathname)
}
