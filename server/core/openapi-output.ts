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

export const ERROR_RESPONSE = {
  description: 'What went wrong. An empty list with status 404: there is nothing at this path.',
  content: {
    'application/json': {
      schema: {
        type: 'object',
        required: ['errors'],
        properties: { errors: { type: 'array', items: { type: 'string' } } },
      },
    },
  },
} as const

const NAMES = {
  type: 'object',
  required: ['keys'],
  properties: { keys: { type: 'array', items: { type: 'string' } } },
} as const

/** By status. Operations that share a method share its answers. */
export function repliesOf(route: Route<never>, specs: Answers): Readonly<Record<string, object>> {
  const schemas = Object.entries(specs).map(([name, spec]) => spec.returns ?? dataOf(name, route))
  const known = [...new Set(schemas.filter((schema) => schema !== undefined))]
  const error = { $ref: '#/components/responses/Error' }
  // Without data to tell of, a change is answered by nothing, and a read by what its row describes.
  if (known.length === 0 && !('read' in specs)) return { '204': { description: 'Done.' }, default: error }
  return { '200': { description: 'OK', ...contentOf(known) }, default: error }
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
