import { BrokenImageError } from '../media/broken-image-error.ts'
import { createBufferPool } from './buffer-pool.ts'

/**
 * Decodes base64 as it arrives, into one buffer that is reused: neither the text nor the image is ever held.
 * Whenever the buffer is full, `take` what is in it before writing more.
 */
export interface Base64Decoder {
  /**
   * Decodes from `text[from]` for as long as there are base64 digits, and room.
   *
   * @returns the index of the first byte not read, or `text.length`
   */
  write(text: Uint8Array, from: number): number
  /** The same, with each `\\/` read as `/`: slower, but far faster than stopping at each of them. */
  writeEscaped(text: Uint8Array, from: number): number
  isFull(): boolean
  /** The bytes decoded since the last `take`, valid until the next `write`. */
  take(): Uint8Array<ArrayBuffer>
  /**
   * Ends the text. `take` returns its last bytes; then the decoder is ready for another text.
   *
   * @param padding  how many `=` ended the text; 0 is fine, any other number must be the right one
   * @throws {BrokenImageError} when the text ends within a byte, or the padding contradicts its length
   */
  finish(padding: number): void
  /** Forgets the text so far. */
  reset(): void
  /** Ends the decoder: what `take` returned is no longer valid. */
  release(): void
}

/** A multiple of three, so that a group of four digits always fits whole. */
const BUFFER_BYTES = 3 * 2 ** 16

const buffers = createBufferPool(BUFFER_BYTES)

/** Digits decoded at once: large enough to make calls cheap, small enough to stay in the CPU's cache. */
const BLOCK_DIGITS = 2 ** 16

const BACKSLASH = 0x5c
const SLASH = 0x2f

const hasNativeDecoder = 'setFromBase64' in Uint8Array.prototype

/**
 * @param decodeBlock  the platform's own decoder where it has one (workerd, current browsers), else tables:
 *   Node 24 has nothing but `Buffer`, which a Node host passes in
 */
export function createBase64Decoder(
  decodeBlock: BlockDecoder = hasNativeDecoder ? decodeNatively : decodeByTable,
): Base64Decoder {
  /** The digits of a group that isn't whole yet. */
  const group = new Uint8Array(4)
  let pending = 0
  const buffer = new Uint8Array(buffers.take())
  let used = 0
  let unescaped: Uint8Array | undefined

  /** Decodes whole groups, for which there is room. False, and nothing done: not all of them are digits. */
  function decodeGroups(digits: Uint8Array): boolean {
    if (digits.length === 0) return true
    if (!decodeBlock(digits, buffer.subarray(used))) return false
    used += (digits.length / 4) * 3
    return true
  }

  /** Completes the group that was begun, or begins one. Returns where it stopped. */
  function writeSingly(text: Uint8Array, from: number): number {
    let at = from
    while (at < text.length && pending < 4 && isDigit(text[at])) group[pending++] = text[at++] as number
    if (pending === 4) {
      decodeGroups(group)
      pending = 0
    }
    return at
  }

  function write(text: Uint8Array, from: number): number {
    if (used === BUFFER_BYTES) return from
    let at = pending > 0 ? writeSingly(text, from) : from
    if (pending > 0) return at
    while (text.length - at >= 4) {
      const left = text.length - at
      const room = ((BUFFER_BYTES - used) / 3) * 4
      if (room === 0) return at
      const digits = text.subarray(at, at + Math.min(left - (left % 4), BLOCK_DIGITS, room))
      if (!decodeGroups(digits)) {
        const count = digitsIn(digits)
        decodeGroups(digits.subarray(0, count - (count % 4)))
        return writeSingly(text, at + count - (count % 4))
      }
      at += digits.length
    }
    return used === BUFFER_BYTES ? at : writeSingly(text, at)
  }

  return {
    write,
    writeEscaped(text, from) {
      unescaped ??= new Uint8Array(BLOCK_DIGITS)
      for (let at = from; ;) {
        const { read, written } = unescapeSlashes(text, at, unescaped)
        const taken = write(unescaped.subarray(0, written), 0)
        if (taken < written) return skipEscaped(text, at, taken)
        at += read
        if (written < unescaped.length) return at
      }
    },
    isFull: () => used === BUFFER_BYTES,
    take() {
      const bytes = buffer.subarray(0, used)
      used = 0
      return bytes
    },
    finish(padding) {
      if (pending === 1 || padding > 2 || (padding > 0 && (pending + padding) % 4 !== 0)) {
        throw new BrokenImageError('its base64 ends within a byte, or has the wrong padding')
      }
      if (pending === 0) return
      const tail = decodeTail(group.subarray(0, pending))
      buffer.set(tail, used)
      used += tail.length
      pending = 0
    },
    reset() {
      pending = 0
      used = 0
    },
    release: () => buffers.give(buffer.buffer),
  }
}

/**
 * Decodes `digits`, a multiple of four of them, to the start of `target`.
 *
 * @returns false when one of them isn't a base64 digit; what `target` holds is then meaningless
 */
export type BlockDecoder = (digits: Uint8Array, target: Uint8Array) => boolean

/** ES2026's `setFromBase64`, which TypeScript's library does not have yet. */
interface NativeTarget {
  setFromBase64(text: string): { readonly read: number; readonly written: number }
}

// ASCII is the fast path of UTF-8 decoding; the `latin1` label is windows-1252, and many times slower.
const ascii = new TextDecoder()

function decodeNatively(digits: Uint8Array, target: Uint8Array): boolean {
  const native = target as Uint8Array & NativeTarget
  try {
    // White space and padding are skipped, not rejected: then fewer bytes come out.
    return native.setFromBase64(ascii.decode(digits)).written === (digits.length / 4) * 3
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}

/** Decodes two characters at a time through a table. Used by {@link createBase64Decoder}. */
export const decodeByTable: BlockDecoder = (text, target) => {
  const table = (pairTable ??= createPairTable())
  const digits = text.byteOffset % 2 === 0 ? text : new Uint8Array(text)
  const pairs = new Uint16Array(digits.buffer, digits.byteOffset, digits.length / 2)
  let seen = 0
  let at = 0
  for (let i = 0; i < pairs.length; i += 2) {
    const group = ((table[pairs[i] as number] as number) << 12) | (table[pairs[i + 1] as number] as number)
    seen |= group
    target[at] = group >> 16
    target[at + 1] = group >> 8
    target[at + 2] = group
    at += 3
  }
  return seen >= 0
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Value of each byte as a digit, or -1. */
const VALUE = Int8Array.from({ length: 256 }, (_, byte) => DIGITS.indexOf(String.fromCharCode(byte)))

/** Twelve bits for each pair of digits as they lie in memory (little-endian), or -1; built on first use. */
let pairTable: Int32Array | undefined

function createPairTable(): Int32Array {
  return Int32Array.from({ length: 2 ** 16 }, (_, pair) => {
    const first = VALUE[pair & 0xff] ?? -1
    const second = VALUE[pair >> 8] ?? -1
    return first < 0 || second < 0 ? -1 : (first << 6) | second
  })
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && (VALUE[byte] as number) >= 0
}

/** How many bytes there are before the first that isn't a digit. */
function digitsIn(bytes: Uint8Array): number {
  let count = 0
  while (count < bytes.length && (VALUE[bytes[count] as number] as number) >= 0) count++
  return count
}

/**
 * Copies text until `target` is full, or up to an escape other than that of a slash. Decoding finds anything
 * else that isn't a digit. Run by run: a native search and copy beat a look at every byte.
 */
function unescapeSlashes(
  text: Uint8Array,
  from: number,
  target: Uint8Array,
): { readonly read: number; readonly written: number } {
  let at = from
  let written = 0
  for (;;) {
    const found = text.indexOf(BACKSLASH, at)
    const end = Math.min(found < 0 ? text.length : found, at + target.length - written)
    target.set(text.subarray(at, end), written)
    written += end - at
    at = end
    if (end !== found || text[at + 1] !== SLASH) break
    at++
  }
  return { read: at - from, written }
}

/** The index after that many digits, counted from `from`. */
function skipEscaped(text: Uint8Array, from: number, digits: number): number {
  let at = from
  for (let left = digits; left > 0; at++) if (text[at] !== BACKSLASH) left--
  return at
}

/** The last one or two bytes, from two or three digits. */
function decodeTail(digits: Uint8Array): Uint8Array<ArrayBuffer> {
  const binary = atob(ascii.decode(digits).padEnd(4, '='))
  return Uint8Array.from(binary, (character) => character.charCodeAt(0))
}
