// Generated from the route tables by `npm run sdk`. Do not edit.
import type { CallOptions } from '../caller.ts'
import { Group } from '../group.ts'
import type { JsonMap } from '../json.ts'
import type { Operation } from '../operation.ts'
import type { Reply } from '../reply.ts'

export interface LeaseReadAllInput {
  /** 'irrevocable': the only leases that are counted. */
  readonly type?: string
  /** How many are shown at most, or 'none' for all; 10000 when empty. */
  readonly limit?: string
}

export interface LeaseReadAllData {
  readonly lease_count: number
  readonly leases: readonly {
    readonly lease_id: string
    readonly mount_id: string
    readonly error: string
  }[]
}

export interface LeaseCountInput {
  /** 'irrevocable': the only leases that are counted. */
  readonly type?: string
}

export interface LeaseCountData {
  readonly lease_count: number
  readonly counts: Readonly<Record<string, number>>
}

export interface LeaseListData {
  readonly keys: readonly string[]
}

export interface LeaseLookupInput {
  /** The lease. */
  readonly lease_id?: string
}

export interface LeaseLookupData {
  readonly id: string
  /** Path of the request that gave it. */
  readonly path: string
  readonly issue_time?: string
  readonly expire_time?: string
  readonly last_renewal?: string
  readonly renewable: boolean
  /** Seconds left. */
  readonly ttl: number
  readonly revoke_error?: string
}

export interface LeaseListBelowInput {
  /** What the leases begin with. Required. */
  readonly prefix: string
}

export interface LeaseRenewInput {
  /** The lease. */
  readonly lease_id?: string
  /** The lease, in the path. */
  readonly url_lease_id?: string
  /** How long it shall last from now; 0: its usual time. Seconds, or a duration such as '1h30m'. Default 0. */
  readonly increment?: number | string
}

export interface LeaseRevokeInput {
  /** The lease. */
  readonly lease_id?: string
  /** The lease, in the path. */
  readonly url_lease_id?: string
  /** Answer when it is revoked, and not at once. Default true. */
  readonly sync?: boolean
}

export interface LeaseRevokePrefixInput {
  /** What the leases begin with: a mount, or a path below one. Required. */
  readonly prefix: string
  /** Answer when all are revoked, and not at once. Default true. */
  readonly sync?: boolean
}

export interface LeaseRevokeForceInput {
  /** What the leases begin with: a mount, or a path below one. Required. */
  readonly prefix: string
}

const READ_ALL: Operation = {
  service: 'Lease',
  rpc: 'ReadAll',
  verb: 'GET',
  path: 'sys/leases',
  safe: true,
  answers: 'data',
  shape: { object: { lease_count: 'value', leases: { list: { object: { lease_id: 'value', mount_id: 'value', error: 'value' } } } } },
}

const COUNT: Operation = {
  service: 'Lease',
  rpc: 'Count',
  verb: 'GET',
  path: 'sys/leases/count',
  safe: true,
  answers: 'data',
  shape: { object: { lease_count: 'value', counts: { map: 'value' } } },
}

const TIDY: Operation = {
  service: 'Lease',
  rpc: 'Tidy',
  verb: 'POST',
  path: 'sys/leases/tidy',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const LIST: Operation = {
  service: 'Lease',
  rpc: 'List',
  verb: 'LIST',
  path: 'sys/leases/lookup',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const LOOKUP: Operation = {
  service: 'Lease',
  rpc: 'Lookup',
  verb: 'POST',
  path: 'sys/leases/lookup',
  safe: true,
  answers: 'data',
  shape: { object: { id: 'value', path: 'value', issue_time: 'value', expire_time: 'value', last_renewal: 'value', renewable: 'value', ttl: 'value', revoke_error: 'value' } },
}

const LIST_BELOW: Operation = {
  service: 'Lease',
  rpc: 'ListBelow',
  verb: 'LIST',
  path: 'sys/leases/lookup/{prefix=**}',
  sole: 'prefix',
  safe: true,
  answers: 'data',
  shape: { object: { keys: { list: 'value' } } },
}

const RENEW: Operation = {
  service: 'Lease',
  rpc: 'Renew',
  verb: 'POST',
  path: 'sys/leases/renew',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const REVOKE: Operation = {
  service: 'Lease',
  rpc: 'Revoke',
  verb: 'POST',
  path: 'sys/leases/revoke',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const REVOKE_PREFIX: Operation = {
  service: 'Lease',
  rpc: 'RevokePrefix',
  verb: 'POST',
  path: 'sys/leases/revoke-prefix/{prefix=**}',
  sole: 'prefix',
  safe: false,
  answers: 'data',
  shape: 'any',
}

const REVOKE_FORCE: Operation = {
  service: 'Lease',
  rpc: 'RevokeForce',
  verb: 'POST',
  path: 'sys/leases/revoke-force/{prefix=**}',
  sole: 'prefix',
  safe: false,
  answers: 'data',
  shape: 'any',
}

/** Leases: what was given out for a time, and how it is renewed and revoked. */
export class Lease extends Group {
  /** Leases that could not be revoked. Needs sudo. */
  readAll(input: LeaseReadAllInput = {}, options?: CallOptions): Promise<Reply<LeaseReadAllData>> {
    return this.ask<LeaseReadAllData>(READ_ALL, { ...input }, options)
  }

  /** How many leases could not be revoked. */
  count(input: LeaseCountInput = {}, options?: CallOptions): Promise<Reply<LeaseCountData>> {
    return this.ask<LeaseCountData>(COUNT, { ...input }, options)
  }

  /** Remove rows that belong to no lease. */
  tidy(options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(TIDY, {}, options)
  }

  /** List the first parts of leases. Needs sudo. */
  list(options?: CallOptions): Promise<Reply<LeaseListData>> {
    return this.ask<LeaseListData>(LIST, {}, options)
  }

  /** What a lease is. */
  lookup(input: LeaseLookupInput = {}, options?: CallOptions): Promise<Reply<LeaseLookupData>> {
    return this.ask<LeaseLookupData>(LOOKUP, { ...input }, options)
  }

  /** List leases below a prefix, one level. Needs sudo. */
  listBelow(input: string | LeaseListBelowInput, options?: CallOptions): Promise<Reply<LeaseListData>> {
    return this.ask<LeaseListData>(LIST_BELOW, typeof input === 'string' ? input : { ...input }, options)
  }

  /** Extend a lease. */
  renew(input: LeaseRenewInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(RENEW, { ...input }, options)
  }

  /** Revoke a lease. */
  revoke(input: LeaseRevokeInput = {}, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(REVOKE, { ...input }, options)
  }

  /** Revoke all leases below a prefix. Needs sudo. */
  revokePrefix(input: string | LeaseRevokePrefixInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(REVOKE_PREFIX, typeof input === 'string' ? input : { ...input }, options)
  }

  /**
   * Forget all leases below a prefix, whether they can be revoked or not. For engines whose other side is gone for
   * good: what they gave out may stay valid there. Needs sudo.
   */
  revokeForce(input: string | LeaseRevokeForceInput, options?: CallOptions): Promise<Reply<JsonMap>> {
    return this.ask<JsonMap>(REVOKE_FORCE, typeof input === 'string' ? input : { ...input }, options)
  }
}
