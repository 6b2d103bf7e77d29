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

/** Throws Problem badNonce for what is none of ours, too old, or was used before, on whatever node. */
export async function useNonce(nonce: string, context: EngineContext): Promise<void> {
  const { store, clock } = context
  const bytes = Buffer.from(nonce, 'base64url')
  const head = bytes.subarray(0, RANDOM_BYTES + MOMENT_BYTES)
  const isOurs =
    bytes.length === RANDOM_BYTES + MOMENT_BYTES + MAC_BYTES &&
    bytes.toString('base64url') === nonce &&
    timingSafeEqual(mac(await nonceKey(context), head), bytes.subarray(head.length))
  if (!isOurs) throw badNonce()
  const endsMs = head.readUIntBE(RANDOM_BYTES, MOMENT_BYTES) + LIFE_MS
  if (clock.now() >= endsMs) throw badNonce()
  await store.transaction(async (tx) => {
    const path = acmeRows.usedNonce(nonce)
    if ((await tx.get(path, textCodec)) !== undefined) throw badNonce()
    tx.put(path, '', textCodec, { expiresAtMs: endsMs })
  })
}

function badNonce(): Problem {
  return new Problem('badNonce', 'the nonce is not one of ours, was used before, or is too old')
}
