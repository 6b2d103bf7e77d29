import { type DescribedMount, type OpenApiOperation, openApiOf, type PathItem } from '../server/core/openapi.ts'

/** A mount with what the reference says above its paths. */
export interface ReferenceMount extends DescribedMount {
  readonly title: string
}

const INTRODUCTION = `# API reference

Made by \`npm run reference\` from the tables that also answer the requests; a running server has the same as OpenAPI at
\`/v1/sys/internal/specs/openapi\`. Paths are below \`/v1/\`, with each engine at the path it is mounted at by default.
Every request but those marked *no token* needs a token (\`X-Vault-Token\` or \`Authorization: Bearer\`) whose policies
allow it; those marked *sudo* need that capability as well. \`PUT\` is \`POST\`; \`LIST\` is \`GET\` with \`?list=true\`,
\`SCAN\` is \`GET\` with \`?scan=true\`. Answers with data have it as \`data\` of Vault's envelope.
`

/** The reference as Markdown. The same tables give the same text. */
export function apiReference(mounts: readonly ReferenceMount[]): string {
  const sections = mounts.map((mount) => {
    const { paths } = openApiOf([mount], { version: '' })
    const operations = Object.entries(paths).flatMap(([path, item]) => pathSections(path, item))
    return `## ${mount.title}: \`${mount.path}\`\n\n${operations.join('\n\n')}\n`
  })
  return `${INTRODUCTION}\n${sections.join('\n')}`
}

function pathSections(path: string, item: PathItem): string[] {
  const methods = { GET: item.get, POST: item.post, PATCH: item.patch, DELETE: item.delete }
  return Object.entries(methods).flatMap(([method, operation]) =>
    operation === undefined ? [] : [operationSection(verbsOf(method, operation), path, item, operation)],
  )
}

/** A GET that also lists, or does nothing else, says so by the verbs. */
function verbsOf(method: string, { parameters = [] }: OpenApiOperation): string {
  const listing = parameters.filter(({ name }) => name === 'list' || name === 'scan')
  if (method !== 'GET' || listing.length === 0) return method
  const verbs = listing.map(({ name }) => name.toUpperCase())
  return (listing.some(({ required }) => required) ? verbs : ['GET', ...verbs]).join(', ')
}

function operationSection(verbs: string, path: string, item: PathItem, operation: OpenApiOperation): string {
  const marks = [
    ...(operation['x-vault-sudo'] ? ['*sudo*'] : []),
    ...(operation['x-vault-unauthenticated'] ? ['*no token*'] : []),
  ]
  const inputs = [...parameterRows(item, operation), ...bodyRows(operation)]
  return [
    `### \`${verbs} ${path}\``,
    [`${operation.summary}.`, ...marks].join(' '),
    ...(item.description === undefined ? [] : [item.description]),
    ...(inputs.length === 0 ? [] : [table(['Field', 'In', 'Type', 'Default', ''], inputs)]),
    ...returned(operation),
  ].join('\n\n')
}

function parameterRows(item: PathItem, operation: OpenApiOperation): string[][] {
  const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])]
  return parameters
    .filter(({ name, in: where }) => where === 'path' || (name !== 'list' && name !== 'scan'))
    .map(({ name, in: where, required, schema, description = '' }) =>
      inputRow(name, where, required && where !== 'path', schema, description),
    )
}

function bodyRows({ requestBody }: OpenApiOperation): string[][] {
  const [content] = Object.values((requestBody?.content ?? {}) as Record<string, { schema: BodySchema }>)
  if (content === undefined) return []
  const { properties, required = [], additionalProperties } = content.schema
  if (properties === undefined) return [['*the body*', 'body', 'bytes', 'required', 'As they are.']]
  const rows = Object.entries(properties).map(([name, schema]) =>
    inputRow(name, 'body', required.includes(name), schema, schema.description ?? ''),
  )
  return additionalProperties ? [...rows, ['*any*', 'body', 'any', '', 'Stored or used as it is.']] : rows
}

interface BodySchema {
  /** None of a body of bytes. */
  readonly properties?: Readonly<Record<string, { readonly description?: string }>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean
}

function inputRow(name: string, where: string, required: boolean, schema: object, description: string): string[] {
  const fallback = 'default' in schema ? `\`${JSON.stringify(schema.default)}\`` : required ? 'required' : ''
  return [`\`${name}\``, where, typeOf(schema), fallback, description]
}

function returned({ responses }: OpenApiOperation): string[] {
  const data = dataOf(responses['200'])
  if (data === undefined) return []
  return [`Returns ${typeOf(data)}.`]
}

interface DescribedResponse {
  readonly content?: {
    readonly 'application/json': {
      readonly schema: { readonly allOf: readonly [object, { properties: { data: object } }] }
    }
  }
}

function dataOf(response: object | undefined): object | undefined {
  return (response as DescribedResponse | undefined)?.content?.['application/json'].schema.allOf[1].properties.data
}

/** A schema in a few words. */
function typeOf(schema: object): string {
  const known = schema as {
    readonly type?: string
    readonly format?: string
    readonly 'x-egide-format'?: string
    readonly enum?: readonly unknown[]
    readonly const?: unknown
    readonly anyOf?: readonly object[]
    readonly items?: object
    readonly properties?: Readonly<Record<string, object>>
  }
  if (known.enum !== undefined) return known.enum.map((value) => `\`${String(value)}\``).join(' or ')
  if (known.const !== undefined) return `\`${JSON.stringify(known.const)}\``
  if (known.anyOf !== undefined) return [...new Set(known.anyOf.map(typeOf))].join(' or ')
  if (known['x-egide-format'] !== undefined) return known['x-egide-format']
  if (known.format === 'date-time') return 'time'
  if (known.type === 'array') return `list of ${typeOf(known.items ?? {})}`
  const names = Object.keys(known.properties ?? {})
  if (known.type === 'object' && names.length > 0) return names.map((name) => `\`${name}\``).join(', ')
  return known.type ?? 'any'
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
