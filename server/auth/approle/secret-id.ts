import type { Awaitable } from '../../../storage/backend.ts'
import { json } from '../../../storage/codec.ts'
import { deleteBelow } from '../../../storage/pages.ts'
import type { Reader, Store, Tx } from '../../../storage/store.ts'

/** What is kept of a secret id: everything but itself. Its row's name is its hash. */
export interface SecretId {
  readonly accessor: string
  /** Logins left; 0: no limit. */
  readonly numUses: number
  /** As it was asked for; 0: no limit. */
  readonly ttlSeconds: number
  readonly createdMs: number
  readonly updatedMs: number
  /** 0: it does not expire. */
  readonly expiresAtMs: number
  readonly metadata: Readonly<Record<string, string>>
  /** Where logins with it may come from, and where their tokens may be used from; an empty list binds nothing. */
  readonly cidrs: readonly string[]
  readonly tokenCidrs: readonly string[]
}

interface AccessorRow {
  readonly hash: string
}

const codec = json<SecretId>()
const accessorCodec = json<AccessorRow>()

/** Of all roles, below the uid of each. */
export const SECRET_IDS = 'secret-id/'
export const ACCESSORS = 'accessor/'
const secretIdPath = (uid: string, hash: string): string => `${SECRET_IDS}${uid}/${hash}`
const accessorPath = (uid: string, accessor: string): string => `${ACCESSORS}${uid}/${accessor}`

const ACCESSOR = /^[\w-]{1,64}$/

/** Also one that has expired, until its row is swept away. `uid` is the role's. */
export function storedSecretId(store: Reader, uid: string, hash: string): Awaitable<SecretId | undefined> {
  return store.get(secretIdPath(uid, hash), codec)
}

/** Undefined also for one that has expired, though its row is there. `uid` is the role's. */
export function liveSecretId(store: Reader, uid: string, hash: string, nowMs: number): Awaitable<SecretId | undefined> {
  const found = storedSecretId(store, uid, hash)
  return found instanceof Promise ? found.then((late) => unexpired(late, nowMs)) : unexpired(found, nowMs)
}

export function unexpired(found: SecretId | undefined, nowMs: number): SecretId | undefined {
  return found !== undefined && found.expiresAtMs !== 0 && found.expiresAtMs <= nowMs ? undefined : found
}

/** The hash of the secret id that has the accessor at this role. */
export async function hashOfAccessor(store: Reader, uid: string, accessor: string): Promise<string | undefined> {
  if (!ACCESSOR.test(accessor)) return undefined
  return (await store.get(accessorPath(uid, accessor), accessorCodec))?.hash
}

export function putSecretId(tx: Tx, uid: string, hash: string, secretId: SecretId): void {
  const due = { expiresAtMs: secretId.expiresAtMs || undefined }
  tx.put(secretIdPath(uid, hash), secretId, codec, due)
  tx.put(accessorPath(uid, secretId.accessor), { hash }, accessorCodec, due)
}

export function deleteSecretId(tx: Tx, uid: string, hash: string, { accessor }: SecretId): void {
  tx.delete(secretIdPath(uid, hash))
  tx.delete(accessorPath(uid, accessor))
}

/** Takes one use. One that had a single use left is gone. */
export function useSecretId(tx: Tx, uid: string, hash: string, secretId: SecretId, nowMs: number): void {
  if (secretId.numUses === 0) return
  if (secretId.numUses === 1) deleteSecretId(tx, uid, hash, secretId)
  else {
    const used = { ...secretId, numUses: secretId.numUses - 1, updatedMs: nowMs }
    tx.put(secretIdPath(uid, hash), used, codec, { expiresAtMs: used.expiresAtMs || undefined })
  }
}

/** All of a role that is gone, in as many transactions as it takes. */
export async function deleteSecretIds(store: Store, uid: string): Promise<void> {
  for (const prefix of [`${SECRET_IDS}${uid}/`, `${ACCESSORS}${uid}/`]) await deleteBelow(store, prefix)
}
