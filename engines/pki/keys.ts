import type { KeyObject } from 'node:crypto'
import { KeysBusy } from '../../crypto/keys/errors.ts'
import type { EngineContext } from '../engine.ts'
import { EgideError } from '../errors.ts'
import type { KeyDocument } from './documents.ts'
import {
  generateKey,
  hashBits,
  type KeyPair,
  type KeySpec,
  privateKeyOf,
  type Signer,
  signerOf,
} from './x509/algorithms.ts'

const loaded = new WeakMap<KeyDocument, KeyObject>()

/** The key of a document, made once for as long as the document is cached. */
export function loadedKey(document: KeyDocument): KeyObject {
  const known = loaded.get(document)
  if (known !== undefined) return known
  const made = privateKeyOf(document.pkcs8)
  loaded.set(document, made)
  return made
}

const signers = new WeakMap<KeyDocument, Map<string, Signer>>()

/** `bits`: of the hash, for RSA keys; 0 for the usual. Made once, as `loadedKey` does. */
export function keySigner(document: KeyDocument, bits: number, pss: boolean): Signer {
  const options = { hash: hashBits(document, bits), pss: pss && document.kind === 'rsa' }
  const name = `${options.hash} ${options.pss}`
  const made = signers.get(document) ?? new Map<string, Signer>()
  signers.set(document, made)
  const signer = made.get(name) ?? signerOf(loadedKey(document), options)
  made.set(name, signer)
  return signer
}

/** A new key for a leaf, which may have been made ahead. Throws `unavailable` when too many wait for theirs. */
export async function leafKey(spec: KeySpec, { rsaKeys }: EngineContext): Promise<KeyPair> {
  if (spec.kind !== 'rsa' || rsaKeys === undefined) return generateKey(spec)
  try {
    return await rsaKeys.pair(spec.bits)
  } catch (error) {
    if (error instanceof KeysBusy) throw new EgideError('unavailable', error.message)
    throw error
  }
}
