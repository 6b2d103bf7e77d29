import type { KeyObject } from 'node:crypto'
import type { KeyDocument } from './documents.ts'
import { hashBits, privateKeyOf, type Signer, signerOf } from './x509/algorithms.ts'

const loaded = new WeakMap<KeyDocument, KeyObject>()

/** The key of a document, made once for as long as the document is cached. */
export function loadedKey(document: KeyDocument): KeyObject {
  const known = loaded.get(document)
  if (known !== undefined) return known
  const made = privateKeyOf(document.pkcs8)
  loaded.set(document, made)
  return made
}

/** `bits`: of the hash, for RSA keys; 0 for the usual. */
export function keySigner(document: KeyDocument, bits: number, pss: boolean): Signer {
  return signerOf(loadedKey(document), { hash: hashBits(document, bits), pss: pss && document.kind === 'rsa' })
}
