import { createHmac, timingSafeEqual } from 'node:crypto'
import { document } from '../../../storage/codec.ts'
import type { EngineContext } from '../../engine.ts'
import { acmeRows, textCodec } from './documents.ts'
import { Problem } from './problem.ts'

/**
 * Nonces that any node can tell to be ours without having stored them: random bytes, the moment, and a MAC over both.
 * What is stored is that one was used, until it would have expired anyway.
 */

const RANDOM_BYTES = 12
const MOMENT_BYTES = 6
const MAC_BYTES = 16
/** Long enough for who waits for DNS in between. What was used is remembered until then, so it bounds how many such rows there are. */
const LIFE_MS = 900_000
const KEY_BYTES = 32

const keyCodec = document<{ readonly key: Buffer }>()

async function nonceKey({ store, random }: EngineContext): Promise<Buffer> {
  const known = await store.get(acmeRows.nonceKey, keyCodec)
  if (known !== undefined) return known.key
  return store.transaction(async (tx) => {
    const there = await tx.get(acmeRows.nonceKey, keyCodec)
    if (there !== undefined) return there.key
    const key = random.bytes(KEY_BYTES)
    tx.put(acmeRows.nonceKey, { key }, keyCodec)
    return key
  })
}

export async function newNonce(context: EngineContext): Promise<string> {
  const head = Buffer.alloc(RANDOM_BYTES + MOMENT_BYTES)
  context.random.bytes(RANDOM_BYTES).copy(head)
  head.writeUIntBE(context.clock.now(), RANDOM_BYTES, MOMENT_BYTES)
  return Buffer.concat([head, mac(await nonceKey(context), head)]).toString('base64url')
}

function mac(key: Buffer, head: Buffer): Buffer {
  return createHmac('sha256', key).update(head).digest().subarray(0, MAC_BYTES)
}

/** One of ours that is not too old. */
export interface KnownNonce {
  readonly text: string
  readonly endsMs: number
}

/** Throws Problem badNonce for what is none of ours, or too old. Costs a MAC, and looks at nothing that was used. */
export async function knownNonce(text: string, context: EngineContext): Promise<KnownNonce> {
  const bytes = Buffer.from(text, 'base64url')
  const head = bytes.subarray(0, RANDOM_BYTES + MOMENT_BYTES)
  const isOurs =
    bytes.length === RANDOM_BYTES + MOMENT_BYTES + MAC_BYTES &&
    bytes.toString('base64url') === text &&
    timingSafeEqual(mac(await nonceKey(context), head), bytes.subarray(head.length))
  if (!isOurs) throw badNonce()
  const endsMs = head.readUIntBE(RANDOM_BYTES, MOMENT_BYTES) + LIFE_MS
  if (context.clock.now() >= endsMs) throw badNonce()
  return { text, endsMs }
}

/** Throws Problem badNonce for one that was used before, on whatever node. */
export async function useNonce({ text, endsMs }: KnownNonce, { store }: EngineContext): Promise<void> {
  await store.transaction(async (tx) => {
    const path = acmeRows.usedNonce(text)
    if ((await tx.get(path, textCodec)) !== undefined) throw badNonce()
    tx.put(path, '', textCodec, { expiresAtMs: endsMs })
  })
}

function badNonce(): Problem {
  return new Problem('badNonce', 'the nonce is not one of ours, was used before, or is too old')
}
