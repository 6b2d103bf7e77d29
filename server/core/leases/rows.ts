import { base62 } from '../../../engines/base62.ts'
import type { Random } from '../../../engines/engine.ts'
import { json } from '../../../storage/codec.ts'
import { timePrefix } from '../time-prefix.ts'

/**
 * Rows of leases within a namespace's store. A lease id is the path that gave the secret and a name of its own:
 * `pki/issue/web/3Kd…`. A token's lease is only a row for lists and prefixes; its time stands in the token's row.
 */
export const leaseRows = {
  all: 'leases/id/',
  lease: (id: string): string => `leases/id/${id}`,
  irrevocables: 'leases/irrevocable/',
  irrevocable: (id: string): string => `leases/irrevocable/${Buffer.from(id).toString('base64url')}`,
  tokens: 'leases/token/',
  byToken: (hash: string): string => `leases/token/${hash}/`,
  /** A lease id holds '/', a row's name does not. */
  ofToken: (hash: string, id: string): string => `leases/token/${hash}/${Buffer.from(id).toString('base64url')}`,
} as const

/** The last part of a new lease's id. */
export const newLeaseName = (random: Random, nowMs: number): string => timePrefix(nowMs) + base62(random, 24)

/** Of a row that is named by a lease. */
export const idOfRow = (name: string): string => Buffer.from(name, 'base64url').toString()

/** Nothing is kept in a token's lease row. */
export const tokenLeaseCodec = json<Readonly<Record<string, never>>>()

/** A secret's lease. Durations are seconds, moments milliseconds since the epoch. */
export interface LeaseEntry {
  readonly mountUuid: string
  /** Which of the engine's handlers revokes it. */
  readonly type: string
  readonly internal: Readonly<Record<string, unknown>>
  /** Hash of the token that it ends with, or ''. */
  readonly token: string
  /** It never lasts longer, whatever renewals say; 0: as its maximum says. */
  readonly endMs: number
  readonly issuedMs: number
  readonly ttlSeconds: number
  readonly maxTtlSeconds: number
  readonly renewable: boolean
  readonly expiresAtMs: number
  /** 0: not renewed yet. */
  readonly lastRenewalMs: number
  /** Its revocation has begun, so it can't be renewed any more. */
  readonly isEnding: boolean
  /** Failed attempts to revoke it. */
  readonly failures: number
  /** After so many failures it is left for an operator; the reason without secrets. */
  readonly irrevocable: string
}

export const leaseCodec = json<LeaseEntry | Readonly<Record<string, never>>>()

export function isSecretLease(entry: LeaseEntry | Readonly<Record<string, never>>): entry is LeaseEntry {
  return 'mountUuid' in entry
}
