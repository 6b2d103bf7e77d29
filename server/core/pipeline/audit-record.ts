import type { Connection, Operation, Route } from '../../../engines/engine.ts'
import { clearAtAnyDepth } from '../../audit/records/clear-names.ts'
import type { AuditCaller, AuditRequest, KeptText } from '../audit-port.ts'
import type { LiveMount } from '../mounts/router.ts'
import type { Protocol, Request } from '../request.ts'

/** Which fields of a row's requests and replies stand in clear. */
interface Clear {
  readonly request: readonly string[]
  readonly response: readonly string[]
}
const NOTHING_CLEAR: Clear = { request: [], response: [] }

/** The lists of each row of each mount, made once: the audit log compiles each list once. */
const lists = new WeakMap<LiveMount, Map<Route, Clear>>()

function clearOf(mount: LiveMount | undefined, route: Route | undefined): Clear {
  if (mount === undefined || route === undefined) return NOTHING_CLEAR
  let ofMount = lists.get(mount)
  if (ofMount === undefined) {
    ofMount = new Map()
    lists.set(mount, ofMount)
  }
  const known = ofMount.get(route)
  if (known !== undefined) return known
  const { auditClearRequest, auditClearResponse } = mount.entry.config
  const made: Clear = {
    request: [...route.auditClear, ...auditClearRequest.map(clearAtAnyDepth)],
    response: [...route.auditClear, ...auditClearResponse.map(clearAtAnyDepth)],
  }
  ofMount.set(route, made)
  return made
}

/** A request as the audit log gets it; a class, so that headers are gathered only if some are audited. */
export class RequestRecord implements AuditRequest {
  readonly id: string
  readonly namespaceId: string
  readonly namespacePath: string
  readonly operation: Operation
  readonly path: string
  readonly mountPath: string
  readonly mountType: string
  readonly mountAccessor: string
  readonly mountClass: 'secret' | 'auth'
  readonly data: Readonly<Record<string, unknown>> | null
  readonly token: string | undefined
  readonly caller: AuditCaller | undefined
  readonly connection: Connection
  readonly wrapTtlSeconds: number | undefined
  readonly protocol: Protocol
  readonly clearRequest: readonly string[]
  readonly clearResponse: readonly string[]
  readonly timeMs: number
  kept: KeptText | undefined
  readonly #request: Request

  constructor(
    request: Request,
    namespace: { readonly id: string; readonly path: string },
    operation: Operation,
    path: string,
    mount: LiveMount | undefined,
    route: Route | undefined,
    caller: AuditCaller | undefined,
    timeMs: number,
  ) {
    const clear = clearOf(mount, route)
    this.id = request.id
    this.namespaceId = namespace.id
    this.namespacePath = namespace.path
    this.operation = operation
    this.path = path
    this.mountPath = mount?.entry.path ?? ''
    this.mountType = mount?.entry.type ?? ''
    this.mountAccessor = mount?.entry.accessor ?? ''
    this.mountClass = mount?.entry.kind ?? 'secret'
    this.data = request.data
    this.token = request.token
    this.caller = caller
    this.connection = request.connection
    this.wrapTtlSeconds = request.wrapTtlSeconds
    this.protocol = request.protocol
    this.clearRequest = clear.request
    this.clearResponse = clear.response
    this.timeMs = timeMs
    this.#request = request
  }

  get headers(): Readonly<Record<string, string>> {
    return this.#request.headers
  }
}
