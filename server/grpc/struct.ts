import { DEPTH_MAX, malformed, WIRE, type WireReader } from './wire-reader.ts'
import type { WireWriter } from './wire-writer.ts'

/** google.protobuf.Struct, Value and ListValue, which hold what JSON holds but for numbers that a double can't. */

type Members = Record<string, unknown>

const KIND = { null: 1, number: 2, text: 3, bool: 4, struct: 5, list: 6 } as const

export function readStruct(reader: WireReader, end: number, depth = 0): Members {
  if (depth > DEPTH_MAX) throw malformed()
  const members: Members = {}
  while (reader.at < end) {
    const tag = reader.tag(end)
    if (tag !== ((1 << 3) | WIRE.bytes)) {
      reader.skip(tag & 7, end)
      continue
    }
    readMember(reader, reader.end(end), members, depth)
  }
  return members
}

function readMember(reader: WireReader, end: number, members: Members, depth: number): void {
  let name = ''
  let value: unknown = null
  while (reader.at < end) {
    const tag = reader.tag(end)
    if (tag === ((1 << 3) | WIRE.bytes)) name = reader.text(end)
    else if (tag === ((2 << 3) | WIRE.bytes)) value = readValue(reader, reader.end(end), depth + 1)
    else reader.skip(tag & 7, end)
  }
  setMember(members, name, value)
}

/** Also for a member that is called `__proto__`. */
export function setMember(members: Members, name: string, value: unknown): void {
  if (name !== '__proto__') members[name] = value
  else Object.defineProperty(members, name, { value, writable: true, enumerable: true, configurable: true })
}

export function readValue(reader: WireReader, end: number, depth = 0): unknown {
  if (depth > DEPTH_MAX) throw malformed()
  let value: unknown = null
  while (reader.at < end) {
    const tag = reader.tag(end)
    const wire = tag & 7
    const kind = tag >>> 3
    if (kind === KIND.text && wire === WIRE.bytes) value = reader.text(end)
    else if (kind === KIND.number && wire === WIRE.fixed64) value = finite(reader.double(end))
    else if (kind === KIND.bool && wire === WIRE.varint) value = reader.varint(end) !== 0
    else if (kind === KIND.struct && wire === WIRE.bytes) value = readStruct(reader, reader.end(end), depth + 1)
    else if (kind === KIND.list && wire === WIRE.bytes) value = readList(reader, reader.end(end), depth + 1)
    else {
      reader.skip(wire, end)
      if (kind === KIND.null) value = null
    }
  }
  return value
}

/** As JSON has none. */
function finite(value: number): number {
  if (!Number.isFinite(value)) throw malformed()
  return value
}

export function readList(reader: WireReader, end: number, depth = 0): unknown[] {
  const items: unknown[] = []
  while (reader.at < end) {
    const tag = reader.tag(end)
    if (tag === ((1 << 3) | WIRE.bytes)) items.push(readValue(reader, reader.end(end), depth + 1))
    else reader.skip(tag & 7, end)
  }
  return items
}

export function writeStruct(writer: WireWriter, members: Readonly<Members>): void {
  for (const name of Object.keys(members)) {
    const value = members[name]
    if (value === undefined) continue
    writer.varint((1 << 3) | WIRE.bytes)
    const entry = writer.open()
    writer.varint((1 << 3) | WIRE.bytes)
    writer.text(name)
    writer.varint((2 << 3) | WIRE.bytes)
    const start = writer.open()
    writeValue(writer, value)
    writer.close(start)
    writer.close(entry)
  }
}

export function writeList(writer: WireWriter, items: readonly unknown[]): void {
  for (const item of items) {
    writer.varint((1 << 3) | WIRE.bytes)
    const start = writer.open()
    writeValue(writer, item)
    writer.close(start)
  }
}

export function writeValue(writer: WireWriter, value: unknown): void {
  if (typeof value === 'string') {
    writer.varint((KIND.text << 3) | WIRE.bytes)
    writer.text(value)
  } else if (typeof value === 'number' || typeof value === 'bigint') {
    writer.varint((KIND.number << 3) | WIRE.fixed64)
    writer.double(Number(value))
  } else if (typeof value === 'boolean') {
    writer.varint((KIND.bool << 3) | WIRE.varint)
    writer.varint(value ? 1 : 0)
  } else if (typeof value !== 'object' || value === null) {
    writer.varint((KIND.null << 3) | WIRE.varint)
    writer.varint(0)
  } else writeObject(writer, value)
}

function writeObject(writer: WireWriter, value: object): void {
  if (JSON.isRawJSON(value)) {
    writeValue(writer, JSON.parse((value as { rawJSON: string }).rawJSON))
    return
  }
  const isList = Array.isArray(value)
  writer.varint(((isList ? KIND.list : KIND.struct) << 3) | WIRE.bytes)
  const start = writer.open()
  if (isList) writeList(writer, value)
  else writeStruct(writer, value as Members)
  writer.close(start)
}
