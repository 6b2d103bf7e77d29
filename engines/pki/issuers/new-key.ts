import type { KeyObject } from 'node:crypto'
import type { Tx } from '../../../storage/store.ts'
import type { EngineContext } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { type KeyDocument, keyCodec, keysConfigCodec, rows } from '../documents.ts'
import { loadedKey } from '../keys.ts'
import { generateKey, keySpec, specOf } from '../x509/algorithms.ts'
import { allKeys, checkedName, keyNamed, keysConfig } from './find.ts'

/** A key for a CA: made, or one that is here already. */
export interface ChosenKey {
  readonly document: KeyDocument
  readonly key: KeyObject
  readonly isNew: boolean
  /** The caller is given it. */
  readonly isExported: boolean
}

export interface KeyChoice {
  readonly exported: string
  readonly key_type: string
  readonly key_bits: number
  readonly key_name: string
  readonly key_ref: string
}

/** Throws `invalid_request`. */
export async function chosenKey(choice: KeyChoice, { store, random }: EngineContext): Promise<ChosenKey> {
  if (choice.exported === 'existing') {
    const document = await keyNamed(store, choice.key_ref)
    return { document, key: loadedKey(document), isNew: false, isExported: false }
  }
  if (choice.exported === 'kms') throw invalid('keys of another KMS are not supported')
  if (choice.exported !== 'internal' && choice.exported !== 'exported') {
    throw invalid('the "exported" path parameter must be "internal", "existing" or "exported"')
  }
  const { privateKey } = await generateKey(keySpec(choice.key_type, choice.key_bits))
  const document = keyDocument(random.uuid(), choice.key_name, privateKey)
  return { document, key: privateKey, isNew: true, isExported: choice.exported === 'exported' }
}

export function keyDocument(id: string, name: string, key: KeyObject): KeyDocument {
  return { id, name, ...specOf(key), pkcs8: key.export({ format: 'der', type: 'pkcs8' }) }
}

/** Writes a new key; the first one is the default. */
export async function putKey(tx: Tx, document: KeyDocument): Promise<void> {
  checkedName('key', document.name, await allKeys(tx))
  tx.put(rows.key(document.id), document, keyCodec)
  const config = await keysConfig(tx)
  if (config.default === '') tx.put(rows.keysConfig, { ...config, default: document.id }, keysConfigCodec)
}
