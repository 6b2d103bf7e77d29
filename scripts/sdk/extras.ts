import type { ProtoField, ProtoMessage } from '../proto/model.ts'
import type { Schema } from './types.ts'

/** Messages of methods that have no row, as the schemas that a row would have. */

const SCALARS: Readonly<Record<string, Schema>> = {
  string: { type: 'string' },
  bool: { type: 'boolean' },
  int32: { type: 'integer' },
  int64: { type: 'integer' },
  uint64: { type: 'integer' },
  double: { type: 'number' },
}

export function schemaOf({ fields, nested }: ProtoMessage): Schema {
  const properties = fields.map((field) => [field.name, fieldSchema(field, nested)] as const)
  return { type: 'object', properties: Object.fromEntries(properties) }
}

function fieldSchema({ type, comment }: ProtoField, nested: readonly ProtoMessage[]): Schema {
  return { ...typeSchema(type, nested), description: comment }
}

function typeSchema(type: string, nested: readonly ProtoMessage[]): Schema {
  const [, item] = /^repeated (.+)$/.exec(type) ?? []
  if (item !== undefined) return { type: 'array', items: typeSchema(item, nested) }
  const [, value] = /^map<string, (.+)>$/.exec(type) ?? []
  if (value !== undefined) return { type: 'object', patternProperties: { '': typeSchema(value, nested) } }
  const name = type.replace(/^optional /, '')
  const message = nested.find((one) => one.name === name)
  return SCALARS[name] ?? (message === undefined ? {} : schemaOf(message))
}
