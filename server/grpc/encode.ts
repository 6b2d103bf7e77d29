import { type DescField, type DescMessage, getOption, hasOption, ScalarType } from '@bufbuild/protobuf'
import { whole } from '../../proto/gen/egide/v1/options_pb.ts'
import { writeList, writeStruct, writeValue } from './struct.ts'
import { WIRE } from './wire-reader.ts'
import type { WireWriter } from './wire-writer.ts'

/** From an object straight to a message on the wire. Made of the descriptor, once. `misfit` hears what has no place in it. */
export type Encode = (writer: WireWriter, value: unknown, misfit: (where: string) => void) => void

/** Writes a field, its tag included; whatever is not of its type is a misfit. */
type WriteField = (writer: WireWriter, value: unknown, misfit: (where: string) => void) => void

const known = new Map<string, Encode>()

export function encoderOf(message: DescMessage): Encode {
  const made = known.get(message.typeName) ?? WELL_KNOWN[message.typeName]
  if (made !== undefined) return made
  const fields = new Map<string, WriteField>()
  const stands = message.fields.find((field) => hasOption(field, whole) && getOption(field, whole))
  const encode: Encode = (writer, value, misfit) => {
    if (stands !== undefined) return fields.get(stands.name)?.(writer, value, misfit)
    if (!isMembers(value)) return misfit(message.typeName)
    for (const name of Object.keys(value)) {
      const member = value[name]
      if (member === undefined || member === null) continue
      const write = fields.get(name)
      if (write === undefined) misfit(`${message.typeName}.${name}`)
      else write(writer, member, misfit)
    }
  }
  known.set(message.typeName, encode)
  for (const field of message.fields) fields.set(field.name, fieldWriter(field))
  return encode
}

const WELL_KNOWN: Readonly<Record<string, Encode>> = {
  'google.protobuf.Struct': (writer, value, misfit) =>
    isMembers(value) ? writeStruct(writer, value) : misfit('google.protobuf.Struct'),
  'google.protobuf.Value': (writer, value) => writeValue(writer, value),
  'google.protobuf.ListValue': (writer, value, misfit) =>
    Array.isArray(value) ? writeList(writer, value) : misfit('google.protobuf.ListValue'),
}

function isMembers(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function fieldWriter(field: DescField): WriteField {
  const where = `${field.parent.typeName}.${field.name}`
  const one = singleWriter(field.number, field.scalar, field.message, where, isImplicit(field))
  if (field.fieldKind === 'list') {
    return (writer, value, misfit) => {
      if (!Array.isArray(value)) return misfit(where)
      for (const item of value) one(writer, item, misfit)
    }
  }
  if (field.fieldKind !== 'map') return one
  const item = singleWriter(2, field.scalar, field.message, where, false)
  return (writer, value, misfit) => {
    if (!isMembers(value)) return misfit(where)
    for (const name of Object.keys(value)) {
      writer.varint((field.number << 3) | WIRE.bytes)
      const start = writer.open()
      writer.varint((1 << 3) | WIRE.bytes)
      writer.text(name)
      if (value[name] !== undefined && value[name] !== null) item(writer, value[name], misfit)
      writer.close(start)
    }
  }
}

/** A field without presence is not written while it has its default. */
const isImplicit = (field: DescField): boolean => field.fieldKind === 'scalar' && !field.proto.proto3Optional

function singleWriter(
  number: number,
  scalar: ScalarType | undefined,
  message: DescMessage | undefined,
  where: string,
  implicit: boolean,
): WriteField {
  if (message !== undefined) {
    const encode = encoderOf(message)
    const tag = (number << 3) | WIRE.bytes
    return (writer, value, misfit) => {
      writer.varint(tag)
      const start = writer.open()
      encode(writer, value, misfit)
      writer.close(start)
    }
  }
  const kind = SCALARS[scalar ?? ScalarType.STRING]
  if (kind === undefined) throw new Error(`no reply has fields of scalar type ${scalar}: ${where}`)
  const tag = (number << 3) | kind.wire
  return (writer, value, misfit) => {
    const made = kind.from(value)
    if (made === undefined) return misfit(where)
    if (implicit && (made === '' || made === 0 || made === false)) return
    writer.varint(tag)
    kind.write(writer, made as never)
  }
}

interface Kind {
  readonly wire: number
  /** Undefined: it is none. */
  readonly from: (value: unknown) => unknown
  readonly write: (writer: WireWriter, value: never) => void
}

const INTEGER: Kind = {
  wire: WIRE.varint,
  from: integerFrom,
  write: (writer, value: number | bigint) => writer.int64(value),
}

const SCALARS: Readonly<Partial<Record<ScalarType, Kind>>> = {
  [ScalarType.STRING]: { wire: WIRE.bytes, from: textFrom, write: (writer, value: string) => writer.text(value) },
  [ScalarType.INT64]: INTEGER,
  [ScalarType.INT32]: INTEGER,
  [ScalarType.BOOL]: {
    wire: WIRE.varint,
    from: (value) => (typeof value === 'boolean' ? value : undefined),
    write: (writer, value: boolean) => writer.varint(value ? 1 : 0),
  },
  [ScalarType.DOUBLE]: {
    wire: WIRE.fixed64,
    from: (value) => (typeof value === 'number' ? value : undefined),
    write: (writer, value: number) => writer.double(value),
  },
  [ScalarType.BYTES]: {
    wire: WIRE.bytes,
    from: (value) => (typeof value === 'string' ? Buffer.from(value) : value instanceof Uint8Array ? value : undefined),
    write: (writer, value: Uint8Array) => writer.bytes(value),
  },
}

const INT64_MAX = 2n ** 63n - 1n

function integerFrom(value: unknown): number | bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : undefined
  if (!JSON.isRawJSON(value)) return undefined
  const text = (value as { rawJSON: string }).rawJSON
  const exact = /^-?\d{1,19}$/.test(text) ? BigInt(text) : undefined
  return exact !== undefined && exact <= INT64_MAX && exact >= -INT64_MAX - 1n ? exact : undefined
}

function textFrom(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' ? String(value) : undefined
}
