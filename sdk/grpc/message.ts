import {
  create,
  type DescField,
  type DescMessage,
  fromJson,
  getOption,
  hasOption,
  type JsonValue,
  type Message,
  ScalarType,
  toJson,
} from '@bufbuild/protobuf'
import { whole } from '../../proto/gen/egide/v1/options_pb.ts'
import type { Input } from '../operation.ts'

/** Input as the JSON of a request would have it, as a message; and a message as the JSON of an answer would have it. */

type Members = Record<string, unknown>

/** What the message has no field for is left out, as the server would warn of it and go on. */
export function messageOf(desc: DescMessage, input: Input): Message {
  const members: Members = {}
  const empties: string[] = []
  for (const field of desc.fields) {
    const value = input[field.name]
    if (value === undefined || value === null) continue
    members[field.localName] = fieldOf(field, value)
    // An empty list or map can't be told from an absent one, so that it was sent is said beside it.
    const isMany = field.fieldKind === 'list' || field.fieldKind === 'map'
    if (isMany && Object.keys(value as object).length === 0) empties.push(field.name)
  }
  const toldBy = desc.fields.find(({ name }) => name === 'send_empty')
  if (toldBy !== undefined && empties.length > 0) members[toldBy.localName] = empties
  return create(desc, members as never)
}

function fieldOf(field: DescField, value: unknown): unknown {
  if (field.fieldKind === 'list') {
    // One item may stand for a list of it, as it may in JSON.
    const items = Array.isArray(value) ? value : [value]
    return items.map((item) => oneOf(field.scalar, field.message, item))
  }
  if (field.fieldKind !== 'map') return oneOf(field.scalar, field.message, value)
  return mapped(value as object, (item) => oneOf(field.scalar, field.message, item))
}

function oneOf(scalar: ScalarType | undefined, message: DescMessage | undefined, value: unknown): unknown {
  if (message === undefined) return scalarOf(scalar, value)
  // The runtime holds a Struct as the object that it is.
  if (message.typeName === 'google.protobuf.Struct') return plain(value)
  if (message.typeName.startsWith('google.protobuf.')) return fromJson(message, plain(value))
  return messageOf(message, value as Input)
}

/** What JSON makes of a value: a Date its text, an absent member none. */
function plain(value: unknown): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue
}

function scalarOf(scalar: ScalarType | undefined, value: unknown): unknown {
  switch (scalar) {
    case ScalarType.INT32:
      return Number(value)
    case ScalarType.INT64:
      return integer(value)
    case ScalarType.STRING:
      return typeof value === 'string' ? value : String(value)
    default:
      return value
  }
}

function integer(value: unknown): bigint {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value)
  if (typeof value === 'bigint') return value
  if (typeof value === 'string' && /^-?\d+$/.test(value)) return BigInt(value)
  throw new TypeError('a whole number is needed')
}

/** Members by the names of the .proto file, numbers as numbers, absent what was not sent. */
export function jsonOf(desc: DescMessage, message: Message): unknown {
  const members = message as unknown as Members
  const stands = desc.fields.find((field) => hasOption(field, whole) && getOption(field, whole))
  if (stands !== undefined) return fieldJson(stands, members[stands.localName])
  return Object.fromEntries(
    desc.fields.flatMap((field) => {
      const value = fieldJson(field, members[field.localName])
      return value === undefined ? [] : [[field.name, value]]
    }),
  )
}

function fieldJson(field: DescField, value: unknown): unknown {
  if (value === undefined) return undefined
  if (field.fieldKind === 'list') return (value as unknown[]).map((item) => oneJson(field.message, item))
  if (field.fieldKind === 'map') return mapped(value as object, (item) => oneJson(field.message, item))
  return oneJson(field.message, value)
}

function oneJson(message: DescMessage | undefined, value: unknown): unknown {
  if (message === undefined) return typeof value === 'bigint' ? Number(value) : value
  if (message.typeName === 'google.protobuf.Struct') return value
  if (message.typeName.startsWith('google.protobuf.')) return toJson(message, value as Message)
  return jsonOf(message, value as Message)
}

function mapped(value: object, of: (item: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, of(item)]))
}
