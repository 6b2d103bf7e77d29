import { type Access, type Operation, type OperationSpec, parametersOf, type Route } from '../../engines/engine.ts'
import { bodyOf, type OpenApiSchema, type Parameter, pathParameters, queryParameters } from './openapi-input.ts'
import { ENVELOPE, ERROR_RESPONSE, repliesOf } from './openapi-output.ts'

/** A mount as the document shows it: where it is, and what it serves. */
export interface DescribedMount {
  /** Full, ending in '/': 'secret/', 'auth/token/'. */
  readonly path: string
  readonly routes: readonly Route<never>[]
}

export interface DocumentInfo {
  readonly version: string
  /** Ends every operationId, after '_'. '' or absent: nothing. */
  readonly context?: string
}

type Method = 'get' | 'post' | 'patch' | 'delete'

export interface OpenApiOperation {
  readonly summary: string
  readonly description?: string
  readonly operationId: string
  readonly tags: readonly string[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly required: boolean; readonly content: object }
  readonly responses: Readonly<Record<string, object>>
  readonly security?: readonly object[]
  readonly 'x-vault-sudo'?: true
  readonly 'x-vault-unauthenticated'?: true
}

export interface PathItem {
  readonly description?: string
  readonly parameters?: readonly Parameter[]
  readonly get?: OpenApiOperation
  readonly post?: OpenApiOperation
  readonly patch?: OpenApiOperation
  readonly delete?: OpenApiOperation
  readonly 'x-vault-sudo'?: true
  readonly 'x-vault-unauthenticated'?: true
  readonly 'x-vault-create-supported'?: true
}

export interface OpenApiDocument {
  readonly openapi: '3.1.0'
  readonly info: object
  readonly servers: readonly object[]
  readonly security: readonly object[]
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly paths: Readonly<Record<string, PathItem>>
  readonly components: object
}

/** The OpenAPI document of these mounts, made of their route tables. Making it takes milliseconds: keep it per mount table. */
export function openApiOf(mounts: readonly DescribedMount[], info: DocumentInfo): OpenApiDocument {
  const paths = new Paths(info.context ?? '')
  for (const mount of mounts) paths.addMount(mount)
  return {
    openapi: '3.1.0',
    info: {
      title: 'Egide',
      summary: 'Secrets, keys and cryptography over the HTTP API of HashiCorp Vault and OpenBao.',
      version: info.version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/v1' }],
    security: [{ token: [] }, { bearer: [] }],
    tags: TAGS,
    paths: paths.sorted(),
    components: {
      securitySchemes: {
        token: { type: 'apiKey', in: 'header', name: 'X-Vault-Token' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
      schemas: { Envelope: ENVELOPE },
      responses: { Error: ERROR_RESPONSE },
    },
  }
}

/** A row of a mount under the pattern that it is described by. */
interface DescribedRow {
  readonly mount: string
  readonly pattern: string
  readonly route: Route<never>
}

class Paths {
  readonly #context: string
  /** By the path with its parameters' names left out: of two that differ in those alone a document may have one. */
  readonly #byShape = new Map<string, { path: string; item: PathItem }>()
  readonly #operationIds = new Set<string>()

  constructor(context: string) {
    this.#context = context
  }

  addMount({ path, routes }: DescribedMount): void {
    const shown = routes.filter((route) => !route.hidden)
    for (const route of shown) this.#add({ mount: path, pattern: route.pattern, route }, route.operations)
    // What a row says of the path without its rest comes last: a row of that very path knows better.
    for (const route of shown) {
      if (!/(?:^|\/):[^/]*\*\*$/.test(route.pattern)) continue
      const pattern = route.pattern.replace(/\/?:[^/]*\*\*$/, '')
      this.#add({ mount: path, pattern, route }, listingsOf(route.operations))
    }
  }

  sorted(): Record<string, PathItem> {
    const entries = [...this.#byShape.values()].map(({ path, item }) => [path, item] as const)
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  #add(row: DescribedRow, operations: Operations): void {
    const path = templateOf(row.mount, row.pattern)
    const shape = path.replace(/\{[^}]*\}/g, '{}')
    const known = this.#byShape.get(shape)
    const added = this.#item(row, known?.path ?? path, operations)
    this.#byShape.set(
      shape,
      known === undefined ? { path, item: added } : { path: known.path, item: merged(known.item, added) },
    )
  }

  #item(row: DescribedRow, path: string, operations: Operations): PathItem {
    const { route, pattern } = row
    const parameters = pathParameters(route, pattern)
    const made: Partial<Record<Method, OpenApiOperation>> = {}
    for (const [method, specs] of byMethod(operations)) {
      made[method] = this.#operation(row, path, method, specs)
    }
    const accesses = Object.values(operations).map((spec) => spec.access ?? route.access)
    return {
      ...(route.description === '' ? {} : { description: route.description }),
      ...(parameters.length === 0 ? {} : { parameters }),
      ...made,
      ...(accesses.every((access) => access === 'sudo') ? ({ 'x-vault-sudo': true } as const) : {}),
      ...(accesses.every((access) => access === 'none') ? ({ 'x-vault-unauthenticated': true } as const) : {}),
      ...(operations.create === undefined ? {} : ({ 'x-vault-create-supported': true } as const)),
    }
  }

  #operation({ mount, pattern, route }: DescribedRow, path: string, method: Method, specs: Specs): OpenApiOperation {
    const [first] = Object.values(specs)
    const takesBody = method === 'post' || method === 'patch'
    const parameters = takesBody ? [] : queryParameters(route, specs)
    return {
      summary: first?.summary ?? route.summary,
      operationId: this.#operationId(method, specs, path),
      tags: [tagOf(mount)],
      ...(parameters.length === 0 ? {} : { parameters }),
      ...(takesBody ? bodyFor(method, bodyOf(route, parametersOf(pattern)), first?.streamsBody) : {}),
      responses: repliesOf(route, specs),
      ...accessOf(first?.access ?? route.access),
    }
  }

  #operationId(method: Method, specs: Specs, path: string): string {
    const verb = method === 'get' && specs.read === undefined ? (specs.list ? 'list' : 'scan') : VERBS[method]
    const words = path.split(/[^0-9A-Za-z]+/).filter((word) => word !== '')
    // openapi-generator's clients for TypeScript have `XRaw` beside each `X`, which would be what `X/raw` is called.
    if (words.at(-1)?.toLowerCase() === 'raw') words.push('bytes')
    const ending = this.#context === '' ? '' : `_${this.#context}`
    const base = [verb, ...words].join('-')
    for (let n = 1; ; n++) {
      const id = `${n === 1 ? base : `${base}-${n}`}${ending}`
      if (this.#operationIds.has(id)) continue
      this.#operationIds.add(id)
      return id
    }
  }
}

const METHODS = ['get', 'post', 'patch', 'delete'] as const

/** One path of two rows: each method is the first's if it has it. Parameters keep the names that they were first given. */
function merged(first: PathItem, second: PathItem): PathItem {
  const { 'x-vault-sudo': sudo, 'x-vault-unauthenticated': open, ...item } = first
  return {
    ...item,
    ...Object.fromEntries(
      METHODS.flatMap((method) => (second[method] ? [[method, first[method] ?? second[method]]] : [])),
    ),
    ...(sudo && second['x-vault-sudo'] ? { 'x-vault-sudo': true } : {}),
    ...(open && second['x-vault-unauthenticated'] ? { 'x-vault-unauthenticated': true } : {}),
  }
}

type Operations = Route<never>['operations']
type Specs = {
  readonly [K in Exclude<Operation, 'help'>]?: Pick<OperationSpec, 'summary' | 'returns' | 'access' | 'streamsBody'>
}

const VERBS: Readonly<Record<Method, string>> = { get: 'read', post: 'write', patch: 'patch', delete: 'delete' }

/** A path without the end that the row leaves open is listed, if the row lists; else everything is done to it. */
function listingsOf(operations: Operations): Operations {
  const { list, scan } = operations
  if (list === undefined && scan === undefined) return operations
  return { ...(list && { list }), ...(scan && { scan }) }
}

function byMethod(operations: Operations): [Method, Specs][] {
  const { read, list, scan, create, update, patch, delete: remove } = operations
  const gets: Specs = { ...(read && { read }), ...(list && { list }), ...(scan && { scan }) }
  const posts: Specs = { ...(update && { update }), ...(create && { create }) }
  const all: [Method, Specs][] = [
    ['get', gets],
    ['post', posts],
    ['patch', patch ? { patch } : {}],
    ['delete', remove ? { delete: remove } : {}],
  ]
  return all.filter(([, specs]) => Object.keys(specs).length > 0)
}

/** '/sys/mounts/{path}'. A mount's own path may hold what a template must not. */
function templateOf(mount: string, pattern: string): string {
  const fixed = mount.split('/').filter((part) => part !== '')
  const open = pattern.split('/').filter((part) => part !== '')
  const parts = [...fixed.map(encodeURIComponent), ...open.map((part) => part.replace(/^:([^*]*)\**$/, '{$1}'))]
  return `/${parts.join('/')}`
}

const TAGS = [
  { name: 'auth', description: 'Tokens, and the methods of logging in.' },
  { name: 'identity', description: 'Who logs in: entities, groups and their aliases.' },
  { name: 'secrets', description: 'Engines, at the paths where they are mounted.' },
  { name: 'system', description: 'The vault itself: mounts, policies, leases, the seal.' },
] as const

function tagOf(mount: string): (typeof TAGS)[number]['name'] {
  if (mount === 'sys/') return 'system'
  if (mount.startsWith('auth/')) return 'auth'
  return mount === 'identity/' ? 'identity' : 'secrets'
}

function accessOf(access: Access): Partial<OpenApiOperation> {
  if (access === 'sudo') return { 'x-vault-sudo': true }
  return access === 'none' ? { security: [], 'x-vault-unauthenticated': true } : {}
}

/** As OpenAPI 3.0 said it: 3.1 says it by no schema at all, for which generators make no method. */
const BYTES = { type: 'string', format: 'binary' } as const

function bodyFor(method: Method, schema: OpenApiSchema | undefined, streams = false): Partial<OpenApiOperation> {
  if (streams) return { requestBody: { required: true, content: { 'application/octet-stream': { schema: BYTES } } } }
  if (schema === undefined) return {}
  const type = method === 'patch' ? 'application/merge-patch+json' : 'application/json'
  return { requestBody: { required: schema.required !== undefined, content: { [type]: { schema } } } }
}
