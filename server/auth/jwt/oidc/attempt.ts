import { createHash, timingSafeEqual } from 'node:crypto'
import type { EngineContext } from '../../../../engines/engine.ts'
import { EgideError } from '../../../../engines/errors.ts'
import { json } from '../../../../storage/codec.ts'
import type { Reader, Store } from '../../../../storage/store.ts'
import type { Identity } from '../claims.ts'

/** A login at the provider that was begun. It lies in the store, so that any node may see it through, and goes by itself. */
export interface Attempt {
  readonly role: string
  /** '' in the device flow. */
  readonly redirectUri: string
  /** In the ID token, so that it is known to be for this attempt; '' in the device flow, which has none. */
  readonly nonce: string
  /** RFC 7636: only who began can exchange the code. */
  readonly verifier: string
  /** SHA-256 of what the client must show to get the token; '' if it gave nothing. */
  readonly clientNonceHash: string
  /** Address that began, for whoever is asked to confirm. */
  readonly requester: string
  readonly expiresAtMs: number
  readonly deviceCode?: string
  /** What the provider posted. */
  readonly received?: { readonly code: string; readonly idToken: string }
  /** Somebody came back from the provider: nobody else may. */
  readonly claimed?: true
  /** Who it was, for the client that polls. */
  readonly outcome?: Identity
}

const LIFE_MS = 10 * 60_000
const PREFIX = 'oidc/'
const codec = json<Attempt>()

/** A minute's attempts of one mount in one process: each is a row for ten minutes, and whoever begins needs no token. */
const PER_MINUTE_MAX = 3_000
const minutes = new WeakMap<Store, { readonly startMs: number; count: number }>()

/** Begins one, and resolves with its state, which is a secret of 256 bits. Rejects with `rate_limited`. */
export async function begin(
  { store, clock, random }: EngineContext,
  attempt: Omit<Attempt, 'expiresAtMs'>,
): Promise<string> {
  const nowMs = clock.now()
  count(store, nowMs)
  const state = random.bytes(32).toString('base64url')
  const row = { ...attempt, expiresAtMs: nowMs + LIFE_MS }
  await store.transaction((tx) => tx.put(pathOf(state), row, codec, { expiresAtMs: row.expiresAtMs }))
  return state
}

function count(store: Store, nowMs: number): void {
  const known = minutes.get(store)
  const current = known !== undefined && Math.abs(nowMs - known.startMs) < 60_000 ? known : { startMs: nowMs, count: 0 }
  minutes.set(store, current)
  if (current.count >= PER_MINUTE_MAX) {
    throw new EgideError('rate_limited', 'too many logins are begun', { retryAfterSeconds: 60 })
  }
  current.count++
}

/** Undefined when there is none, or no more. */
export async function find(reader: Reader, state: string, { clock }: EngineContext): Promise<Attempt | undefined> {
  const found = await reader.get(pathOf(state), codec)
  return found !== undefined && found.expiresAtMs > clock.now() ? found : undefined
}

/**
 * Changes the attempt as it is now: to what `change` returns, or deleted where that is undefined. Resolves with how it
 * was; `change` may throw, which leaves it.
 */
export function updateAttempt(
  context: EngineContext,
  state: string,
  change: (attempt: Attempt | undefined) => Attempt | undefined,
): Promise<Attempt | undefined> {
  return context.store.transaction(async (tx) => {
    const before = await find(tx, state, context)
    const after = change(before)
    if (after === undefined) tx.delete(pathOf(state))
    else tx.put(pathOf(state), after, codec, { expiresAtMs: after.expiresAtMs })
    return before
  })
}

/** The provider gives the state back as it got it, which may have the namespace behind it. */
function pathOf(state: string): string {
  const [own = ''] = state.split(',ns=')
  return PREFIX + createHash('sha256').update(own).digest('hex')
}

export function clientNonceHash(nonce: string): string {
  return nonce === '' ? '' : createHash('sha256').update(nonce).digest('hex')
}

/** Whether it is the nonce that the client gave when it began. */
export function isClient({ clientNonceHash: expected }: Attempt, nonce: string): boolean {
  if (expected === '') return true
  return timingSafeEqual(Buffer.from(expected, 'hex'), createHash('sha256').update(nonce).digest())
}
