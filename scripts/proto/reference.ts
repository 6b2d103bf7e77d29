import type { ProtoMessage, ProtoService } from './model.ts'

/** docs/reference/grpc.md: every method with what its request and its data hold, from the comments of the .proto files. */
export function grpcReference(services: readonly ProtoService[]): string {
  const lines = [
    '# gRPC reference',
    '',
    'Generated from the comments of `proto/egide/v1/` by `npm run proto`. The guide is [grpc.md](../grpc.md).',
    'Every response also has an `envelope`: request id, lease, auth, wrapping and warnings.',
    '',
  ]
  for (const service of services) {
    lines.push(`## egide.v1.${service.name}`, '', service.comment, '')
    for (const method of service.methods) {
      const streams = STREAMS[`${method.inputStreams} ${method.outputStreams}`] ?? ''
      lines.push(`### ${service.name}.${method.name}${streams}`, '', escaped(method.comment), '')
      if (method.verb !== undefined) lines.push(`As \`${method.verb.toUpperCase()} ${method.path}\`.`, '')
      lines.push(...tableOf('Request', method.input))
      const data = method.output.nested.find(({ name }) => name === 'Data')
      if (data !== undefined) lines.push(...tableOf('Data', data))
      else if (method.verb === undefined) lines.push(...tableOf('Event', method.output))
    }
  }
  return `${lines.join('\n').trimEnd()}\n`
}

const STREAMS: Readonly<Record<string, string>> = {
  'true true': ' (both ways a stream)',
  'true false': ' (asked by a stream)',
  'false true': ' (a stream)',
}

function tableOf(title: string, { fields }: ProtoMessage): string[] {
  if (fields.length === 0) return []
  const rows = fields.map(({ name, type, comment }) => {
    return `| \`${name}\` | ${type.replace('google.protobuf.', '').replace('optional ', '')} | ${escaped(comment)} |`
  })
  return [`| ${title} | Type | |`, '|---|---|---|', ...rows, '']
}

/** What stands between angle brackets, or splits a cell, is text. */
const escaped = (text: string): string => text.replaceAll('<', '&lt;').replaceAll('|', '\\|')
