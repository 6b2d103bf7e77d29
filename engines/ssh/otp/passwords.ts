import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { document, json } from '../../../storage/codec.ts'
import type { Tx } from '../../../storage/store.ts'
import type { EngineContext } from '../../engine.ts'

/** One-time passwords as they are stored: by a keyed hash, so that what is stored is good for no login. */

export interface PasswordDocument {
  readonly username: string
  readonly ip: string
  readonly role: string
  readonly expiresAtMs: number
}

interface HashKey {
  readonly key: Buffer
}

const passwordCodec = json<PasswordDocument>()
const hashKeyCodec = document<HashKey>()
const HASH_KEY = 'config/otp-hash-key'
const HASH_KEY_BYTES = 32
const row = (hash: string): string => `otps/${hash}`

const loaded = new WeakMap<HashKey, KeyObject>()

function hashOf(password: string, stored: HashKey): string {
  let key = loaded.get(stored)
  if (key === undefined) {
    key = createSecretKey(stored.key)
    loaded.set(stored, key)
  }
  return createHmac('sha256', key).update(password).digest('hex')
}

/** Keeps a new password and gives the hash that it is kept under. */
export async function keepPassword(
  password: string,
  kept: PasswordDocument,
  { store, random }: EngineContext,
): Promise<string> {
  const made: HashKey = { key: random.bytes(HASH_KEY_BYTES) }
  return store.transaction(async (tx) => {
    const stored = await tx.get(HASH_KEY, hashKeyCodec)
    if (stored === undefined) tx.put(HASH_KEY, made, hashKeyCodec)
    const hash = hashOf(password, stored ?? made)
    tx.put(row(hash), kept, passwordCodec, { expiresAtMs: kept.expiresAtMs })
    return hash
  })
}

/** What a password stands for, once: it is gone when this resolves, on every node. Undefined: there is none, or none any more. */
export async function usePassword(
  password: string,
  { store, clock }: EngineContext,
): Promise<PasswordDocument | undefined> {
  return store.transaction(async (tx) => {
    const stored = await tx.get(HASH_KEY, hashKeyCodec)
    if (stored === undefined) return undefined
    const path = row(hashOf(password, stored))
    const found = await tx.get(path, passwordCodec)
    if (found === undefined) return undefined
    tx.delete(path)
    return found.expiresAtMs > clock.now() ? found : undefined
  })
}

export function forgetPassword(tx: Tx, hash: string): void {
  tx.delete(row(hash))
}
