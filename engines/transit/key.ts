import { strict as assert } from 'node:assert'
import { document } from '../../storage/codec.ts'
import type { Codec } from '../../storage/store.ts'
import type { Random } from '../engine.ts'
import type { KeyType } from './key-type.ts'
import { keyTypeOf } from './key-types.ts'

/** A named key with all its versions, as it is stored. Immutable: the functions below make new ones. */
export interface Key {
  readonly name: string
  /** Name of the key type, which says what the bytes of a version are. */
  readonly type: string
  /** Every operation uses a key of its own, made from this one and the caller's context. */
  readonly derived: boolean
  /** The same plaintext in the same context gives the same ciphertext. Only of derived keys. */
  readonly convergent: boolean
  /** Once set it stays. */
  readonly exportable: boolean
  /** Once set it stays. */
  readonly allowPlaintextBackup: boolean
  readonly deletionAllowed: boolean
  /** 0: never. */
  readonly autoRotateSeconds: number
  /** Ciphertexts of older versions are refused. At least 1. */
  readonly minDecryption: number
  /** Older versions are refused for encryption; 0: any may be asked for. */
  readonly minEncryption: number
  /** Older versions are gone for good; 0: none is. */
  readonly minAvailable: number
  readonly latest: number
  /** Ascending by number, without gaps. */
  readonly versions: readonly KeyVersion[]
}

export interface KeyVersion {
  readonly number: number
  readonly createdMs: number
  /** Secret, in the form of the key's type. */
  readonly key: Buffer
  /** Secret that HMACs are made with, as every version in Vault's format has it beside its key. */
  readonly hmacKey: Buffer
}

export interface NewKey {
  readonly name: string
  readonly type: KeyType
  readonly derived: boolean
  readonly convergent: boolean
  readonly exportable: boolean
  readonly allowPlaintextBackup: boolean
  readonly autoRotateSeconds: number
}

/** Key bytes are kept beside the JSON of the document: they are never part of a string. */
export const keyCodec: Codec<Key> = document<Key>()

const HMAC_KEY_BYTES = 32

export function newKey({ type, ...settings }: NewKey, nowMs: number, random: Random): Key {
  return {
    ...settings,
    type: type.name,
    deletionAllowed: false,
    minDecryption: 1,
    minEncryption: 0,
    minAvailable: 0,
    latest: 1,
    versions: [newVersion(1, type, nowMs, random)],
  }
}

/** The key with a new version, which is used from then on. */
export function rotated(key: Key, nowMs: number, random: Random): Key {
  const latest = key.latest + 1
  return { ...key, latest, versions: [...key.versions, newVersion(latest, keyTypeOf(key.type), nowMs, random)] }
}

function newVersion(number: number, type: KeyType, createdMs: number, random: Random): KeyVersion {
  return { number, createdMs, key: type.generate(random), hmacKey: random.bytes(HMAC_KEY_BYTES) }
}

/** The key without the versions below `minAvailable`. */
export function trimmed(key: Key, minAvailable: number): Key {
  return { ...key, minAvailable, versions: key.versions.filter(({ number }) => number >= minAvailable) }
}

/** Undefined: it is gone, or there never was one. */
export function versionOf(key: Key, number: number): KeyVersion | undefined {
  const first = key.versions[0]
  assert(first !== undefined, 'a key has a version')
  return key.versions[number - first.number]
}

/** When the key has to be rotated; undefined: never by itself. */
export function rotationDueMs(key: Key): number | undefined {
  const newest = versionOf(key, key.latest)
  if (key.autoRotateSeconds === 0 || newest === undefined) return undefined
  return newest.createdMs + key.autoRotateSeconds * 1000
}
