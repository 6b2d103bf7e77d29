import type { PolicyInfo } from '../../engines/system/services/policies.ts'
import { json } from '../../storage/codec.ts'
import { checkedPolicyName } from './name.ts'
import { PolicyError } from './policy.ts'

/** How ACL policies lie in their namespace's store. */

/** A stored policy. `expiresAtMs` and `modifiedMs`: milliseconds since the epoch. */
export interface PolicyRecord {
  readonly text: string
  readonly version: number
  readonly casRequired: boolean
  readonly expiresAtMs?: number | undefined
  readonly modifiedMs: number
  readonly allowSlashesInTemplates: boolean
  readonly allowWildcardsInTemplates: boolean
}

/** Rewritten by every change of any policy, in the same transaction: one read tells whether compiled policies are true. */
export interface PolicyEpoch {
  /** Never the same twice. */
  readonly id: string
}

export const recordCodec = json<PolicyRecord>()
export const epochCodec = json<PolicyEpoch>()
/** An index row has only its path. */
export const markCodec = json<true>()

export const POLICIES = 'policies/acl/'
export const EPOCH = 'policies/epoch'
/** Below it 'MOMENT/NAME' for each policy that expires, the earliest first. */
export const EXPIRING = 'policies/expiring/'

/** Where a policy lies; undefined for a name that none can have. */
export function recordPath(name: string): string | undefined {
  try {
    return POLICIES + checkedPolicyName(name)
  } catch (error) {
    if (error instanceof PolicyError) return undefined
    throw error
  }
}

export function expiringPath(name: string, expiresAtMs: number): string {
  return `${EXPIRING}${String(expiresAtMs).padStart(16, '0')}/${name}`
}

/** Moment and name out of an index row's path below `EXPIRING`. */
export function expiringEntry(row: string): { readonly expiresAtMs: number; readonly name: string } {
  const end = row.indexOf('/')
  return { expiresAtMs: Number(row.slice(0, end)), name: row.slice(end + 1) }
}

/** A policy holds up to and including the moment it names. */
export function isExpired({ expiresAtMs }: { readonly expiresAtMs?: number | undefined }, nowMs: number): boolean {
  return expiresAtMs !== undefined && nowMs > expiresAtMs
}

export function infoOf(name: string, record: PolicyRecord): PolicyInfo {
  return { ...record, name, expiresAtMs: record.expiresAtMs }
}

/** What a policy that is part of the server looks like. */
export function builtinInfo(name: string, text: string): PolicyInfo {
  return {
    name,
    text,
    version: 0,
    casRequired: false,
    expiresAtMs: undefined,
    modifiedMs: undefined,
    allowSlashesInTemplates: false,
    allowWildcardsInTemplates: false,
  }
}
