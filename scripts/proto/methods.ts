import { type Operation, type OperationSpec, parametersOf, type Route } from '../../engines/engine.ts'
import type { Field, Fields } from '../../engines/field.ts'
import type { ReferenceMount } from '../../server/boot/engines.ts'
import { METHOD_NAMES, NOUNS } from './method-names.ts'
import type { ProtoField, ProtoMessage, ProtoMethod } from './model.ts'
import { dataMessage, derivedComment, messageOf, pascal, STRUCT, shapeOf } from './schema.ts'
import { DUPLEX, MOUNTS, type MountPlan, RAW, RAW_STREAMS, STATUS_IN_REPLY } from './services.ts'

/** The methods of a mount's rows, with the services that they belong to. */
export interface PlacedMethod {
  readonly service: string
  readonly method: ProtoMethod
  /** Undefined: there is no row. */
  readonly row?: MethodRow
}

/** Where a method comes from. */
export interface MethodRow {
  readonly mount: ReferenceMount
  readonly plan: MountPlan
  readonly route: Route<never>
  readonly op: Op
}

export type Op = Exclude<Operation, 'help' | 'create'>
const OPERATIONS: readonly Op[] = ['read', 'list', 'scan', 'update', 'patch', 'delete']
const VERBS: Readonly<Record<Op, string>> = {
  read: 'get',
  list: 'LIST',
  scan: 'SCAN',
  update: 'post',
  patch: 'patch',
  delete: 'delete',
}
const WORDS: Readonly<Record<Op, string>> = {
  read: 'Read',
  list: 'List',
  scan: 'Scan',
  update: 'Write',
  patch: 'Patch',
  delete: 'Delete',
}
export const PAGE = new Set(['after', 'limit'])
/** What makes an operation answer with events: set by the method itself, and sent to it. */
export const WATCH = 'watch'
export const WATCH_FIELDS = new Set([WATCH, 'after_revision'])

/** 'sys/ unseal update': how the tables name an operation of a row. A create is an update that finds nothing. */
export function operationsOf(route: Route<never>): readonly Op[] {
  const { operations } = route
  return OPERATIONS.filter((op) => operations[op] !== undefined || (op === 'update' && operations.create !== undefined))
}

/** All methods of a mount, but for the rows and operations that `excepted` names. */
export function methodsOf(mount: ReferenceMount, excepted: (key: string) => boolean): readonly PlacedMethod[] {
  const plan = MOUNTS[mount.path]
  if (plan === undefined) throw new Error(`scripts/proto/services.ts does not say which service serves ${mount.path}`)
  return mount.routes.flatMap((route) =>
    operationsOf(route).flatMap((op) => {
      const row = `${mount.path} ${route.pattern}`
      if (excepted(row) || excepted(`${row} ${op}`)) return []
      return rowMethods(mount, plan, route, op)
    }),
  )
}

function rowMethods(mount: ReferenceMount, plan: MountPlan, route: Route<never>, op: Op): PlacedMethod[] {
  const row = `${mount.path} ${route.pattern}`
  const [prefix, service] = plan.services.find(([start]) => route.pattern.startsWith(start)) ?? ['', '']
  const isUpload = specOf(route, op)?.streamsBody === true
  const build = (name: string, duplex: boolean): PlacedMethod => {
    const streamsRaw = RAW_STREAMS.has(`${row} ${op}`)
    const asked = `${service}${name}Request`
    return {
      service,
      row: { mount, plan, route, op },
      method: {
        name,
        comment: commentOf(route, op, duplex),
        input: isUpload ? uploadOf(asked, plan, route) : inputOf(asked, plan, mount, route, op),
        output: outputOf(`${service}${name}Response`, row, route, op),
        inputStreams: duplex || isUpload,
        outputStreams: duplex || streamsRaw,
        verb: VERBS[op],
        path: templateOf(mount.path, plan, route.pattern),
        mayEndEarly: mayEndEarly(route, op),
        mount: plan.movable ? mount.path.replace(/\/$/, '') : undefined,
        statusInReply: STATUS_IN_REPLY.has(`${row} ${op}`),
        events: false,
      },
    }
  }
  const made = [build(nameOf(row, prefix, plan, route, op), false)]
  const duplex = DUPLEX[`${row} ${op}`]
  if (duplex !== undefined) made.push(build(duplex, true))
  if (specOf(route, op)?.events !== undefined)
    made.push({ service, row: { mount, plan, route, op }, method: watchMethod(service, plan, mount, route, op) })
  return made
}

function watchMethod(
  service: string,
  plan: MountPlan,
  mount: ReferenceMount,
  route: Route<never>,
  op: Op,
): ProtoMethod {
  const lists = op === 'list'
  const name = (lists ? 'Watch' : 'WatchSecret') + plan.suffix
  const where = lists ? 'The folder; unset, all of the mount.' : 'Where the secret lies.'
  const fields = pathFields(plan, mount, route).map((field) =>
    field.name === 'path' ? { ...field, comment: `${where} A part of the path.` } : field,
  )
  const after = Object.entries(route.fields).find(([field]) => field !== WATCH && WATCH_FIELDS.has(field))
  if (after !== undefined) {
    fields.push({ name: after[0], type: 'optional int64', comment: described(...after) })
  }
  const asked = `${service}${name}`
  const { fields: told, nested } = messageOf('Event', '', specOf(route, op)?.events ?? {})
  return {
    name,
    comment:
      `Tells what changes ${lists ? 'below a folder' : 'of one secret'}, as far as the token may read it, for as long as ` +
      `the token lives. Needs ${lists ? 'list of the folder' : 'read of the secret'}. Changes of one secret in quick ` +
      'succession may come as one event, and an event may come twice.',
    input: { name: `${asked}Request`, comment: `What ${asked} is asked.`, fields, nested: [] },
    output: { name: `${asked}Response`, comment: `An event that ${asked} tells.`, fields: told, nested },
    inputStreams: false,
    outputStreams: true,
    verb: VERBS[op],
    path: templateOf(mount.path, plan, route.pattern),
    mayEndEarly: false,
    mount: plan.movable ? mount.path.replace(/\/$/, '') : undefined,
    statusInReply: false,
    events: true,
  }
}

export function specOf({ operations }: Route<never>, op: Op): OperationSpec<Fields, never> | undefined {
  return op === 'update' ? (operations.update ?? operations.create) : operations[op]
}

function nameOf(row: string, prefix: string, plan: MountPlan, route: Route<never>, op: Op): string {
  const own = METHOD_NAMES[`${row} ${op}`]
  if (own !== undefined) return own + plan.suffix
  const noun = NOUNS[row] ?? nounOf(prefix, route.pattern)
  if (noun.startsWith('=')) return noun.slice(1) + plan.suffix
  const isAction = op === 'update' && operationsOf(route).length === 1
  return (isAction ? noun : WORDS[op] + noun) + plan.suffix
}

/** The literal parts, without what the service's name says. */
function nounOf(prefix: string, pattern: string): string {
  const rest = prefix.endsWith('s') && pattern.startsWith(`${prefix}/`) ? pattern.slice(prefix.length) : pattern
  return pascal(
    rest
      .split('/')
      .filter((part) => !part.startsWith(':'))
      .join('-'),
  )
}

/** `/v1/{mount}/data/{path=**}`. Whatever stands between slashes of a value is kept. */
function templateOf(mount: string, plan: MountPlan, pattern: string): string {
  const open = pattern
    .split('/')
    .map((part) => part.replace(/^:([^*]*)(\*?)\**$/, (_, name: string, rest) => `{${name}${rest ? '=**' : ''}}`))
  return `/v1/${plan.movable ? '{mount}/' : mount}${open.join('/')}`
}

/** Of a listing what is empty is the topmost folder, which has its slash. */
function mayEndEarly({ pattern, fields }: Route<never>, op: Op): boolean {
  const [, rest = ''] = /:(\w+)\*\*$/.exec(pattern) ?? []
  return op !== 'list' && op !== 'scan' && fields[rest]?.required === false
}

function commentOf(route: Route<never>, op: Op, duplex: boolean): string {
  const spec = specOf(route, op)
  const access = spec?.access ?? route.access
  const parts = [`${(spec?.summary ?? route.summary).replace(/\.$/, '')}.`, route.description]
  if (duplex) parts.push('Each message is a request of its own, decided and recorded; answers come in their order.')
  if (access === 'sudo') parts.push('Needs sudo.')
  if (access === 'none') parts.push('Needs no token.')
  return parts.filter((part) => part !== '').join(' ')
}

function inputOf(name: string, plan: MountPlan, mount: ReferenceMount, route: Route<never>, op: Op): ProtoMessage {
  const parameters = parametersOf(route.pattern)
  const fields = pathFields(plan, mount, route)
  const nested: ProtoMessage[] = []
  for (const [field, spec] of Object.entries(route.fields)) {
    if (parameters.includes(field) || !takes(route, op, field, spec)) continue
    const { type, nested: own } = shapeOf(fieldSchema(spec), field)
    fields.push({ name: field, type, comment: described(field, spec) })
    nested.push(...own)
  }
  const isBody = op === 'update' || op === 'patch'
  if (isBody && route.freeForm) {
    fields.push({ name: 'data', type: STRUCT, comment: 'The body, as it is stored or used.', whole: true })
  }
  if (fields.some(({ type }) => /^(repeated|map)/.test(type))) {
    const comment = 'Names of lists and maps above that are sent although they are empty. Unnamed, empty means absent.'
    fields.push({ name: 'send_empty', type: 'repeated string', comment })
  }
  return { name, comment: `What ${name.replace(/Request$/, '')} is asked.`, fields, nested }
}

/** A body of any length comes in pieces, none of which says where it goes. */
function uploadOf(name: string, { movable }: MountPlan, { pattern, fields }: Route<never>): ProtoMessage {
  if (movable || pattern.includes(':') || Object.keys(fields).length > 0)
    throw new Error(`${pattern}: a row whose body is a stream has neither parameters nor fields`)
  const asked = name.replace(/Request$/, '')
  const piece = { name: 'content', type: 'bytes', comment: 'The next piece of it: at most 4 MiB.' }
  return { name, comment: `A piece of what ${asked} is given.`, fields: [piece], nested: [] }
}

/** What stands in the path: the mount, and the pattern's parameters. */
function pathFields(plan: MountPlan, mount: ReferenceMount, route: Route<never>): ProtoField[] {
  const fields: ProtoField[] = []
  if (plan.movable) {
    const comment = `Where the engine is mounted; '${mount.path.slice(0, -1)}' unless set. It may hold slashes.`
    fields.push({ name: 'mount', type: 'optional string', comment })
  }
  for (const parameter of parametersOf(route.pattern)) {
    const comment = route.fields[parameter]?.description ?? derivedComment(parameter)
    fields.push({ name: parameter, type: 'string', comment: `${comment} A part of the path.` })
  }
  return fields
}

/** Loose times and lengths of time are text, so that Vault's forms of them hold: '1h30m', '300', RFC 3339. */
function fieldSchema({ schema }: Field<unknown>): object {
  const { format } = schema as { format?: string }
  return format === 'duration' || format === 'date-time' ? { type: 'string' } : schema
}

/** Whether an operation of a row has a field that is no part of its path. */
export function takes(route: Route<never>, op: Op, name: string, { query }: Field<unknown>): boolean {
  const ops = operationsOf(route)
  const lists = op === 'list' || op === 'scan'
  const hasBody = ops.includes('update') || ops.includes('patch')
  if (WATCH_FIELDS.has(name)) return false
  if (PAGE.has(name) && (ops.includes('list') || ops.includes('scan'))) return lists
  if (op === 'update' || op === 'patch') return !(route.freeForm && query)
  if (lists && ops.length > 1) return query && ops.includes('read') === false
  return !hasBody || query
}

export function described(
  name: string,
  { description, schema, required, deprecated, fallback }: Field<unknown>,
): string {
  const { format, enum: choices } = schema as { format?: string; enum?: readonly string[] }
  const parts = [description === '' ? derivedComment(name) : description.replace(/([^.!?)])$/, '$1.')]
  if (choices !== undefined) parts.push(`One of ${choices.join(', ')}.`)
  if (format === 'duration') parts.push("Seconds, or a duration such as '1h30m'.")
  if (format === 'date-time') parts.push('RFC 3339, or seconds since the epoch.')
  if (required) parts.push('Required.')
  const isPlain = ['string', 'number', 'boolean'].includes(typeof fallback)
  if (isPlain && fallback !== '' && !/default/i.test(description)) parts.push(`Default ${String(fallback)}.`)
  if (deprecated) parts.push('Deprecated.')
  return parts.join(' ')
}

const ENVELOPE_FIELD: ProtoField = { name: 'envelope', type: 'Envelope', comment: 'What stands around the data.' }

function outputOf(name: string, row: string, route: Route<never>, op: Op): ProtoMessage {
  const asked = name.replace(/Response$/, '')
  const message = { name, comment: `What ${asked} answers.` }
  if (RAW_STREAMS.has(`${row} ${op}`)) {
    const piece = { name: 'content', type: 'bytes', comment: 'The next piece of it.' }
    return { ...message, comment: `A piece of what ${asked} answers.`, fields: [piece], nested: [] }
  }
  if (RAW.has(`${row} ${op}`)) {
    const raw = { name: 'raw', type: 'RawReply', comment: 'The answer, which is no JSON object of the usual form.' }
    return { ...message, fields: [ENVELOPE_FIELD, raw], nested: [] }
  }
  const schema = returnsOf(route, op)
  if (schema === undefined && op === 'delete') return { ...message, fields: [ENVELOPE_FIELD], nested: [] }
  const data = schema && dataMessage('The data of the answer.', schema)
  const comment = 'Absent where there is none: nothing to tell, or the answer was wrapped.'
  const field = { name: 'data', type: data === undefined ? STRUCT : data.name, comment }
  return { ...message, fields: [ENVELOPE_FIELD, field], nested: data === undefined ? [] : [data] }
}

const NAMES = { type: 'object', properties: { keys: { type: 'array', items: { type: 'string' } } } }

export function returnsOf(route: Route<never>, op: Op): object | undefined {
  const specs = route.operations
  const own = op === 'update' ? (specs.update?.returns ?? specs.create?.returns) : specs[op]?.returns
  if (own !== undefined) return own
  if (op === 'list' || op === 'scan') return specs.read === undefined ? (route.returns ?? NAMES) : NAMES
  return op === 'delete' && specs.read !== undefined ? undefined : route.returns
}
