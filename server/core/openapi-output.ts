import type { OperationSpec, Route } from '../../engines/engine.ts'

/** What a row answers, as OpenAPI says it. */

type Answers = Readonly<Record<string, Pick<OperationSpec, 'returns'>>>

/** What stands around the data of every answer that has some. */
export const ENVELOPE = {
  type: 'object',
  properties: {
    request_id: { type: 'string', format: 'uuid' },
    lease_id: { type: 'string' },
    renewable: { type: 'boolean' },
    lease_duration: { type: 'integer', description: 'Seconds.' },
    wrap_info: { type: ['object', 'null'], description: 'Where the answer is, when it was asked to be wrapped.' },
    warnings: { type: ['array', 'null'], items: { type: 'string' } },
    auth: { type: ['object', 'null'], description: 'The token that was made or renewed.' },
    mount_type: { type: 'string' },
  },
} as const

const ERRORS = {
  type: 'object',
  required: ['errors'],
  properties: { errors: { type: 'array', items: { type: 'string' } } },
} as const

/** Around what is told in spite of the status: the metadata of a deleted version, what became of each item of a batch. */
const TOLD = { allOf: [{ $ref: '#/components/schemas/Envelope' }, { required: ['request_id'] }] } as const

/** RFC 6749, section 5.2. */
const REFUSAL = {
  type: 'object',
  required: ['error'],
  properties: { error: { type: 'string' }, error_description: { type: 'string' } },
} as const

/** RFC 7807, as RFC 8555 (section 6.7) has it. */
const PROBLEM = {
  type: 'object',
  required: ['type'],
  properties: { type: { type: 'string' }, detail: { type: 'string' }, status: { type: 'integer' } },
} as const

export const ERROR_RESPONSE = {
  description:
    'What went wrong. An empty list with status 404: there is nothing at this path. OpenID, ACME and OCSP have their own.',
  content: {
    'application/json': { schema: { anyOf: [ERRORS, TOLD, REFUSAL] } },
    'application/problem+json': { schema: PROBLEM },
    'application/ocsp-response': {},
  },
} as const

const NAMES = {
  type: 'object',
  required: ['keys'],
  properties: { keys: { type: 'array', items: { type: 'string' } } },
} as const

const ANY = { type: 'object' } as const

/** By status. Operations that share a method share its answers. */
export function repliesOf(route: Route<never>, specs: Answers): Readonly<Record<string, object>> {
  const reads = 'read' in specs || 'list' in specs || 'scan' in specs
  const schemas = Object.entries(specs).map(([name, spec]) => spec.returns ?? dataOf(name, route))
  const known = [...new Set(schemas.filter((schema) => schema !== undefined))]
  const error = { $ref: '#/components/responses/Error' }
  const done = { '204': { description: 'Done.' } }
  // A row need not say what a change tells: warnings, for one.
  if (!reads && known.length === 0) return { ...done, '2XX': { description: 'Done, or begun.' }, default: error }
  // What is read as it was written has no schema, and comes where names do.
  const all = known.length > 0 && schemas.includes(undefined) ? [...known, ANY] : known
  // What a row returns is what it reads, makes or finds: of its changes some answer that, others nothing.
  // Reads without a schema answer no JSON: documents, or that there is none, and ACME's numbers.
  return { '200': { description: 'OK', ...contentOf(all) }, ...(reads && all.length > 0 ? {} : done), default: error }
}

function dataOf(operation: string, route: Route<never>): object | undefined {
  const { read } = route.operations
  const lists = operation === 'list' || operation === 'scan'
  // What a row that reads and lists returns is what it reads.
  if (lists) return read === undefined ? (route.returns ?? NAMES) : NAMES
  return operation === 'delete' && read !== undefined ? undefined : route.returns
}

function contentOf(schemas: readonly object[]): object {
  if (schemas.length === 0) return {}
  const data = schemas.length === 1 ? schemas[0] : { anyOf: schemas }
  const schema = { allOf: [{ $ref: '#/components/schemas/Envelope' }, { type: 'object', properties: { data } }] }
  return { content: { 'application/json': { schema } } }
}
