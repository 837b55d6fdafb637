/** Hexadecimal groups of an IPv6 address that name a network: its last 64 bits are the client's to choose. */
const NETWORK_GROUPS = 4
const GROUPS = 8

/**
 * Who a client without a credential is, for counting. An IPv6 address counts by its /64: whoever has one address of a
 * network has them all.
 *
 * @param address  `CF-Connecting-IP`; absent in local development
 */
export function clientAddress(address: string | null): string {
  if (address === null) return 'unknown'
  const text = address.trim().toLowerCase()
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(text)?.[1]
  if (mapped !== undefined) return mapped
  if (!text.includes(':')) return text
  const [head = '', tail] = text.split('::')
  const start = groupsOf(head)
  const end = groupsOf(tail ?? '')
  const zeros = tail === undefined ? 0 : Math.max(0, GROUPS - start.length - end.length)
  const all = [...start, ...Array<string>(zeros).fill('0'), ...end]
  return `${all.slice(0, NETWORK_GROUPS).join(':')}::/64`
}

/** Without leading zeros, so that an address has one spelling. */
function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':').map((group) => group.replace(/^0+(?=.)/, ''))
}
