import { parametersOf } from '../../engines/engine.ts'
import type { Field } from '../../engines/field.ts'
import {
  described,
  type MethodRow,
  PAGE,
  type PlacedMethod,
  returnsOf,
  specOf,
  takes,
  WATCH,
  WATCH_FIELDS,
} from '../proto/methods.ts'
import type { ProtoMethod } from '../proto/model.ts'
import { schemaOf } from './extras.ts'
import { inputType, type Schema } from './types.ts'

/** What the SDK's classes are made of, before their text. */

export interface SdkField {
  readonly name: string
  readonly type: string
  readonly required: boolean
  readonly comment: string
}

export interface SdkMethod {
  readonly name: string
  readonly comment: string
  readonly rpc: string
  readonly verb: string
  /** Below /v1/. */
  readonly path: string
  readonly fields: readonly SdkField[]
  readonly sole: string | undefined
  readonly whole: string | undefined
  readonly safe: boolean
  readonly answers: 'data' | 'raw' | 'bytes' | 'bare' | 'events'
  readonly anyStatus: boolean
  readonly streams: 'none' | 'in' | 'out' | 'both'
  /** Undefined: what the answer holds is not fixed. */
  readonly returns: Schema | undefined
}

export interface SdkClass {
  readonly name: string
  readonly service: string
  readonly comment: string
  /** Where it is mounted by default; undefined: it has one place. */
  readonly mount: string | undefined
  /** Auth methods stand below `client.auth`. */
  readonly isLogin: boolean
  readonly methods: readonly SdkMethod[]
}

interface Service {
  readonly name: string
  readonly comment: string
}

/** One class for each service, and for each further variant of an engine that a service has. */
export function classesOf(placed: readonly PlacedMethod[], services: readonly Service[]): SdkClass[] {
  const classes = new Map<string, SdkClass & { methods: SdkMethod[] }>()
  for (const { service, method, row } of placed) {
    const suffix = row?.plan.suffix ?? ''
    const name = suffix + service
    const mount = row?.plan.movable ? row.mount.path.replace(/\/$/, '') : undefined
    const known = classes.get(name)
    const made = methodOf(method, row, suffix)
    if (known !== undefined) known.methods.push(made)
    else {
      const comment = services.find((one) => one.name === service)?.comment ?? ''
      const isLogin = row?.mount.path.startsWith('auth/') === true
      classes.set(name, { name, service, comment, mount, isLogin, methods: [made] })
    }
  }
  return [...classes.values()]
}

function methodOf(method: ProtoMethod, row: MethodRow | undefined, suffix: string): SdkMethod {
  const own = method.name.endsWith(suffix) ? method.name.slice(0, method.name.length - suffix.length) : method.name
  const fields = row === undefined ? extraFields(method) : rowFields(row, method.events)
  const streams = streamsOf(method)
  return {
    name: own.slice(0, 1).toLowerCase() + own.slice(1),
    comment: method.comment,
    rpc: method.name,
    verb: streams === 'both' ? '' : (method.verb?.toUpperCase() ?? ''),
    path: sdkPath(method),
    fields,
    sole: soleOf(row, fields),
    whole: row?.route.freeForm && (row.op === 'update' || row.op === 'patch') ? 'data' : undefined,
    safe: isSafe(method.verb) || isPure(row),
    answers: method.events ? 'events' : answersOf(method),
    anyStatus: method.statusInReply,
    streams,
    returns: row === undefined ? schemaOf(method.output) : answerSchema(row, method.events),
  }
}

function sdkPath({ path, mayEndEarly }: ProtoMethod): string {
  const below = path.replace(/^\/v1\//, '')
  return mayEndEarly ? below.replace(/\/\{(?=[^/]*$)/, '{/') : below
}

function streamsOf({ inputStreams, outputStreams }: ProtoMethod): SdkMethod['streams'] {
  if (inputStreams) return outputStreams ? 'both' : 'in'
  return outputStreams ? 'out' : 'none'
}

function answerSchema({ route, op }: MethodRow, isWatch: boolean): Schema | undefined {
  return (isWatch ? specOf(route, op)?.events : returnsOf(route, op)) as Schema | undefined
}

function isSafe(verb: string | undefined): boolean {
  return verb !== undefined && verb !== 'post' && verb !== 'patch'
}

/** Changes nothing, though it is sent as a write. */
function isPure(row: MethodRow | undefined): boolean {
  if (row === undefined) return false
  const { update, create } = row.route.operations
  const specs = [update, create].filter((spec) => spec !== undefined)
  return row.op === 'update' && specs.length > 0 && specs.every((spec) => spec.pure === true)
}

function answersOf({ output }: ProtoMethod): SdkMethod['answers'] {
  const names = output.fields.map(({ name }) => name)
  if (names.includes('raw')) return 'raw'
  if (names.includes('envelope')) return 'data'
  return names.length === 1 && names[0] === 'content' ? 'bytes' : 'bare'
}

/** A plain text is enough where one part of the path is all that must be told. */
function soleOf(row: MethodRow | undefined, fields: readonly SdkField[]): string | undefined {
  if (row === undefined) return undefined
  const parameters = parametersOf(row.route.pattern)
  const [only] = parameters
  const needsMore = fields.some(({ name, required }) => required && name !== only)
  return parameters.length === 1 && !needsMore ? only : undefined
}

function rowFields({ route, op }: MethodRow, isWatch: boolean): SdkField[] {
  const parameters = parametersOf(route.pattern)
  const inPath = parameters.map((name) => {
    const field = route.fields[name]
    const type = field === undefined ? 'string' : inputType(field.schema as Schema)
    const required = !route.pattern.endsWith(`:${name}**`)
    return { name, type, required, comment: field === undefined ? '' : described(name, field) }
  })
  if (isWatch) return [...inPath, ...watchFields(route)]
  const others = Object.entries(route.fields)
    .filter(([name, field]) => !parameters.includes(name) && takes(route, op, name, field))
    .map(([name, field]) => rowField(name, field, op))
  const isBody = op === 'update' || op === 'patch'
  const whole = { name: 'data', type: RECORD, required: true, comment: 'The body, as it is stored or used.' }
  return [...inPath, ...others, ...(isBody && route.freeForm ? [whole] : [])]
}

function watchFields(route: MethodRow['route']): SdkField[] {
  return Object.entries(route.fields)
    .filter(([name]) => WATCH_FIELDS.has(name) && name !== WATCH)
    .map(([name, field]) => ({ name, type: 'number', required: false, comment: described(name, field) }))
}

const RECORD = 'Readonly<Record<string, unknown>>'

function rowField(name: string, field: Field<unknown>, op: string): SdkField {
  const isPage = PAGE.has(name) && (op === 'list' || op === 'scan')
  const type = isPage ? (name === 'limit' ? 'number' : 'string') : inputType(field.schema as Schema)
  return { name, type, required: field.required, comment: described(name, field) }
}

/** The mount is the class' own. */
function extraFields({ input }: ProtoMethod): SdkField[] {
  const { properties = {} } = schemaOf(input)
  return Object.entries(properties)
    .filter(([name]) => name !== 'mount' && name !== 'send_empty')
    .map(([name, schema]) => ({ name, type: inputType(schema), required: false, comment: schema.description ?? '' }))
}
