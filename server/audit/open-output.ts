import type { OutputSpec } from './device-options.ts'
import { FileOutput } from './file-output.ts'
import { HttpOutput } from './http-output.ts'
import type { AuditLogOptions } from './log.ts'
import type { Output } from './output.ts'
import { socketOutput } from './socket-output.ts'
import { DiscardOutput, StdoutOutput } from './stdout-output.ts'
import { syslogOutput } from './syslog-output.ts'

/** The output that a device's options ask for; nothing is opened yet. Throws when a file would lie outside the folder. */
export function outputFor(spec: OutputSpec, options: AuditLogOptions): Output {
  switch (spec.kind) {
    case 'file':
      return new FileOutput({ folder: options.folder, path: spec.path, mode: spec.mode })
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
