import type { Awaitable } from '../../storage/backend.ts'
import type { Tx } from '../../storage/store.ts'
import type { MountRef } from '../engine.ts'

/** What the engine needs of the server: tokens that stand behind the credentials of AWS clients. */
export interface KmsServices {
  readonly accessKeys: AccessKeyService
}

/** A token to be made for a credential. */
export interface NewAccessToken {
  readonly accessKeyId: string
  readonly mount: MountRef
  /** The token of whoever asks. */
  readonly by: string | undefined
  /** Whether they have sudo on the path: then the policies need not be among their own. */
  readonly sudo: boolean
  readonly policies: readonly string[]
  /** 0: it ends when it is revoked. */
  readonly ttlSeconds: number
  /** Runs in the transaction that makes the token, over the mount's own view. It may run again. */
  readonly keep: (tx: Tx, token: IssuedAccessToken) => Awaitable<void>
}

export interface IssuedAccessToken {
  readonly token: string
  readonly accessor: string
  readonly policies: readonly string[]
  /** 0: never. */
  readonly expiresAtMs: number
}

export interface AccessKeyService {
  /** 20 characters of [A-Z0-9] that begin with AKIA, from which the namespace is found again. */
  newId(): string
  /** Throws `invalid_request` for policies that the caller may not give. Resolves with warnings. */
  issue(asked: NewAccessToken): Promise<readonly string[]>
  /** Ends a token by its accessor; resolves when no node takes it any more. One that has ended is no error. */
  revoke(accessor: string): Promise<void>
  /** Whether the token of an accessor is there and valid. */
  lives(accessor: string): Promise<boolean>
}
