import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { referenceMounts } from '../../server/boot/engines.ts'
import { type OpenApiOperation, openApiOf } from '../../server/core/openapi.ts'

interface Listed {
  readonly method: string
  readonly path: string
  readonly access: string
  readonly fields: readonly string[]
}

const listed: Listed[] = readFileSync(path.join(import.meta.dirname, 'operations.tsv'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split('\t'))
  .map(([method = '', where = '', access = '', fields = '']) => ({
    method,
    path: where,
    access,
    fields: fields.split(',').filter((field) => field !== ''),
  }))

/** Names of parameters are nobody's business. */
const shapeOf = (where: string): string => where.replace(/\{[^}]*\}/g, '{}').replace(/(.)\/$/, '$1')

interface Served {
  readonly operation: OpenApiOperation
  readonly fields: ReadonlySet<string>
}

function fieldsOf(operation: OpenApiOperation, schemas: object): Set<string> {
  const text = JSON.stringify(operation.requestBody ?? {})
  const reference = /"\$ref":"#\/components\/schemas\/([^"]+)"/.exec(text)?.[1]
  const schema = reference === undefined ? text : JSON.stringify((schemas as Record<string, object>)[reference])
  const properties = /"properties":\{/.test(schema) ? JSON.parse(schema) : {}
  const found = new Set<string>()
  JSON.stringify(properties, (key, value) => {
    if (key === 'properties' && typeof value === 'object') for (const name of Object.keys(value)) found.add(name)
    return value
  })
  return found
}

/** By method ('GET?list' for listings) and shape of the path. */
const served = new Map<string, Served>()
const document = openApiOf(referenceMounts(), { version: 'test' })
const schemas = (document.components as { schemas?: object }).schemas ?? {}
for (const [where, item] of Object.entries(document.paths)) {
  for (const method of ['get', 'post', 'patch', 'delete'] as const) {
    const operation = item[method]
    if (operation === undefined) continue
    const one = { operation, fields: fieldsOf(operation, schemas) }
    served.set(`${method.toUpperCase()} ${shapeOf(where)}`, one)
    if (method === 'get' && operation.parameters?.some(({ name }) => name === 'list')) {
      served.set(`GET?list ${shapeOf(where)}`, one)
    }
  }
}

test('the list is whole', () => expect(listed).toHaveLength(193))

test.for(listed)('$method $path is served with its fields', ({ method, path: where, access, fields }) => {
  const found = served.get(`${method} ${shapeOf(where)}`)
  expect(found).toBeDefined()
  expect(fields.filter((field) => found?.fields.has(field) !== true)).toEqual([])
  if (access === 'unauth') expect(found?.operation['x-vault-unauthenticated']).toBe(true)
  if (access === 'sudo') expect(found?.operation['x-vault-sudo']).toBe(true)
})
