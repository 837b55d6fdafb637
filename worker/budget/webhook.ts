import { startDeadline } from '../../shared/deadline.ts'
import { latin1Bytes, utf8Bytes } from '../../shared/media/bytes.ts'

/** Where alerts go. */
export interface WebhookTarget {
  readonly url: string
  /** `whsec_` and base64. */
  readonly secret: string
}

export interface WebhookMessage {
  /** The same for every try, so that the receiver can tell a repetition. */
  readonly id: string
  readonly body: string
}

/** A receiver that takes longer than this counts as failed, milliseconds. */
const TIMEOUT_MS = 10_000

/**
 * Sends one message, signed per Standard Webhooks.
 *
 * Signing is one HMAC, which the platform's own crypto does; the `standardwebhooks` package brings a hash written
 * in JavaScript for it. The tests verify with that package.
 *
 * @param sentAt  milliseconds since the epoch
 * @throws when the receiver can't be reached or doesn't accept it
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export async function postWebhook(
  { url, secret }: WebhookTarget,
  { id, body }: WebhookMessage,
  sentAt: number,
): Promise<void> {
  using deadline = startDeadline(TIMEOUT_MS)
  const timestamp = String(Math.floor(sentAt / 1000))
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'User-Agent': 'easel',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${await sign(`${id}.${timestamp}.${body}`, secret)}`,
    },
    body,
    // A redirect would be followed as a GET, without the message.
    redirect: 'manual',
    signal: deadline.signal,
  })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`the receiver responded with ${response.status}`)
}

async function sign(text: string, secret: string): Promise<string> {
  const bytes = latin1Bytes(atob(secret.replace(/^whsec_/, '')))
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const signature = await crypto.subtle.sign('HMAC', key, utf8Bytes(text))
  return btoa(String.fromCharCode(...new Uint8Array(signature)))
}
