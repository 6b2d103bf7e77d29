import type { Writable } from 'node:stream'
import type { Clock, Log, Random } from '../../engines/engine.ts'
import type { AuditDeviceSpec, AuditDevices } from '../../engines/system/services/audit.ts'
import type { Store } from '../../storage/store.ts'
import type { AuditLog } from '../core/audit-port.ts'
import type { OutputSpec } from './device-options.ts'
import type { Output } from './outputs/output.ts'

export interface AuditLogOptions {
  /** A view of its own: the device table, keys, audited headers and newest checkpoints are kept in it. */
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Stable over restarts, and of one process alone: it names this node's stream on every device. */
  readonly nodeId: string
  /** Absolute. Files of file devices lie below it; made when the first is enabled. */
  readonly folder: string
  /** Which of several processes with the same folder this is; undefined: the only one. The second writes `audit.worker-2.log`. */
  readonly worker?: number | undefined
  /** Where `stdout` devices write. */
  readonly stdout: Writable
  /** Names this machine in syslog headers. */
  readonly hostname: string
  /** Likewise this process. */
  readonly processId: number
  /** How long a write may take before requests fail, unless the device says otherwise. Default 5000. */
  readonly timeoutMs?: number
  /** Whether `enable` and `disable` are allowed; devices of the config file are declared in any case. Default true. */
  readonly apiCreation?: boolean
  /** Told the path of a device each time it fails a write or its bound. */
  readonly onFailure?: (device: string) => void
  /** Told whether requests are refused because a required device is failing, when that changes. */
  readonly onRefusing?: (isRefusing: boolean) => void
  /** The module that a thread of a file device runs. Default: file devices have no threads of their own. */
  readonly thread?: URL
  /** Makes a device's output; its stream then has no thread of its own. Default: what its options ask for. */
  readonly outputs?: (spec: OutputSpec, options: AuditLogOptions) => Output
}

/** A device that the config file says exists. */
export interface DeclaredDevice extends AuditDeviceSpec {
  readonly path: string
}

/** The audit log of one unsealed node: what the pipeline, the routes and the process drive. */
export interface AuditBroker extends AuditLog, AuditDevices {
  /**
   * Loads and opens the stored devices. One that can't be opened makes requests fail until it can. Before this, and after
   * `close`, every record is refused.
   */
  open(): Promise<void>
  /**
   * Makes the table hold these devices, and forgets those declared before that are not among them. For each unseal,
   * after `open`. Throws EgideError `invalid_request` for options that can't be meant; a device that can't be opened is
   * kept, and makes requests fail until it can be.
   */
  declare(devices: readonly DeclaredDevice[]): Promise<void>
  /** Takes over devices and headers that other nodes changed. Also runs about once a second. */
  refresh(): Promise<void>
  /**
   * SIGHUP: file devices close their file with a checkpoint and open what is at their path now. Resolves to whether all
   * could; else that is logged.
   */
  reopen(): Promise<boolean>
  /**
   * Writes out what waits, closes every stream with a checkpoint, releases devices and keys. For seal and shutdown; a
   * device that hangs delays it by its bound. Storage must still be usable. Final: an unseal makes a new audit log.
   */
  close(): Promise<void>
}
