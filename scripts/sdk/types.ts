import { derivedComment } from '../proto/schema.ts'

/** JSON schemas of rows, as types of TypeScript and as shapes of the SDK. */

export interface Schema {
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly description?: string
}

const SCALARS: Readonly<Record<string, string>> = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
}

/** What a caller may send: as loosely as the server reads it. */
export function inputType(schema: Schema): string {
  const { format, type, items } = schema
  if (format === 'duration') return 'number | string'
  const choices = choicesOf(schema)
  if (choices !== undefined) return choices
  if (typeof type === 'string' && type in SCALARS) return SCALARS[type] ?? 'unknown'
  if (type === 'array') return `readonly ${arrayItem(inputType(items ?? {}))}[]`
  const values = mapValues(schema)
  if (values !== undefined) return `Readonly<Record<string, ${inputType(values)}>>`
  if (schema.properties !== undefined) return objectType(schema, inputType, '  ')
  return 'unknown'
}

/** What a reply holds. Nothing in it is null: the SDK leaves that away. */
export function replyType(raw: Schema, indent = ''): string {
  const schema = withoutNull(raw)
  const choices = choicesOf(schema)
  if (choices !== undefined) return choices
  if (schema.properties !== undefined) return objectType(schema, replyType, indent)
  if (schema.anyOf !== undefined) return unionType(schema.anyOf, indent)
  if (typeof schema.type === 'string' && schema.type in SCALARS) return SCALARS[schema.type] ?? 'Json'
  if (schema.type === 'array') return `readonly ${arrayItem(replyType(schema.items ?? {}, indent))}[]`
  const values = mapValues(schema)
  if (values !== undefined) return `Readonly<Record<string, ${replyType(values, indent)}>>`
  return schema.type === 'object' ? 'JsonMap' : 'Json'
}

function choicesOf(schema: Schema): string | undefined {
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  return schema.enum?.map((value) => JSON.stringify(value)).join(' | ')
}

/** A union of objects: each says of the members of the others that it has none, so that one test tells them apart. */
function unionType(forms: readonly Schema[], indent: string): string {
  const names = [...new Set(forms.flatMap(({ properties = {} }) => Object.keys(properties)))]
  const isOfObjects = forms.every(({ properties }) => properties !== undefined)
  if (!isOfObjects) return [...new Set(forms.map((form) => replyType(form, indent)))].join(' | ')
  return forms
    .map((form) => {
      const absent = names.filter((name) => !Object.hasOwn(form.properties ?? {}, name))
      return objectType(form, replyType, indent, absent)
    })
    .join(' | ')
}

function objectType(
  schema: Schema,
  typeOf: (schema: Schema, indent: string) => string,
  indent: string,
  absent: readonly string[] = [],
): string {
  const inner = `${indent}  `
  const required = new Set(schema.required)
  const members = Object.entries(schema.properties ?? {}).flatMap(([name, value]) => {
    const isThere = typeOf === inputType ? required.has(name) : isAlwaysThere(value, required.has(name))
    const optional = isThere ? '' : '?'
    const said = value.description ?? withoutNull(value).description
    return [
      ...(said === undefined || said === derivedComment(name) ? [] : doc(said, inner)),
      `${inner}readonly ${member(name)}${optional}: ${typeOf(value, inner)}`,
    ]
  })
  const missing = absent.map((name) => `${inner}readonly ${member(name)}?: undefined`)
  return ['{', ...members, ...missing, `${indent}}`].join('\n')
}

/** Lists and maps are made where the answer has none, so they are there; anything else that may be null may be absent. */
function isAlwaysThere(schema: Schema, isRequired: boolean): boolean {
  if (isList(withoutNull(schema))) return true
  return isRequired && withoutNull(schema) === schema
}

const isList = (schema: Schema): boolean => schema.type === 'array' || mapValues(schema) !== undefined

function mapValues({ patternProperties, properties }: Schema): Schema | undefined {
  return properties === undefined ? Object.values(patternProperties ?? {})[0] : undefined
}

export function withoutNull(schema: Schema): Schema {
  if (schema.anyOf === undefined) return schema
  const some = schema.anyOf.filter(({ type }) => type !== 'null')
  if (some.length === schema.anyOf.length) return schema
  return some.length === 1 && some[0] !== undefined ? some[0] : { ...schema, anyOf: some }
}

const arrayItem = (type: string): string => (/[ |]/.test(type) && !type.startsWith('{') ? `(${type})` : type)
const member = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name))

/** The shape that `conform` of sdk/shape.ts brings a reply into, as source text. */
export function shapeText(raw: Schema): string {
  const schema = withoutNull(raw)
  if (schema.properties !== undefined) return objectShape([schema])
  const forms = schema.anyOf ?? []
  if (forms.length > 0) return forms.every(({ properties }) => properties) ? objectShape(forms) : `'any'`
  if (choicesOf(schema) !== undefined || (typeof schema.type === 'string' && schema.type in SCALARS)) return `'value'`
  if (schema.type === 'array') return `{ list: ${shapeText(schema.items ?? {})} }`
  const values = mapValues(schema)
  return values === undefined ? `'any'` : `{ map: ${shapeText(values)} }`
}

/** Of several forms, the members that not all of them have may be absent. */
function objectShape(forms: readonly Schema[]): string {
  const members = new Map<string, Schema>()
  for (const form of forms)
    for (const [name, value] of Object.entries(form.properties ?? {})) if (!members.has(name)) members.set(name, value)
  const texts = [...members].map(([name, value]) => {
    const isShared = forms.every(({ properties = {} }) => Object.hasOwn(properties, name))
    const shape = shapeText(value)
    return `${member(name)}: ${isShared || shape === `'value'` ? shape : `{ optional: ${shape} }`}`
  })
  return texts.length === 0 ? '{ object: {} }' : `{ object: { ${texts.join(', ')} } }`
}

/** A comment for whoever hovers over the name. */
export function doc(text: string, indent: string): string[] {
  const width = 116 - indent.length
  const lines: string[] = ['']
  for (const word of text.replaceAll('*/', '*\\/').split(/\s+/)) {
    const line = lines.at(-1) ?? ''
    if (line !== '' && line.length + word.length + 1 > width) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  const [only = ''] = lines
  if (lines.length === 1) return [`${indent}/** ${only} */`]
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`), `${indent} */`]
}
