import { strict as assert } from 'node:assert'
import { document } from '../../../storage/codec.ts'
import type { Codec } from '../../../storage/store.ts'
import type { KeyType } from './key-types.ts'
import type { Material } from './material.ts'

/** What Vault and OpenBao derive from imported keys by. */
export const COUNTER_KDF = 'hmac-sha256-counter' as const

/** A named key with all its versions, as it is stored. Immutable: the functions below make new ones. */
export interface Key {
  readonly name: string
  /** Name of the key type, which says what the bytes of a version are. */
  readonly type: string
  /** Every operation uses a key of its own, made from this one and the caller's context. */
  readonly derived: boolean
  /** How contexts are applied to a derived key; absent: by HKDF-SHA-256. */
  readonly kdf?: typeof COUNTER_KDF
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
  /** Bytes of an HMAC key. */
  readonly keySize?: number
  /** Its bytes came from elsewhere; whether it may nevertheless be rotated. */
  readonly imported?: { readonly rotatable: boolean }
  /** It is refused for everything until it is restored or deleted. */
  readonly softDeleted?: boolean
  readonly backedUp?: Moment
  readonly restored?: Moment
}

/** When a key was backed up or restored, and its latest version at that time. */
export interface Moment {
  readonly timeMs: number
  readonly version: number
}

export interface KeyVersion extends Material {
  readonly number: number
  readonly createdMs: number
  /** DER, the leaf first. */
  readonly certificates?: readonly Buffer[]
  /** The scheme of convergent encryption of a version from an old backup; absent: 3. */
  readonly convergentScheme?: 1 | 2
}

export interface NewKey {
  readonly name: string
  readonly type: KeyType
  readonly derived: boolean
  readonly kdf?: typeof COUNTER_KDF
  readonly convergent: boolean
  readonly exportable: boolean
  readonly allowPlaintextBackup: boolean
  readonly autoRotateSeconds: number
  readonly keySize?: number
  readonly imported?: { readonly rotatable: boolean }
}

/** Key bytes are kept beside the JSON of the document: they are never part of a string. */
export const keyCodec: Codec<Key> = document<Key>(1)

export function newKey({ type, ...settings }: NewKey, material: Material, nowMs: number): Key {
  return {
    ...settings,
    type: type.name,
    deletionAllowed: false,
    minDecryption: 1,
    minEncryption: 0,
    minAvailable: 0,
    latest: 1,
    versions: [{ number: 1, createdMs: nowMs, ...material }],
  }
}

/** The key with a new version, which is used from then on. */
export function withVersion(key: Key, material: Material, nowMs: number): Key {
  const latest = key.latest + 1
  // The first scheme of convergent encryption stays with a key; from the second on, new versions have the newest.
  const scheme = versionOf(key, key.latest)?.convergentScheme === 1 ? { convergentScheme: 1 as const } : {}
  const added = { number: latest, createdMs: nowMs, ...material, ...scheme }
  return { ...key, latest, versions: [...key.versions, added] }
}

/** The key with a version that the server made. */
export function rotated(key: Key, material: Material, nowMs: number): Key {
  const { imported: _, ...own } = withVersion(key, material, nowMs)
  return own
}

/** The key with one version changed. */
export function withChanged(key: Key, changed: KeyVersion): Key {
  return { ...key, versions: key.versions.map((version) => (version.number === changed.number ? changed : version)) }
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

/** Whether rotating it is refused: it was made elsewhere, and was not meant to be. */
export const isFixed = (key: Key): boolean => key.imported !== undefined && !key.imported.rotatable

/** When the key has to be rotated; undefined: never by itself. */
export function rotationDueMs(key: Key): number | undefined {
  const newest = versionOf(key, key.latest)
  if (key.autoRotateSeconds === 0 || newest === undefined || isFixed(key) || key.softDeleted) return undefined
  return newest.createdMs + key.autoRotateSeconds * 1000
}
