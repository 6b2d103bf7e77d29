import { Validator } from '@seriousme/openapi-schema-validator'
import Type from 'typebox'
import { describe, expect, test } from 'vitest'
import { type Route, route } from '../../engines/engine.ts'
import { field } from '../../engines/field.ts'
import { kv } from '../../engines/kv/index.ts'
import { operationsRoutes } from '../../engines/system/operations/index.ts'
import { token } from '../auth/token/index.ts'
import { type OpenApiDocument, type OpenApiOperation, openApiOf } from './openapi.ts'
import { pathHelpOf } from './path-help.ts'

const handler = async () => undefined
const routesOf = (version: string) => (typeof kv.routes === 'function' ? kv.routes({ version }) : kv.routes)
const info = { version: '1.2.3' }

const whole = openApiOf(
  [
    { path: 'sys/', routes: operationsRoutes },
    { path: 'secret/', routes: routesOf('2') },
    { path: 'kv/', routes: routesOf('1') },
    { path: 'flat/', routes: routesOf('flat') },
    { path: 'odd {path}/é/', routes: routesOf('1') },
    { path: 'auth/token/', routes: token.routes as readonly Route<never>[] },
  ],
  info,
)

async function problemsOf(document: OpenApiDocument): Promise<unknown> {
  // What a client gets is JSON: symbols and undefined members are no part of it.
  const result = await new Validator().validate(JSON.parse(JSON.stringify(document)))
  return result.valid ? [] : result.errors
}

test('the document of real engines is valid OpenAPI', async () => {
  expect(await problemsOf(whole)).toEqual([])
})

test('the validator would see a broken document', async () => {
  const broken = { ...whole, paths: { '/x': { get: { responses: 7 } as unknown as OpenApiOperation } } }
  expect(await problemsOf(broken)).not.toEqual([])
})

function operations(document: OpenApiDocument): [string, OpenApiOperation][] {
  return Object.entries(document.paths).flatMap(([path, { get, post, patch, delete: remove }]) =>
    Object.entries({ get, post, patch, delete: remove }).flatMap(([method, operation]) =>
      operation === undefined ? [] : ([[`${method} ${path}`, operation]] as [string, OpenApiOperation][]),
    ),
  )
}

test('every operationId is its own, and a context ends each', () => {
  const ids = operations(whole).map(([, { operationId }]) => operationId)
  expect(new Set(ids).size).toBe(ids.length)
  const inContext = openApiOf([{ path: 'sys/', routes: operationsRoutes }], { ...info, context: 'mine' })
  for (const [, { operationId }] of operations(inContext)) expect(operationId).toMatch(/_mine$/)
})

// Beside each method openapi-generator's clients for TypeScript have another of its name with `Raw`.
test('no operationId is another one with `raw` behind it', () => {
  const rows = ['cert/:serial', 'cert/:serial/raw'].map((pattern) =>
    route(pattern, {
      summary: 'A certificate',
      fields: { serial: field.text({ required: true, description: 'Its number.' }) },
      operations: { read: handler },
    }),
  )
  const ids = operations(openApiOf([{ path: 'pki/', routes: rows }], info)).map(([, { operationId }]) => operationId)
  expect(ids).toEqual(['read-pki-cert-serial', 'read-pki-cert-serial-raw-bytes'])
})

// In openapi-generator's clients for Go it does not compile.
test('a list in a query has no empty list as its default', () => {
  const names = { query: true, default: [], description: 'Names.' } as const
  const rows = [
    route('things', {
      summary: 'Things',
      fields: {
        none: field.list(names),
        some: field.list({ ...names, default: ['a'] }),
      },
      operations: { delete: handler },
    }),
  ]
  const [[, { parameters = [] }]] = operations(openApiOf([{ path: 'a/', routes: rows }], info)) as [
    [string, OpenApiOperation],
  ]
  expect(parameters.map(({ name, schema }) => [name, (schema as { default?: unknown }).default])).toEqual([
    ['none', undefined],
    ['some', ['a']],
  ])
})

test('each template names exactly the parameters that the path declares', () => {
  for (const [path, { parameters = [] }] of Object.entries(whole.paths)) {
    const inTemplate = [...path.matchAll(/\{([^}]*)\}/g)].map(([, name]) => name)
    expect(
      parameters.map(({ name }) => name),
      path,
    ).toEqual(inTemplate)
    expect(parameters.every((parameter) => parameter.in === 'path' && parameter.required)).toBe(true)
  }
})

test('every tag of an operation is described', () => {
  const described = whole.tags.map(({ name }) => name)
  for (const [, { tags }] of operations(whole)) for (const tag of tags) expect(described).toContain(tag)
})

/** Schemas with a default, wherever in the document. */
function defaulted(value: unknown): { type: unknown; default: unknown }[] {
  if (typeof value !== 'object' || value === null) return []
  const inside = Object.values(value).flatMap(defaulted)
  return 'type' in value && 'default' in value && typeof value.type === 'string'
    ? [{ type: value.type, default: value.default }, ...inside]
    : inside
}

test('a default is of the type that its schema tells', () => {
  const found = defaulted(whole.paths)
  expect(found).toContainEqual({ type: 'string', default: '0' })
  // A format that would have defaults, and what is sent, be ISO 8601's.
  expect(
    JSON.stringify(operations(whole).map(([, { parameters, requestBody }]) => [parameters, requestBody])),
  ).not.toContain('"format":"duration"')
  const types = {
    string: 'string',
    boolean: 'boolean',
    integer: 'number',
    number: 'number',
    array: 'object',
    object: 'object',
  }
  for (const { type, default: value } of found) expect(typeof value).toBe(types[type as keyof typeof types])
})

test('no two paths differ in the names of parameters alone', () => {
  const shapes = Object.keys(whole.paths).map((path) => path.replace(/\{[^}]*\}/g, '{}'))
  expect(new Set(shapes).size).toBe(shapes.length)
})

describe('a table of our own', () => {
  const note = field.text({ default: 'n', description: 'A note.' })
  const rows: readonly Route<never>[] = [
    route('things/:id', {
      summary: 'A thing',
      fields: {
        id: field.text({ required: true, description: 'Its id.' }),
        size: field.int({ required: true, description: 'Its size.' }),
        note,
        version: field.int({ query: true, description: 'A version.' }),
      },
      exists: async () => true,
      operations: {
        read: handler,
        create: handler,
        update: handler,
        patch: handler,
        delete: { handler, access: 'sudo' },
      },
    }),
    route('things/:other*', { summary: 'Deep', fields: {}, operations: { read: handler, scan: handler } }),
    route('names/:at**', {
      summary: 'Names',
      fields: { note },
      operations: { read: handler, list: handler, scan: handler },
    }),
    route('only', { summary: 'Only lists', fields: {}, operations: { list: handler }, access: 'none' }),
    route('anything', { summary: 'Stored as it is', fields: {}, freeForm: true, operations: { update: handler } }),
    route('streamed', {
      summary: 'Streamed',
      fields: {},
      operations: { update: { handler, streamsBody: true } },
    }),
    route('told', {
      summary: 'Told by reads',
      fields: {},
      returns: Type.Object({ size: Type.Integer() }),
      operations: { read: handler, create: handler, update: handler },
    }),
    route('made', {
      summary: 'Made',
      fields: {},
      returns: Type.Object({ key: Type.String() }),
      operations: { update: handler },
    }),
    route('secret', { summary: 'Old name', fields: {}, hidden: true, operations: { read: handler } }),
    route('', { summary: 'The mount itself', fields: {}, access: 'sudo', operations: { read: handler } }),
  ]
  const { paths } = openApiOf([{ path: 'a/', routes: rows }], info)

  test('paths are the mount and the pattern, without hidden rows', () => {
    expect(Object.keys(paths)).toEqual([
      '/a',
      '/a/anything',
      '/a/made',
      '/a/names',
      '/a/names/{at}',
      '/a/only',
      '/a/streamed',
      '/a/things/{id}',
      '/a/told',
    ])
  })

  test('operations become methods, and put is not declared', () => {
    const thing = paths['/a/things/{id}']
    expect(Object.keys(thing ?? {}).filter((key) => /^[a-z]+$/.test(key))).toEqual([
      'parameters',
      'get',
      'post',
      'patch',
      'delete',
    ])
    expect(thing?.['x-vault-create-supported']).toBe(true)
    expect(thing?.delete?.['x-vault-sudo']).toBe(true)
    expect(thing?.['x-vault-sudo']).toBeUndefined()
  })

  test('the body holds what is not in the path, a read takes what is of the query', () => {
    const thing = paths['/a/things/{id}']
    expect(thing?.post?.requestBody).toEqual({
      required: true,
      content: {
        'application/json': {
          schema: {
            type: 'object',
            required: ['size'],
            properties: {
              size: { type: 'integer', description: 'Its size.' },
              note: { type: 'string', default: 'n', description: 'A note.' },
              version: { type: 'integer', description: 'A version.' },
            },
          },
        },
      },
    })
    expect(thing?.patch?.requestBody?.content).toHaveProperty('application/merge-patch+json')
    expect(thing?.get?.parameters?.map(({ name }) => name)).toEqual(['version'])
    expect(paths['/a/anything']?.post?.requestBody?.content).toMatchObject({
      'application/json': { schema: { additionalProperties: true } },
    })
  })

  test('a list is a get with the parameter `list`, required where nothing else is got', () => {
    expect(paths['/a/only']?.get?.parameters).toMatchObject([{ name: 'list', in: 'query', required: true }])
    expect(paths['/a/only']?.get).toMatchObject({ security: [], 'x-vault-unauthenticated': true })
    const names = paths['/a/names/{at}']?.get?.parameters
    expect(names?.map(({ name, required }) => [name, required])).toEqual([
      ['list', false],
      ['scan', false],
      ['note', false],
    ])
  })

  test('the path without its open end is listed, no more', () => {
    expect(paths['/a/names']?.parameters).toBeUndefined()
    expect(paths['/a/names']?.get?.responses['200']).toHaveProperty('content')
    expect(paths['/a/names']?.get?.operationId).toBe('list-a-names')
  })

  test('a change may tell something, begin something, or answer nothing', () => {
    for (const method of ['post', 'patch', 'delete'] as const) {
      expect(Object.keys(paths['/a/things/{id}']?.[method]?.responses ?? {})).toEqual(['204', '2XX', 'default'])
    }
    // What the row says of its answers is what a change of it answers, where it answers anything.
    expect(Object.keys(paths['/a/told']?.post?.responses ?? {})).toEqual(['200', '204', 'default'])
    expect(Object.keys(paths['/a/told']?.get?.responses ?? {})).toEqual(['200', 'default'])
    expect(paths['/a/told']?.post?.responses['200']).toEqual(paths['/a/told']?.get?.responses['200'])
    expect(Object.keys(paths['/a/made']?.post?.responses ?? {})).toEqual(['200', '204', 'default'])
  })

  test('a body that is no JSON has a schema, without which generators make no method', () => {
    const content = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } }
    expect(paths['/a/streamed']?.post?.requestBody?.content).toEqual(content)
  })

  test('what is read without a schema may stand where names are listed', () => {
    const data = { anyOf: [{}, { type: 'object' }] }
    expect(paths['/a/names/{at}']?.get?.responses['200']).toMatchObject({
      content: { 'application/json': { schema: { allOf: [{}, { properties: { data } }] } } },
    })
  })

  test('help tells a row, and a mount its rows', () => {
    const mount = { path: 'a/', routes: rows }
    const row = pathHelpOf({ mount, mountDescription: '', path: 'things/7', route: rows[0], version: '1' })
    expect(row.help).toContain('size (integer, required)')
    expect(row.help).toContain('note (string, default "n")')
    expect(Object.keys(row.openapi.paths)).toEqual(['/a/things/{id}'])
    const all = pathHelpOf({ mount, mountDescription: 'Things.', path: '', route: undefined, version: '1' })
    expect(all.help).toContain('things/:id (read, create, update, patch, delete)')
    expect(all.help).not.toContain('Old name')
  })
})
