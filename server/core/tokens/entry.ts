import { json } from '../../../storage/codec.ts'
import type { TokenEntry } from '../../auth/token/service.ts'

/** `numUses` of a token whose last use is under way. */
export const SPENT = -1

export const tokenCodec = json<TokenEntry>()

/** What the row of an accessor says that was drawn. */
export interface AccessorEntry {
  readonly hash: string
}
export const accessorCodec = json<AccessorEntry>()

/** Stands while a token is being revoked. */
export interface RevokingEntry {
  /** So that the row under the parent goes last. */
  readonly parent: string
  /** Its children become orphans; absent: they end with it. */
  readonly sparesChildren?: true
}
export const revokingCodec = json<RevokingEntry>()

/** Rows within a namespace's store. */
export const tokenRows = {
  token: (hash: string): string => `tokens/id/${hash}`,
  accessors: 'tokens/accessor/',
  accessor: (accessor: string): string => `tokens/accessor/${accessor}`,
  parents: 'tokens/parent/',
  children: (parent: string): string => `tokens/parent/${parent}/`,
  child: (parent: string, hash: string): string => `tokens/parent/${parent}/${hash}`,
  /** Ids of the namespaces below in which a token has left something. */
  namespacesBelow: (hash: string): string => `tokens/abroad/${hash}/`,
  revoking: (hash: string): string => `tokens/revoking/${hash}`,
} as const

export function isExpired(entry: TokenEntry, nowMs: number): boolean {
  return entry.expiresAtMs !== 0 && nowMs >= entry.expiresAtMs
}
