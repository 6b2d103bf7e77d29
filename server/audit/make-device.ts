import { VaultReplaced } from '../../engines/errors.ts'
import { Device } from './device.ts'
import type { DeviceSettings } from './device-options.ts'
import { FailureLog } from './failure-log.ts'
import type { AuditLogOptions } from './log.ts'
import { workerPath } from './outputs/file.ts'
import { outputFor } from './outputs/output-for.ts'
import { RecordWriter } from './records/record.ts'
import type { EvidenceKeeper } from './streams/evidence.ts'
import type { RecordStream } from './streams/record-stream.ts'
import { Stream } from './streams/stream.ts'
import { ThreadedStream } from './streams/threaded-stream.ts'
import { type DeviceEntry, streamKeys } from './table.ts'

const TIMEOUT_MS = 5000

/** What one device is made of. */
export interface DevicePlan {
  readonly entry: DeviceEntry
  readonly settings: DeviceSettings
  readonly evidence: EvidenceKeeper
  /** After each turn of writing: it may have begun to fail, or ceased to. */
  readonly onTurn: () => void
}

/** The device of an entry of the table on this node; it is not open yet. */
export function makeDevice(options: AuditLogOptions, plan: DevicePlan): Device {
  const { log, clock, onFailure } = options
  const { entry, settings, onTurn } = plan
  const { path } = entry
  const { delivery } = settings
  const failures = new FailureLog({ path, required: delivery === 'required', log, clock })
  const timeoutMs = settings.timeoutMs ?? options.timeoutMs ?? TIMEOUT_MS
  const stream = streamOf(options, plan)
  const writer = new RecordWriter(entry.salt, settings.record, stream.shorthand)
  return new Device({ path, delivery, writer, stream, timeoutMs, failures, onFailure, onTurn })
}

function streamOf(options: AuditLogOptions, { entry, settings, evidence }: DevicePlan): RecordStream {
  const common = {
    keys: streamKeys(entry),
    device: entry.id,
    node: options.nodeId,
    prefix: settings.prefix,
    evidence,
    onEvidenceFailure: (error: unknown) => {
      // It stands in the output, where the log of the vault that took this one's place goes on from it.
      if (error instanceof VaultReplaced) return
      options.log.warn({ device: entry.path, err: error }, 'an audit checkpoint could not be completed')
    },
  }
  if (options.thread !== undefined && options.outputs === undefined && settings.output.kind === 'file') {
    const { mode } = settings.output
    const path = workerPath(settings.output.path, options.worker)
    const file = { folder: options.folder, path, mode }
    return new ThreadedStream({ ...common, thread: options.thread, salt: entry.salt, file })
  }
  return new Stream({
    ...common,
    output: (options.outputs ?? outputFor)(settings.output, options),
    clock: options.clock,
    newStreamId: () => options.random.uuid(),
  })
}
