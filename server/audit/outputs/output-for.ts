import type { OutputSpec } from '../device-options.ts'
import type { AuditLogOptions } from '../log.ts'
import { FileOutput, workerPath } from './file.ts'
import { HttpOutput } from './http.ts'
import type { Output } from './output.ts'
import { socketOutput } from './socket.ts'
import { DiscardOutput, StdoutOutput } from './stdout.ts'
import { syslogOutput } from './syslog.ts'

/** The output that a device's options ask for; nothing is opened yet. */
export function outputFor(spec: OutputSpec, options: AuditLogOptions): Output {
  switch (spec.kind) {
    case 'file':
      return fileOutput(spec, options)
    case 'stdout':
      return new StdoutOutput(options.stdout)
    case 'discard':
      return new DiscardOutput()
    case 'socket':
      return socketOutput(spec, undefined)
    case 'syslog':
      return syslogOutput(spec, options.hostname, options.processId, options.clock)
    case 'http':
      return new HttpOutput(spec.uri, spec.headers)
  }
}

function fileOutput({ path, mode }: Extract<OutputSpec, { kind: 'file' }>, options: AuditLogOptions): Output {
  try {
    return new FileOutput({ folder: options.folder, path: workerPath(path, options.worker), mode })
  } catch (error) {
    // The folder may have been another when the device was enabled: that must not keep the vault sealed.
    return new RefusedOutput(error)
  }
}

/** Can't be opened. */
class RefusedOutput implements Output {
  readonly #reason: unknown

  constructor(reason: unknown) {
    this.#reason = reason
  }

  async open(): Promise<void> {
    throw this.#reason
  }

  async write(): Promise<void> {
    throw this.#reason
  }

  async close(): Promise<void> {}

  destroy(): void {}
}
