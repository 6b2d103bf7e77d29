import type { Clock } from '../../../engines/engine.ts'
import type { OutputSpec } from '../device-options.ts'
import { rfc3339 } from '../timestamp.ts'
import type { Output } from './output.ts'
import { type Framing, socketOutput } from './socket.ts'

const SEVERITY_INFO = 6

/**
 * RFC 5424 messages: in datagrams (RFC 5426), counted in octets over TCP (RFC 6587, 3.4.1), and a line each over a Unix
 * stream socket. The record is the message, from its first '{' on.
 */
export function syslogOutput(
  spec: Extract<OutputSpec, { kind: 'syslog' }>,
  hostname: string,
  processId: number,
  clock: Clock,
): Output {
  const priority = spec.facility * 8 + SEVERITY_INFO
  const host = /^[!-~]{1,255}$/.test(hostname) ? hostname : '-'
  const { socketType } = spec.socket
  const frame: Framing = (line) => {
    const head = Buffer.from(`<${priority}>1 ${rfc3339(clock.now())} ${host} ${spec.tag} ${processId} - - `)
    if (socketType === 'unix') return Buffer.concat([head, line])
    const message = Buffer.concat([head, line.subarray(0, line.length - 1)])
    return socketType === 'udp' ? message : Buffer.concat([Buffer.from(`${message.length} `), message])
  }
  return socketOutput(spec.socket, frame)
}
