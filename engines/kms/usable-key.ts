import type { Reader } from '../../storage/store.ts'
import { authorize, type Call, type Use } from './access/authorization.ts'
import { refused } from './errors.ts'
import { type Key, type KeyState, stateOf } from './keys/key.ts'
import { chosenAlgorithm, type KeyUsage } from './keys/key-specs.ts'
import { neededKey } from './keys/key-store.ts'

/** Key references are key ids, aliases with or without `alias/`, or ARNs of either. */

/** The key that a caller names, where the caller may do this with it. Throws NotFound, InvalidArn, AccessDenied. */
export async function permittedKey(call: Call, reader: Reader, reference: string, use: Use): Promise<Key> {
  const key = await neededKey(reader, reference, call.context)
  await authorize(call, reader, key, use)
  return key
}

/** Throws Disabled and InvalidState unless the key is in one of the states. */
export function refuseStates(call: Call, key: Key, allowed: readonly KeyState[]): void {
  const state = stateOf(key, call.context.clock.now())
  if (allowed.includes(state)) return
  if (state === 'Disabled') throw refused('Disabled', `key ${key.id} is disabled`)
  throw refused('InvalidState', `key ${key.id} is ${WHY[state]}`)
}

const WHY: Readonly<Record<KeyState, string>> = {
  Enabled: 'enabled',
  Disabled: 'disabled',
  PendingDeletion: 'pending deletion',
  PendingImport: 'pending import: its material is not there (any more)',
}

export interface Wanted extends Use {
  readonly usage: KeyUsage
  /** Undefined: the usual one of the key. */
  readonly algorithm: string | undefined
}

/** As `permittedKey`, for cryptography: enabled, and meant for it. Throws also Disabled, InvalidState, InvalidKeyUsage. */
export async function usableKey(
  call: Call,
  reference: string,
  wanted: Wanted,
): Promise<{ readonly key: Key; readonly algorithm: string }> {
  const { store } = call.context
  const key = await neededKey(store, reference, call.context)
  // A policy's condition is about the algorithm that will be used, whether or not it was named.
  const { algorithm: asked, usage } = wanted
  const algorithm = key.usage === usage ? chosenAlgorithm(key, usage, asked) : undefined
  await authorize(call, store, key, { ...wanted, ...namedAlgorithm(usage, algorithm) })
  refuseStates(call, key, ['Enabled'])
  return { key, algorithm: algorithm ?? chosenAlgorithm(key, usage, asked) }
}

function namedAlgorithm(usage: KeyUsage, algorithm: string | undefined): Partial<Use> {
  if (usage === 'ENCRYPT_DECRYPT') return { encryptionAlgorithm: algorithm }
  if (usage === 'SIGN_VERIFY') return { signingAlgorithm: algorithm }
  return usage === 'GENERATE_VERIFY_MAC' ? { macAlgorithm: algorithm } : {}
}

/** Ends what was only to be tried, when nothing but doing it is left. */
export function refuseDryRun({ isDryRun }: Call): void {
  if (isDryRun === true) throw refused('DryRun', 'the request would have succeeded, had it not been a dry run')
}

/** Throws Validation unless there are between `least` and `most` bytes. */
export function checkLength(what: string, bytes: Buffer, least: number, most: number): void {
  if (bytes.length < least || bytes.length > most) {
    throw refused('Validation', `${what} must have ${least} to ${most} bytes`)
  }
}
