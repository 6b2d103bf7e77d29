import type {
  Clock,
  EngineRequest,
  Log,
  NamespaceRef,
  Operation,
  OperationSpec,
  Reply,
} from '../../../engines/engine.ts'
import { denied, EgideError, invalid, notFound } from '../../../engines/errors.ts'
import type { Fields } from '../../../engines/field.ts'
import type { Awaitable } from '../../../storage/backend.ts'
import type { Store } from '../../../storage/store.ts'
import { isWithin } from '../../auth/cidr.ts'
import type { FoundToken } from '../../auth/token/service.ts'
import type { Acl, Decision } from '../../policy/decision.ts'
import type { AuditCaller, AuditLog } from '../audit-port.ts'
import { inputOf, operationOf, settleOperation, unusedInput } from '../dispatch.ts'
import type { LeaseManager } from '../leases/lease-manager.ts'
import type { MountManager } from '../mounts/mount-manager.ts'
import type { LiveMount } from '../mounts/router.ts'
import { pathHelpOf } from '../path-help.ts'
import type { Request, Response } from '../request.ts'
import type { Match } from '../route-table.ts'
import type { TokenRevoker } from '../tokens/revoker.ts'
import type { TokenStore } from '../tokens/token-store.ts'
import type { Wrapping } from '../wrapping/wrapping.ts'
import { RequestRecord } from './audit-record.ts'
import { Callers } from './callers.ts'
import { callerError } from './failures.ts'
import { issueToken } from './logins.ts'
import { filteredListing, responseOf } from './replies.ts'

export interface PipelineParts {
  readonly namespace: NamespaceRef
  readonly store: Store
  readonly mounts: MountManager
  readonly tokens: TokenStore
  readonly revoker: TokenRevoker
  readonly leases: LeaseManager
  readonly wrapping: Wrapping
  /** The compiled policies of a token, true as of the last refresh of the store. */
  readonly aclFor: (policies: readonly string[]) => Awaitable<Acl>
  readonly audit: AuditLog
  readonly clock: Clock
  readonly log: Log
  /** Of the server, for help texts. */
  readonly version: string
}

/** Authenticate, authorise, audit, run the engine, register, wrap, audit, reply: the way of every request of a namespace. */
export class Pipeline {
  readonly #parts: PipelineParts
  readonly #callers = new Callers()
  #closed = false

  constructor(parts: PipelineParts) {
    this.#parts = parts
  }

  /** From here on nothing can be recorded: the one request that sealed the vault goes without its second record. */
  close(): void {
    this.#closed = true
  }

  get closed(): boolean {
    return this.#closed
  }

  async handle(request: Request): Promise<Response> {
    const { store, mounts } = this.#parts
    await store.refresh()
    const path = listingPath(request)
    const routed = (await mounts.router()).route(path)
    const match = routed?.mount.table.match(routed.path)
    const pass = new Pass(this, this.#parts, this.#callers, request, path, routed?.mount, routed?.path ?? '', match)
    try {
      return await pass.run()
    } catch (error) {
      throw callerError(error, this.#parts.log, request.id) ?? error
    } finally {
      await pass.end()
    }
  }
}

function isListing(operation: Operation): boolean {
  return operation === 'list' || operation === 'scan'
}

/** What is listed is a folder, whether the caller says so or not. */
function listingPath({ operation, path }: Request): string {
  return isListing(operation) && !path.endsWith('/') ? `${path}/` : path
}

/** One request on its way. */
class Pass {
  readonly #pipeline: Pipeline
  readonly #parts: PipelineParts
  readonly #callers: Callers
  readonly #request: Request
  /** Full path; a listing's ends in '/'. */
  readonly #path: string
  readonly #mount: LiveMount | undefined
  /** Below the mount. */
  readonly #mountPath: string
  readonly #match: Match | undefined
  #operation: Operation
  #found: FoundToken | undefined
  #spent = false
  #decision: Decision | undefined
  #caller: AuditCaller | undefined

  constructor(
    pipeline: Pipeline,
    parts: PipelineParts,
    callers: Callers,
    request: Request,
    path: string,
    mount: LiveMount | undefined,
    mountPath: string,
    match: Match | undefined,
  ) {
    this.#pipeline = pipeline
    this.#parts = parts
    this.#callers = callers
    this.#request = request
    this.#path = path
    this.#mount = mount
    this.#mountPath = mountPath
    this.#match = match
    this.#operation = request.operation
  }

  async run(): Promise<Response> {
    if (this.#isStatus()) return this.#answer()
    const refusal = await this.#admit().catch(refusalOf)
    const record = this.#record()
    if (refusal !== undefined) return this.#refuse(record, refusal)
    const written = this.#parts.audit.request(record, undefined)
    // What changes nothing may run while its record is written; the reply waits for both.
    if (written !== undefined) {
      if (this.#changes()) await written
      else written.catch(ignored)
    }
    return this.#answerAudited(record, written)
  }

  /** A token's last use ends with its request, whatever came of it. */
  async end(): Promise<void> {
    if (!this.#spent || this.#found === undefined || this.#pipeline.closed) return
    try {
      await this.#parts.revoker.revokeTree(this.#found.hash)
    } catch (error) {
      this.#parts.log.warn({ requestId: this.#request.id, err: error }, 'a spent token is not yet revoked')
    }
  }

  /** What health checks and seal status tell is nobody's secret and changes nothing; a failing audit device must not hide it. */
  #isStatus(): boolean {
    const route = this.#match?.route
    return route?.whileSealed === true && this.#operation === 'read' && this.#access() === 'none'
  }

  #access(): 'token' | 'sudo' | 'none' {
    const route = this.#match?.route
    if (route === undefined) return 'token'
    return this.#rowOf(route.operations)?.access ?? route.access
  }

  #rowOf(rows: Match['route']['operations']): OperationSpec<Fields> | undefined {
    if (this.#operation === 'help') return undefined
    if (this.#operation === 'create' || this.#operation === 'update') return rows.update ?? rows.create
    return rows[this.#operation]
  }

  /** Who calls, and whether they may. Resolves with why not. */
  async #admit(): Promise<EgideError | undefined> {
    const { tokens } = this.#parts
    const { token, connection } = this.#request
    const isOpen = this.#access() === 'none' && this.#operation !== 'help'
    this.#found = token === undefined || token === '' ? undefined : await tokens.lookup(token)
    if (this.#found !== undefined && !isWithin(this.#found.entry.boundCidrs, connection.remoteAddress)) {
      this.#found = undefined
    }
    if (this.#found === undefined) return isOpen ? undefined : this.#badToken()
    if (isOpen) {
      this.#caller = this.#callers.of(this.#found, undefined)
      return undefined
    }
    if (this.#found.entry.numUses !== 0 && !(await this.#takeUse(this.#found.hash))) return this.#badToken()
    return this.#authorise(this.#found)
  }

  #badToken(): EgideError {
    const message = this.#match?.route.badToken
    return message === undefined || !this.#request.token ? denied() : invalid(message)
  }

  /** False when other requests took the uses that were left. */
  async #takeUse(hash: string): Promise<boolean> {
    const entry = await this.#parts.tokens.use(hash)
    if (entry === undefined) return false
    this.#found = { hash, entry }
    this.#spent = entry.numUses < 0
    return true
  }

  async #authorise(found: FoundToken): Promise<EgideError | undefined> {
    const acl = await this.#parts.aclFor(found.entry.policies)
    this.#caller = this.#callers.of(found, undefined)
    if (this.#operation === 'update' && this.#match?.route.exists !== undefined) await this.#settle()
    const decision = this.#decide(acl)
    this.#decision = decision
    this.#caller = this.#callers.of(found, decision)
    if (!decision.allowed) return denied()
    if (this.#access() === 'sudo' && !decision.sudo) return denied()
    return undefined
  }

  #decide(acl: Acl): Decision {
    const asked = this.#ask(acl, this.#path)
    // 'a/b/' reaches the row of 'a/b', so a rule that denies 'a/b' must deny it too.
    if (!this.#path.endsWith('/') || isListing(this.#operation) || !asked.allowed) return asked
    const bare = this.#ask(acl, this.#path.slice(0, -1))
    return bare.allowed ? asked : bare
  }

  #ask(acl: Acl, path: string): Decision {
    return acl.decide({
      operation: this.#operation,
      path: this.#parts.namespace.path + path,
      data: this.#request.data,
      wrapTtlSeconds: this.#request.wrapTtlSeconds,
      nowMs: this.#parts.clock.now(),
    })
  }

  /** Whether it is a create or an update. Input that can't be read is an update; it is refused later, and recorded. */
  async #settle(): Promise<void> {
    const { route } = this.#match as Match
    const { context } = this.#mount as LiveMount
    try {
      this.#operation = await settleOperation('update', route, () => this.#input(), context)
    } catch (error) {
      if (!(error instanceof EgideError)) throw error
    }
  }

  #input(): EngineRequest {
    const { route, params } = this.#match as Match
    const { entry } = this.#mount as LiveMount
    return inputOf(this.#request, this.#operation, route, params, this.#mountPath, {
      caller: this.#caller,
      sudo: this.#decision?.sudo ?? false,
      headerNames: entry.type === 'system' ? 'all' : entry.config.passthroughRequestHeaders,
      listLimit: this.#decision?.listLimit,
    })
  }

  #record(): RequestRecord {
    const { namespace, clock } = this.#parts
    const route = this.#match?.route
    return new RequestRecord(
      this.#request,
      namespace,
      this.#operation,
      this.#path,
      this.#mount,
      route,
      this.#caller,
      clock.now(),
    )
  }

  #changes(): boolean {
    const operation = this.#operation
    if (operation === 'read' || operation === 'list' || operation === 'scan' || operation === 'help') return false
    const route = this.#match?.route
    return route === undefined || this.#rowOf(route.operations)?.pure !== true
  }

  /** Recorded as a request that failed, and as its response. */
  async #refuse(record: RequestRecord, refusal: EgideError): Promise<never> {
    const { audit } = this.#parts
    audit.request(record, refusal.message)?.catch(ignored)
    await this.#recordFailure(record, refusal.message)
    throw refusal
  }

  async #recordFailure(record: RequestRecord, message: string): Promise<void> {
    if (this.#pipeline.closed) return
    await this.#parts.audit.response(record, {
      data: null,
      auth: null,
      leaseId: '',
      wrapInfo: null,
      warnings: null,
      status: 0,
      error: message === '' ? undefined : message,
    })
  }

  async #answerAudited(record: RequestRecord, written: Promise<void> | undefined): Promise<Response> {
    let response: Response
    try {
      response = await this.#answer()
    } catch (error) {
      const known = callerError(error, this.#parts.log, this.#request.id)
      if (written !== undefined) await written
      await this.#recordFailure(record, known?.message ?? 'internal error')
      throw known ?? error
    }
    if (this.#pipeline.closed) return response
    const done = this.#parts.audit.response(record, {
      data: response.wrapInfo === null ? response.data : null,
      auth: response.auth,
      leaseId: response.leaseId,
      wrapInfo: response.wrapInfo,
      warnings: response.warnings,
      status: response.status,
      error: undefined,
    })
    if (written !== undefined) await written
    if (done !== undefined) await done
    return response
  }

  async #answer(): Promise<Response> {
    const mount = this.#mount
    if (mount === undefined) throw notFound(`no handler for route "${this.#path}". route entry not found.`)
    if (this.#operation === 'help') return this.#respond(mount, this.#help(mount), [])
    const match = this.#match
    if (match === undefined) throw notFound('unsupported path')
    const row = operationOf(match.route, this.#operation)
    let reply = await row.handler(this.#input(), mount.context)
    const filter = this.#decision?.listFilter
    if (filter !== undefined) reply = await this.#filtered(reply, filter)
    return this.#respond(mount, reply, unusedInput(this.#request.data, match.route, this.#operation))
  }

  #help(mount: LiveMount): Reply {
    const help = pathHelpOf({
      mount: { path: mount.entry.path, routes: mount.table.routes },
      mountDescription: mount.engine.description,
      path: this.#mountPath,
      route: this.#match?.route,
      version: this.#parts.version,
    })
    return { raw: { status: 200, contentType: 'application/json', body: `${JSON.stringify(help)}\n` } }
  }

  async #filtered(reply: Reply | undefined, filter: NonNullable<Decision['listFilter']>): Promise<Reply | undefined> {
    const { namespace, clock, mounts } = this.#parts
    const acl = await this.#parts.aclFor(this.#found?.entry.policies ?? [])
    const router = await mounts.router()
    const nowMs = clock.now()
    const needsSudo = (path: string): boolean => {
      const routed = router.route(path)
      return routed?.mount.table.match(routed.path)?.route.access === 'sudo'
    }
    return filteredListing(reply, (key) =>
      acl.showsKey({ filter, namespacePath: namespace.path, path: this.#path, key, nowMs }, needsSudo),
    )
  }

  async #respond(mount: LiveMount, reply: Reply | undefined, inputWarnings: readonly string[]): Promise<Response> {
    const response = responseOf(
      this.#request.id,
      mount.entry.type,
      reply,
      await this.#register(mount, reply, inputWarnings),
    )
    const { wrapTtlSeconds } = this.#request
    if (wrapTtlSeconds === undefined || response.raw !== null || response.wrapInfo !== null) return response
    if (response.status >= 300 || (response.data === null && response.auth === null)) return response
    return this.#parts.wrapping.wrap(response, wrapTtlSeconds, this.#path)
  }

  async #register(mount: LiveMount, reply: Reply | undefined, inputWarnings: readonly string[]) {
    const warnings = [...(reply?.warnings ?? []), ...inputWarnings]
    const issued = reply?.issuedLease
    const unleased = {
      leaseId: issued?.id ?? '',
      renewable: issued?.renewable ?? false,
      leaseDurationSeconds: issued?.ttlSeconds ?? reply?.leaseDurationSeconds ?? 0,
    }
    if (reply?.auth !== undefined) {
      if ('issued' in reply.auth) return { auth: reply.auth, warnings, ...unleased }
      const login = await issueToken(reply.auth, mount, this.#path, this.#parts.tokens)
      return { auth: login.auth, warnings: [...warnings, ...login.warnings], ...unleased }
    }
    if (reply?.lease === undefined) return { auth: null, warnings, ...unleased }
    const token = this.#found?.entry.type === 'service' ? this.#found.hash : ''
    const lease = await this.#parts.leases.register(reply.lease, mount.entry.uuid, this.#path, token)
    return {
      auth: null,
      warnings: [...warnings, ...lease.warnings],
      leaseId: lease.id,
      renewable: lease.renewable,
      leaseDurationSeconds: lease.ttlSeconds,
    }
  }
}

/** Awaited elsewhere. */
function ignored(): void {}

/** A refusal is recorded like any other outcome; anything else is a fault. */
function refusalOf(error: unknown): EgideError {
  if (error instanceof EgideError) return error
  throw error
}
