import { document } from '../../../storage/codec.ts'
import type { Codec } from '../../../storage/store.ts'
import type { KeyUsage } from './key-specs.ts'

/** A key with all its versions, as it is stored. Immutable: what changes one makes another. */
export interface Key {
  /** RFC 9562, lower case. */
  readonly id: string
  readonly spec: string
  readonly usage: KeyUsage
  readonly description: string
  readonly createdMs: number
  /** Off: `Disabled`, unless another state goes before. */
  readonly enabled: boolean
  /** EXTERNAL: its bytes come from elsewhere. */
  readonly origin: 'AWS_KMS' | 'EXTERNAL'
  /** Set for good when it is made. */
  readonly exportable: boolean
  /** Ascending by number from 1, without gaps. None: it waits for its material. */
  readonly versions: readonly KeyVersion[]
  /** Of brought material: when its bytes go. */
  readonly materialExpiresMs?: number
  /** Of brought material: what it must be when it is brought again. */
  readonly materialMark?: MaterialMark
  readonly rotation?: RotationPlan
  readonly deletion?: PlannedDeletion
  readonly tags: readonly Tag[]
  /** The key policy as it was written; absent: the default one. */
  readonly policy?: string
}

export interface KeyVersion {
  readonly number: number
  readonly createdMs: number
  /** How it came about; absent: with the key. */
  readonly rotation?: 'AUTOMATIC' | 'ON_DEMAND'
  /** Raw bytes of symmetric keys, PKCS #8 of pairs; empty where only the public key is known. Secret. */
  readonly secret: Buffer
  /** SubjectPublicKeyInfo, of pairs. */
  readonly publicKey?: Buffer
}

/** A keyed hash of the material, by which it is known again. */
export interface MaterialMark {
  readonly salt: Buffer
  readonly hash: Buffer
}

export interface RotationPlan {
  readonly periodDays: number
  readonly nextMs: number
}

export interface PlannedDeletion {
  readonly atMs: number
  readonly windowDays: number
}

export interface Tag {
  readonly key: string
  readonly value: string
}

/** Key bytes are kept beside the JSON of the document: they are never part of a string. */
export const keyCodec: Codec<Key> = document<Key>()

export const KEY_STATES = ['Enabled', 'Disabled', 'PendingDeletion', 'PendingImport'] as const
export type KeyState = (typeof KEY_STATES)[number]

/** What has run out is gone at once, whether or not the bytes were removed already. */
export function stateOf(key: Key, nowMs: number): KeyState {
  if (key.deletion !== undefined) return 'PendingDeletion'
  if (hasNoMaterial(key, nowMs)) return 'PendingImport'
  return key.enabled ? 'Enabled' : 'Disabled'
}

function hasNoMaterial({ versions, materialExpiresMs }: Key, nowMs: number): boolean {
  return versions.length === 0 || (materialExpiresMs !== undefined && materialExpiresMs <= nowMs)
}

/** When something has to be done to the key by itself; undefined: never. */
export function dueMs(key: Key): number | undefined {
  const times: number[] = []
  if (key.deletion !== undefined) times.push(key.deletion.atMs)
  else if (key.rotation !== undefined && key.enabled) times.push(key.rotation.nextMs)
  if (key.materialExpiresMs !== undefined && key.versions.length > 0) times.push(key.materialExpiresMs)
  return times.length === 0 ? undefined : Math.min(...times)
}

export const DAY_MS = 86_400_000
