import { type DescField, type DescMessage, getOption, hasOption, ScalarType } from '@bufbuild/protobuf'
import { whole } from '../../proto/gen/egide/v1/options_pb.ts'
import { readList, readStruct, readValue, setMember } from './struct.ts'
import { DEPTH_MAX, malformed, WIRE, type WireReader } from './wire-reader.ts'

/**
 * From a message on the wire straight to an object as a JSON body would give it: members by the names of the .proto file,
 * numbers as numbers, absent what was not sent. Made of the descriptor, once.
 */
export type Decode = (reader: WireReader, end: number, depth: number) => unknown

/** Reads one value of a field. */
interface Kind {
  readonly wire: number
  readonly read: (reader: WireReader, limit: number, depth: number) => unknown
  /** Lists of numbers stand in one piece. */
  readonly packable: boolean
}

interface Plan {
  readonly name: string
  readonly form: 'one' | 'list' | 'map'
  readonly kind: Kind
}

const known = new Map<string, Decode>()

export function decoderOf(message: DescMessage): Decode {
  const made = known.get(message.typeName) ?? WELL_KNOWN[message.typeName]
  if (made !== undefined) return made
  const plans = new Map<number, Plan>()
  const decode: Decode = (reader, end, depth) => decodeFields(plans, reader, end, depth)
  const stands = message.fields.find((field) => hasOption(field, whole) && getOption(field, whole))
  const wrapped: Decode = stands === undefined ? decode : (...parts) => unwrapped(decode(...parts), stands.name)
  known.set(message.typeName, wrapped)
  for (const field of message.fields) plans.set(field.number, planOf(field))
  return wrapped
}

/** A free-form body stands among the other fields of its message. */
function unwrapped(members: unknown, name: string): unknown {
  const { [name]: value, ...others } = members as Record<string, unknown>
  return Array.isArray(value) ? value : { ...(value as object | undefined), ...others }
}

const WELL_KNOWN: Readonly<Record<string, Decode>> = {
  'google.protobuf.Struct': readStruct,
  'google.protobuf.Value': readValue,
  'google.protobuf.ListValue': readList,
}

function planOf(field: DescField): Plan {
  if (field.fieldKind === 'map') return { name: field.name, form: 'map', kind: mapKind(field) }
  const form = field.fieldKind === 'list' ? 'list' : 'one'
  return { name: field.name, form, kind: kindOf(field.scalar, field.message) }
}

function kindOf(scalar: ScalarType | undefined, message: DescMessage | undefined): Kind {
  if (message !== undefined) {
    const decode = decoderOf(message)
    const read: Kind['read'] = (reader, limit, depth) => decode(reader, reader.end(limit), depth + 1)
    return { wire: WIRE.bytes, read, packable: false }
  }
  const kind = SCALARS[scalar ?? ScalarType.STRING]
  if (kind === undefined) throw new Error(`no request has fields of scalar type ${scalar}`)
  return kind
}

const SCALARS: Readonly<Partial<Record<ScalarType, Kind>>> = {
  [ScalarType.STRING]: { wire: WIRE.bytes, read: (reader, limit) => reader.text(limit), packable: false },
  [ScalarType.BYTES]: { wire: WIRE.bytes, read: (reader, limit) => reader.octets(limit), packable: false },
  [ScalarType.INT64]: { wire: WIRE.varint, read: (reader, limit) => reader.int64(limit), packable: true },
  [ScalarType.INT32]: { wire: WIRE.varint, read: (reader, limit) => reader.int64(limit), packable: true },
  [ScalarType.BOOL]: { wire: WIRE.varint, read: (reader, limit) => reader.varint(limit) !== 0, packable: true },
  [ScalarType.DOUBLE]: { wire: WIRE.fixed64, read: (reader, limit) => reader.double(limit), packable: true },
}

/** An entry of a map as [name, value]. */
function mapKind(field: DescField & { fieldKind: 'map' }): Kind {
  const value = kindOf(field.scalar, field.message)
  const read: Kind['read'] = (reader, limit, depth) => {
    const end = reader.end(limit)
    let name = ''
    let found: unknown = field.scalar === ScalarType.STRING ? '' : null
    while (reader.at < end) {
      const tag = reader.tag(end)
      if (tag === ((1 << 3) | WIRE.bytes)) name = reader.text(end)
      else if (tag === ((2 << 3) | value.wire)) found = value.read(reader, end, depth)
      else reader.skip(tag & 7, end)
    }
    return [name, found]
  }
  return { wire: WIRE.bytes, read, packable: false }
}

function decodeFields(plans: ReadonlyMap<number, Plan>, reader: WireReader, end: number, depth: number): object {
  if (depth > DEPTH_MAX) throw malformed()
  const members: Record<string, unknown> = {}
  while (reader.at < end) {
    const tag = reader.tag(end)
    const wire = tag & 7
    const plan = plans.get(tag >>> 3)
    if (plan === undefined) reader.skip(wire, end)
    else if (wire === plan.kind.wire) keep(members, plan, plan.kind.read(reader, end, depth))
    else if (wire === WIRE.bytes && plan.form === 'list' && plan.kind.packable) {
      const last = reader.end(end)
      while (reader.at < last) {
        reader.count()
        keep(members, plan, plan.kind.read(reader, last, depth))
      }
    } else throw malformed()
  }
  if (reader.at !== end) throw malformed()
  return members
}

function keep(members: Record<string, unknown>, { name, form }: Plan, value: unknown): void {
  if (form === 'one') members[name] = value
  else if (form === 'list') {
    const list = members[name] as unknown[] | undefined
    if (list === undefined) members[name] = [value]
    else list.push(value)
  } else {
    members[name] ??= {}
    const [key, item] = value as [string, unknown]
    setMember(members[name] as Record<string, unknown>, key, item)
  }
}
