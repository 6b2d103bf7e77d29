import type { Caller, Connection, IssuedAuth, Operation, WrapInfo } from '../../engines/engine.ts'
import type { Protocol } from './request.ts'

/**
 * What the pipeline hands to the audit log, and what it gets back: the request record is made before the engine runs,
 * the response record before any byte of the reply leaves.
 */
export interface AuditRequest {
  /** A UUID. */
  readonly id: string
  readonly namespaceId: string
  readonly namespacePath: string
  readonly operation: Operation
  /** Full path, the mount's included. */
  readonly path: string
  readonly mountPath: string
  readonly mountType: string
  readonly mountAccessor: string
  readonly mountClass: 'secret' | 'auth'
  readonly data: Readonly<Record<string, unknown>> | null
  /** As sent; the audit log hashes it. */
  readonly token: string | undefined
  readonly caller: AuditCaller | undefined
  readonly connection: Connection
  readonly headers: Readonly<Record<string, string>>
  readonly wrapTtlSeconds: number | undefined
  readonly protocol: Protocol
  /**
   * Field names that stand in clear, for this row and mount: one array for all requests of a row, so that work on it can
   * be cached. A plain name is a top-level field (a row's `auditClear`); `clearAtAnyDepth(name)` of
   * server/audit/records/clear-names.ts is a mount's `audit_non_hmac_request_keys`, which reach inside as they do in Vault.
   */
  readonly clearRequest: readonly string[]
  readonly clearResponse: readonly string[]
  /** Milliseconds since the epoch. */
  readonly timeMs: number
  /** The audit log's own. It lies here, and not in a map of the log: see Slots. */
  kept?: KeptText | undefined
}

/** What stands in both records of a request: its `auth` object without braces, and its `request` object. Each device has its own. */
export interface KeptText {
  readonly by: object
  readonly auth: string
  readonly request: string
  readonly next: KeptText | undefined
  /** Of a device that is written to in shorthand: which batch its marks are of, if there are any, and what it is called there. */
  readonly batch: number
  readonly isMarked: boolean
  readonly name: string | undefined
}

/** The caller with what only the audit log records. One object per cached token, so that work on it can be cached. */
export interface AuditCaller extends Caller {
  readonly tokenTtlSeconds: number
  /** Uses left; 0: unlimited. */
  readonly remainingUses: number
  readonly noDefaultPolicy: boolean
  readonly policyResults: { readonly allowed: boolean; readonly grantingPolicies: readonly string[] } | undefined
}

export interface AuditResponse {
  readonly data: Readonly<Record<string, unknown>> | null
  readonly auth: IssuedAuth | null
  readonly leaseId: string
  readonly wrapInfo: WrapInfo | null
  readonly warnings: readonly string[] | null
  /** The caller-facing message of the error that ended the request. */
  readonly error: string | undefined
}

/**
 * Gathers records per event-loop tick and writes them to every enabled device, in order. Whoever does not wait for a record
 * may leave its promise alone: no rejection of it counts as unhandled.
 */
export interface AuditLog {
  /** Takes up changes of devices and headers by other nodes, as of the last refresh of the store. Call it before `request`. */
  catchUp(): Promise<void> | undefined
  /**
   * Enqueues the request record and resolves when every required device has it. Undefined: no device is enabled.
   * Rejects with EgideError `unavailable` naming the device that failed or hung past its bound.
   */
  request(record: AuditRequest, error: string | undefined): Promise<void> | undefined
  /** Likewise for the response record. */
  response(record: AuditRequest, response: AuditResponse): Promise<void> | undefined
}
