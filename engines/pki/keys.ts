import type { KeyObject } from 'node:crypto'
import { KeysBusy } from '../../crypto/keys/errors.ts'
import type { EngineContext } from '../engine.ts'
import { EgideError } from '../errors.ts'
import type { RsaKeys } from '../rsa-keys.ts'
import type { KeyDocument } from './documents.ts'
import { generateKey, hashBits, type KeySpec, privateKeyOf, type Signer, signerOf, spkiOf } from './x509/algorithms.ts'
import type { Der } from './x509/der.ts'
import { ecPair } from './x509/ec-der.ts'
import { type GivenKey, givenKey, givenRsaKey } from './x509/given-key.ts'

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

/** Made once, as `loadedKey` does. `bits`: of the hash, 0 for the usual. `bits` and `pss` count for RSA keys alone. */
export function keySigner(document: KeyDocument, bits = 0, pss = false): Signer {
  const options = { hash: hashBits(document, bits), pss: pss && document.kind === 'rsa' }
  const name = `${options.hash} ${options.pss}`
  const made = signers.get(document) ?? new Map<string, Signer>()
  signers.set(document, made)
  const signer = made.get(name) ?? signerOf(loadedKey(document), options)
  made.set(name, signer)
  return signer
}

/** A new key for a leaf. */
export interface LeafPair {
  readonly spki: Der
  /** To be forgotten when it was given. */
  readonly key: GivenKey
}

/** It may have been made ahead. Throws `unavailable` when too many wait for theirs. */
export async function leafKey(spec: KeySpec, { rsaKeys }: EngineContext): Promise<LeafPair> {
  if (spec.kind === 'rsa' && rsaKeys !== undefined) return madeAhead(spec.bits, rsaKeys)
  const { privateKey, publicKey } = await generateKey(spec)
  const pair = ecPair(privateKey)
  return { spki: pair?.spki ?? spkiOf(publicKey), key: givenKey(privateKey, pair?.privateKey) }
}

async function madeAhead(bits: number, rsaKeys: RsaKeys): Promise<LeafPair> {
  try {
    const taken = await rsaKeys.pair(bits)
    return { spki: taken.publicKey, key: givenRsaKey(taken) }
  } catch (error) {
    if (error instanceof KeysBusy) throw new EgideError('unavailable', error.message)
    throw error
  }
}
