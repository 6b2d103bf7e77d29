import type { ProtoField, ProtoMessage } from './model.ts'

/** JSON schemas of rows, as the types of fields. */

interface Schema {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly description?: string
}

export interface Shape {
  readonly type: string
  readonly nested: readonly ProtoMessage[]
}

const SCALARS: Readonly<Record<string, string>> = {
  string: 'string',
  integer: 'int64',
  number: 'double',
  boolean: 'bool',
}
export const VALUE = 'google.protobuf.Value'
export const STRUCT = 'google.protobuf.Struct'

/** The type of a field called `name`, and the messages that it needs. */
export function shapeOf(schema: object, name: string): Shape {
  return shape(schema as Schema, name)
}

function shape(raw: Schema, name: string): Shape {
  const schema = withoutNull(raw)
  const scalar = scalarOf(schema)
  if (scalar !== undefined) return { type: `optional ${scalar}`, nested: [] }
  const object = objectOf(schema)
  if (object !== undefined) {
    const message = messageOf(pascal(name), `What ${name} holds.`, object)
    return { type: message.name, nested: [message] }
  }
  if (schema.patternProperties !== undefined) return mapShape(memberOf(schema), name)
  if (schema.type === 'array') return listShape(schema.items ?? {}, name)
  return { type: VALUE, nested: [] }
}

function mapShape(value: Schema, name: string): Shape {
  const scalar = scalarOf(withoutNull(value))
  if (scalar !== undefined) return { type: `map<string, ${scalar}>`, nested: [] }
  if (isAny(value)) return { type: STRUCT, nested: [] }
  const inner = shape(value, `${name}_value`)
  if (!inner.type.startsWith('repeated ')) return { type: `map<string, ${inner.type}>`, nested: inner.nested }
  const list = {
    name: pascal(`${name}_value`),
    comment: 'A list, as a map can hold it.',
    fields: [{ name: 'values', type: inner.type, comment: 'The items of the list.', whole: true }],
    nested: inner.nested,
  }
  return { type: `map<string, ${list.name}>`, nested: [list] }
}

function listShape(item: Schema, name: string): Shape {
  const scalar = scalarOf(withoutNull(item))
  if (scalar !== undefined) return { type: `repeated ${scalar}`, nested: [] }
  const inner = shape(item, `${name}_item`)
  if (inner.type.startsWith('repeated ') || inner.type.startsWith('map<')) {
    return { type: 'google.protobuf.ListValue', nested: [] }
  }
  return { type: `repeated ${inner.type}`, nested: inner.nested }
}

/** A message of an object's members. */
export function messageOf(name: string, comment: string, schema: Schema): ProtoMessage {
  const fields: ProtoField[] = []
  const nested: ProtoMessage[] = []
  for (const [member, value] of Object.entries(schema.properties ?? {})) {
    const made = shape(value, member)
    fields.push({ name: member, type: made.type, comment: commentOf(member, value) })
    nested.push(...made.nested)
  }
  return { name, comment, fields, nested }
}

/** The data of a reply: an object, or something that is kept in one field that stands for it. */
export function dataMessage(comment: string, raw: object): ProtoMessage | undefined {
  const schema = withoutNull(raw as Schema)
  const object = objectOf(schema)
  if (object !== undefined) return messageOf('Data', comment, object)
  if (schema.patternProperties === undefined || isAny(memberOf(schema))) return undefined
  const entries = mapShape(memberOf(schema), 'entry')
  const field = { name: 'entries', type: entries.type, comment: 'By name.', whole: true }
  return { name: 'Data', comment, fields: [field], nested: entries.nested }
}

function withoutNull(schema: Schema): Schema {
  if (schema.anyOf === undefined) return schema
  const some = schema.anyOf.filter(({ type }) => type !== 'null')
  return some.length === 1 && some[0] !== undefined ? { ...some[0], ...described(schema) } : { ...schema, anyOf: some }
}

const described = ({ description }: Schema) => (description === undefined ? {} : { description })

function scalarOf({ type, enum: values }: Schema): string | undefined {
  if (values?.every((value) => typeof value === 'string')) return 'string'
  return type === undefined ? undefined : SCALARS[type]
}

/** An object with members of its own; of several forms, all the members that they have. */
function objectOf(schema: Schema): Schema | undefined {
  if (schema.properties !== undefined) return schema
  const forms = schema.anyOf ?? []
  if (forms.length === 0 || forms.some(({ properties }) => properties === undefined)) return undefined
  const properties: Record<string, Schema> = {}
  for (const form of forms)
    for (const [name, value] of Object.entries(form.properties ?? {})) properties[name] ??= value
  return { type: 'object', properties }
}

const memberOf = (schema: Schema): Schema => Object.values(schema.patternProperties ?? {})[0] ?? {}

const isAny = (schema: Schema): boolean =>
  schema.type === undefined &&
  schema.enum === undefined &&
  schema.anyOf === undefined &&
  schema.properties === undefined

function commentOf(name: string, schema: Schema): string {
  const choices = withoutNull(schema).enum
  const said = schema.description ?? withoutNull(schema).description ?? derivedComment(name)
  return choices === undefined ? said : `${said} One of ${choices.join(', ')}.`
}

/** Better than nothing, where a row says nothing: 'lease_id' becomes 'Lease id.' */
export function derivedComment(name: string): string {
  const words = name.replaceAll('_', ' ').trim()
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}.`
}

export function pascal(text: string): string {
  const words = text.split(/[^0-9A-Za-z]+/).filter((word) => word !== '')
  return words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('')
}
