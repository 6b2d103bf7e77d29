import { CoercionError } from '../../engines/coerce.ts'
import {
  type Caller,
  type Connection,
  type EngineContext,
  type EngineRequest,
  type Operation,
  type OperationSpec,
  parametersOf,
  type Route,
} from '../../engines/engine.ts'
import { EgideError } from '../../engines/errors.ts'
import type { Field, Fields } from '../../engines/field.ts'
import type { Awaitable } from '../../storage/backend.ts'
import type { Request } from './request.ts'

/** From a matched row and a request to the typed input of its handler: coercion, defaults, required and unknown fields. */

/** What the pipeline knows by the time the handler runs. */
export interface Resolved {
  readonly caller: Caller | undefined
  readonly sudo: boolean
  /** Lower-case names of the headers that the engine may see; 'all' for the system engine. */
  readonly headerNames: readonly string[] | 'all'
  /** What policy sets the field `limit` of a listing to; undefined: what the caller asked for. */
  readonly listLimit?: number | undefined
}

type Data = Readonly<Record<string, unknown>>
type Params = Readonly<Record<string, string>>

/** Row facts that are worked out once. */
interface Plan {
  readonly names: readonly string[]
  readonly fields: readonly Field<unknown>[]
  readonly params: ReadonlySet<string>
}

const plans = new WeakMap<Route<never>, Plan>()

function planOf<S>(route: Route<S>): Plan {
  const known = plans.get(route)
  if (known !== undefined) return known
  const names = Object.keys(route.fields)
  const plan = { names, fields: Object.values(route.fields), params: new Set(parametersOf(route.pattern)) }
  plans.set(route, plan)
  return plan
}

/** The input of one handler call. A class, so that a request costs one object and no closure. */
class Input implements EngineRequest {
  readonly id: string
  readonly operation: Operation
  readonly path: string
  readonly fields: Readonly<Record<string, unknown>>
  readonly data: Readonly<Record<string, unknown>>
  readonly caller: Caller | undefined
  readonly token: string | undefined
  readonly connection: Connection
  readonly wrapTtlSeconds: number | undefined
  readonly sudo: boolean
  readonly #request: Request
  readonly #headerNames: readonly string[] | 'all'
  readonly #ownHeaders: readonly string[]
  readonly #params: Readonly<Record<string, string>>

  constructor(
    request: Request,
    operation: Operation,
    path: string,
    fields: Readonly<Record<string, unknown>>,
    params: Readonly<Record<string, string>>,
    ownHeaders: readonly string[],
    resolved: Resolved,
  ) {
    this.id = request.id
    this.operation = operation
    this.path = path
    this.fields = fields
    this.data = request.data
    this.caller = resolved.caller
    this.token = request.token
    this.connection = request.connection
    this.wrapTtlSeconds = request.wrapTtlSeconds
    this.sudo = resolved.sudo
    this.#request = request
    this.#headerNames = resolved.headerNames
    this.#ownHeaders = ownHeaders
    this.#params = params
  }

  /** Few handlers look at headers, so they are gathered when one does. */
  get headers(): Readonly<Record<string, string>> {
    const { headers } = this.#request
    if (this.#headerNames === 'all') return headers
    const shown: Record<string, string> = {}
    for (const name of [...this.#headerNames, ...this.#ownHeaders]) {
      const value = Object.hasOwn(headers, name) ? headers[name] : undefined
      if (value !== undefined) shown[name] = value
    }
    return shown
  }

  /** Making a signal costs a listener, so it is made for the handlers that watch it. */
  get signal(): AbortSignal | undefined {
    return this.#request.signal
  }

  get body(): AsyncIterable<Uint8Array> | undefined {
    return this.#request.body
  }

  has(name: string): boolean {
    return Object.hasOwn(this.data, name) || Object.hasOwn(this.#params, name)
  }
}

/**
 * Builds the handler's input. `fields`: its values, where they are at hand. Throws EgideError `invalid_request` naming the
 * first field that does not fit.
 */
export function inputOf<S>(
  request: Request,
  operation: Operation,
  route: Route<S>,
  params: Params,
  path: string,
  resolved: Resolved,
  fields: Data = fieldsOf(request.data, route, params, resolved.listLimit),
): EngineRequest {
  return new Input(request, operation, path, fields, params, route.headers, resolved)
}

/** `listLimit`: as of Resolved. */
export function fieldsOf<S>(data: Data, route: Route<S>, params: Params, listLimit: number | undefined): Data {
  const plan = planOf(route)
  const fields: Record<string, unknown> = {}
  for (let i = 0; i < plan.names.length; i++) {
    const name = plan.names[i] as string
    const sent = params[name] ?? ownValue(data, name)
    const raw = name === 'limit' && listLimit !== undefined ? listLimit : sent
    fields[name] = parsedValue(name, plan.fields[i] as Field<unknown>, raw)
  }
  return fields
}

function ownValue(data: Data, name: string): unknown {
  return Object.hasOwn(data, name) ? data[name] : undefined
}

function parsedValue(name: string, field: Field<unknown>, raw: unknown): unknown {
  if (raw === undefined || raw === null) {
    if (field.required) throw new EgideError('invalid_request', `missing ${name}`, { field: name })
    return field.fallback
  }
  try {
    return field.parse(raw)
  } catch (error) {
    if (!(error instanceof CoercionError)) throw error
    const message = `error converting input for field "${name}": ${error.message}`
    throw new EgideError('invalid_request', message, { field: name })
  }
}

/** Warnings about what of the body is not used, in the words that Vault's users know. */
export function unusedInput<S>(
  data: Readonly<Record<string, unknown>>,
  route: Route<S>,
  operation: Operation,
): readonly string[] {
  if (route.freeForm || (operation !== 'create' && operation !== 'update' && operation !== 'patch')) return NONE
  const plan = planOf(route)
  let ignored: string[] | undefined
  let replaced: string[] | undefined
  for (const name of Object.keys(data)) {
    if (!Object.hasOwn(route.fields, name)) {
      ignored ??= []
      ignored.push(name)
    } else if (plan.params.has(name)) {
      replaced ??= []
      replaced.push(name)
    }
  }
  if (ignored === undefined && replaced === undefined) return NONE
  const warnings: string[] = []
  if (ignored !== undefined) warnings.push(`Endpoint ignored these unrecognized parameters: [${listed(ignored)}]`)
  if (replaced !== undefined) {
    warnings.push(
      `Endpoint replaced the value of these parameters with the values captured from the endpoint's path: [${listed(replaced)}]`,
    )
  }
  return warnings
}

const NONE: readonly string[] = []

/** Names that a caller chose: sorted, and bounded so that a wide body can't make a wide answer. */
function listed(names: readonly string[]): string {
  const sorted = names.toSorted()
  const shown = sorted.slice(0, 20).map((name) => name.slice(0, 100))
  if (sorted.length > shown.length) shown.push(`and ${sorted.length - shown.length} more`)
  return shown.join(' ')
}

/** The operation's row entry, or a 405. A row that has only one of create and update takes both. */
export function operationOf<S>(route: Route<S>, operation: Operation): OperationSpec<Fields, S> {
  const rows = route.operations
  const found =
    operation === 'create'
      ? (rows.create ?? rows.update)
      : operation === 'update'
        ? (rows.update ?? rows.create)
        : operation === 'help'
          ? undefined
          : rows[operation]
  if (found === undefined) throw new EgideError('unsupported_operation', 'unsupported operation')
  return found
}

/** POST and PUT arrive as 'update'. Where a row can tell, what is not there yet is created, so that policy asks for the right capability. */
export function settleOperation<S>(
  asked: Operation,
  route: Route<S>,
  input: () => EngineRequest,
  context: EngineContext<S>,
): Awaitable<Operation> {
  if (asked !== 'update' || route.exists === undefined) return asked
  const exists = route.exists(input(), context)
  return exists instanceof Promise ? exists.then(settled) : settled(exists)
}

function settled(exists: boolean): Operation {
  return exists ? 'update' : 'create'
}
