import type { Writable } from 'node:stream'
import type { Clock, Log, Random } from '../../engines/engine.ts'
import type { AuditDevices } from '../../engines/system/services/audit.ts'
import type { Store } from '../../storage/store.ts'
import type { AuditLog } from '../core/audit-port.ts'

export interface AuditLogOptions {
  /** A view of its own: the device table, keys, audited headers and newest checkpoints are kept in it. */
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Stable over restarts, and of one process alone: it names this node's stream on every device. */
  readonly nodeId: string
  /** Files of file devices lie below it; made when the first is enabled. */
  readonly folder: string
  /** Where `stdout` devices write. */
  readonly stdout: Writable
  /** Names this machine in syslog headers. */
  readonly hostname: string
}

/** The audit log of one unsealed node: what the pipeline, the routes and the process drive. */
export interface AuditBroker extends AuditLog, AuditDevices {
  /** Loads and opens the stored devices. One that can't be opened makes requests fail until it can. */
  open(): Promise<void>
  /** Takes over devices and headers that other nodes changed. Also runs about once a second. */
  refresh(): Promise<void>
  /** SIGHUP: file devices close their file with a checkpoint and open what is at their path now. */
  reopen(): Promise<void>
  /** Writes out what waits, closes every stream with a checkpoint, releases devices and keys. For seal and shutdown. */
  close(): Promise<void>
}

export declare function createAuditLog(options: AuditLogOptions): AuditBroker
