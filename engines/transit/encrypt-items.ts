import { setImmediate as nextTurn } from 'node:timers/promises'
import { decodedLength, decodeInto, fromBase64 } from '../base64.ts'
import type { BatchSealing } from '../batch-sealing.ts'
import type { EngineContext } from '../engine.ts'
import type { JsonObject } from '../json-object.ts'
import { circumstancesOf, eachItem, ITEMS_AT_ONCE, type Item, itemsAtOnce, type Outcome } from './batch.ts'
import type { Keyring, PlainSealing } from './keys/keyring.ts'
import { written } from './wire-form.ts'

/** Fewer are encrypted here before another thread has been told of them. */
const ASIDE_MIN = 32

/** Encrypts what can be: an item that is refused tells why in its outcome. Many items go to another thread, if there is one. */
export async function encryptItems(
  items: readonly Item[],
  keyring: Keyring,
  context: EngineContext,
): Promise<readonly Outcome[]> {
  const { mount, random, batchSealing } = context
  const work = (item: Item): JsonObject => {
    const sealed = keyring.encrypt(item.keyVersion, fromBase64(item.text), circumstancesOf(item), random)
    return { ciphertext: written(mount, sealed), key_version: sealed.version }
  }
  const sealing = items.length >= ASIDE_MIN && items.every(isPlain) ? keyring.plainSealing : undefined
  if (batchSealing === undefined || sealing === undefined) return eachItem(items, itemsAtOnce(keyring.type), work)
  const outcomes: Outcome[] = []
  for (let from = 0; from < items.length; from += ITEMS_AT_ONCE) {
    if (from > 0) await nextTurn()
    const some = items.slice(from, from + ITEMS_AT_ONCE)
    const sealed = batchSealing.hasRoom ? await sealedAside(some, sealing, batchSealing, context) : undefined
    outcomes.push(...(sealed ?? (await eachItem(some, ITEMS_AT_ONCE, work))))
  }
  return outcomes
}

/** Whether a plaintext is all that there is to it. */
function isPlain({ context, associatedData, nonce, keyVersion }: Item): boolean {
  return context === '' && associatedData === '' && nonce === '' && keyVersion === 0
}

/** All of them, or undefined: what one is refused for is found where they are done one by one. */
async function sealedAside(
  items: readonly Item[],
  { version, algorithm, key, nonceBytes }: PlainSealing,
  batchSealing: BatchSealing,
  { mount, random }: EngineContext,
): Promise<readonly Outcome[] | undefined> {
  const lengths = Uint32Array.from(items, ({ text }) => decodedLength(text))
  const plaintexts = decodedTogether(items, lengths)
  if (plaintexts === undefined) return undefined
  const nonces = random.bytes(items.length * nonceBytes)
  const sealed = await batchSealing.seal({ algorithm, key, nonces, plaintexts, lengths })
  return sealed?.map((bytes, index) => ({
    ciphertext: written(mount, { version, bytes }),
    key_version: version,
    reference: items[index]?.reference ?? '',
  }))
}

/** In memory of their own, for it is moved to the other thread. */
function decodedTogether(items: readonly Item[], lengths: Uint32Array): Buffer<ArrayBuffer> | undefined {
  const together = Buffer.allocUnsafeSlow(lengths.reduce((sum, length) => sum + length, 0))
  let at = 0
  for (const [index, { text }] of items.entries()) {
    if (!decodeInto(together, at, text)) return undefined
    at += lengths[index] ?? 0
  }
  return together
}
