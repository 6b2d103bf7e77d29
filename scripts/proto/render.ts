import type { ProtoField, ProtoMessage, ProtoMethod, ProtoService } from './model.ts'
import { type Numbers, reservedOf } from './numbers.ts'

/** The text of a .proto file. */

const PACKAGE = 'egide.v1'
const WIDTH = 110

export function renderService(service: ProtoService, numbers: Numbers): string {
  const messages = service.methods.flatMap(({ input, output }) => [input, output])
  const body = [
    ...comment(service.comment, ''),
    `service ${service.name} {`,
    ...service.methods.flatMap((method, at) => [...(at === 0 ? [] : ['']), ...renderMethod(method)]),
    '}',
    ...messages.flatMap((message) => ['', ...renderMessage(message, PACKAGE, numbers, '')]),
  ].join('\n')
  return `${head(body)}\n${body}\n`
}

const IMPORTS: readonly (readonly [marker: string, file: string])[] = [
  ['Envelope ', 'egide/v1/envelope.proto'],
  ['(egide.v1.', 'egide/v1/options.proto'],
  ['google.api.http', 'google/api/annotations.proto'],
  ['google.protobuf.', 'google/protobuf/struct.proto'],
]

function head(body: string): string {
  const imports = IMPORTS.filter(([marker]) => body.includes(marker)).map(([, file]) => `import "${file}";`)
  return [
    '// Generated from the route tables by `npm run proto`. Do not edit.',
    'syntax = "proto3";',
    '',
    `package ${PACKAGE};`,
    '',
    ...imports,
    '',
  ].join('\n')
}

function renderMethod(method: ProtoMethod): string[] {
  const input = `${method.inputStreams ? 'stream ' : ''}${method.input.name}`
  const output = `${method.outputStreams ? 'stream ' : ''}${method.output.name}`
  const options = optionsOf(method)
  const lines = [...comment(method.comment, '  '), `  rpc ${method.name}(${input}) returns (${output})`]
  if (options.length === 0) return [...lines.slice(0, -1), `${lines.at(-1)};`]
  return [...lines.slice(0, -1), `${lines.at(-1)} {`, ...options.map((line) => `    ${line}`), '  }']
}

function optionsOf({ verb, path, mayEndEarly, mount, statusInReply, events }: ProtoMethod): string[] {
  if (verb === undefined) return []
  const options = ['option (google.api.http) = {']
  if (verb === verb.toUpperCase()) options.push('  custom: {', `    kind: "${verb}"`, `    path: "${path}"`, '  }')
  else options.push(`  ${verb}: "${path}"`)
  const body = verb === 'post' || verb === 'patch' ? ['  body: "*"'] : []
  options.push(...body)
  if (mayEndEarly) {
    const binding = [`  ${verb}: "${path.slice(0, path.lastIndexOf('/'))}"`, ...body]
    options.push('  additional_bindings {', ...binding.map((line) => `  ${line}`), '  }')
  }
  options.push('};')
  if (mount !== undefined) options.push(`option (egide.v1.mount) = "${mount}";`)
  if (statusInReply) options.push('option (egide.v1.status_in_reply) = true;')
  if (events) options.push('option (egide.v1.events) = true;')
  return options
}

function renderMessage(message: ProtoMessage, scope: string, numbers: Numbers, indent: string): string[] {
  const name = `${scope}.${message.name}`
  const known = numbers[name] ?? {}
  const inner = `${indent}  `
  const gone = reservedOf(message, known)
  const parts: string[][] = message.nested.map((nested) => renderMessage(nested, name, numbers, inner))
  if (gone.names.length > 0) {
    const names = gone.names.map((field) => `"${field}"`).join(', ')
    parts.push([`${inner}reserved ${gone.numbers.join(', ')};`, `${inner}reserved ${names};`])
  }
  for (const field of message.fields) parts.push(renderField(field, known[field.name] ?? 0, inner))
  const opening = [...comment(message.comment, indent), `${indent}message ${message.name} {`]
  if (parts.length === 0) return [...opening.slice(0, -1), `${opening.at(-1)}}`]
  return [...opening, ...parts.flatMap((part, at) => (at === 0 ? part : ['', ...part])), `${indent}}`]
}

function renderField(field: ProtoField, number: number, indent: string): string[] {
  const options = field.whole ? ' [(egide.v1.whole) = true]' : ''
  return [...comment(field.comment, indent), `${indent}${field.type} ${field.name} = ${number}${options};`]
}

function comment(text: string, indent: string): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/)) {
    if (line !== '' && indent.length + 4 + line.length + word.length > WIDTH) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].map((part) => `${indent}// ${part}`)
}
