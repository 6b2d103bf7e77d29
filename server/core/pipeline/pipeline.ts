import type { EngineRequest, NamespaceRef, Reply } from '../../../engines/engine.ts'
import { denied, type EgideError, invalid, notFound, sealed } from '../../../engines/errors.ts'
import type { Awaitable } from '../../../storage/backend.ts'
import type { ListFilter } from '../../policy/policy.ts'
import type { AuditResponse } from '../audit-port.ts'
import { operationOf, unusedInput } from '../dispatch.ts'
import type { LiveMount } from '../mounts/router.ts'
import { pathHelpOf } from '../path-help.ts'
import type { Request, Response } from '../request.ts'
import type { Match } from '../route-table.ts'
import { Admission } from './admission.ts'
import { RequestRecord } from './audit-record.ts'
import { Callers } from './callers.ts'
import { EventStream } from './event-stream.ts'
import { callerError } from './failures.ts'
import { isLeftOver } from './ill-named.ts'
import type { PipelineParts } from './parts.ts'
import { grantedNothing, grantsSomething, register } from './registration.ts'
import { filteredListing, responseOf } from './replies.ts'
import { leavesResources, ResourcesBelow } from './resources-below.ts'
import { isChange, isStatus, pathAsKept, type Target, targetOf } from './target.ts'

/** Authenticate, authorise, audit, run the engine, register, wrap, audit, reply: the way of every request of a namespace. */
export class Pipeline {
  readonly #parts: PipelineParts
  readonly #callers = new Callers()
  #underWay = 0
  #whenIdle: (() => void) | undefined = undefined

  constructor(parts: PipelineParts) {
    this.#parts = parts
  }

  /**
   * From here on nothing can be recorded: the one request that sealed the vault goes without its second record.
   * `whenIdle` is told when the last one under way has ended.
   */
  close(whenIdle: () => void): void {
    this.#whenIdle = whenIdle
  }

  get closed(): boolean {
    return this.#whenIdle !== undefined
  }

  /** How many requests are under way. */
  get underWay(): number {
    return this.#underWay
  }

  /** `isFresh`: the store was refreshed since the request came. */
  async handle(request: Request, isFresh = false): Promise<Response> {
    let pass: Pass | undefined
    this.#underWay++
    try {
      const arrived = this.#arrive(request, isFresh)
      const target = arrived instanceof Promise ? await arrived : arrived
      pass = new Pass(this, this.#parts, request, target, new Admission(this.#parts, this.#callers, request, target))
      const answering = pass.run()
      const response = answering instanceof Promise ? await answering : answering
      const { recorded } = pass
      if (recorded !== undefined) await recorded
      return response
    } catch (error) {
      throw callerError(error, this.#parts.log, request.id) ?? error
    } finally {
      if (pass?.isSpent) await pass.end()
      if (--this.#underWay === 0) this.#whenIdle?.()
    }
  }

  /** Records a request that goes nowhere, as of `namespace`, and throws why. */
  async refuse(request: Request, namespace: NamespaceRef, refusal: EgideError): Promise<never> {
    const { audit, clock, log } = this.#parts
    const { operation, path } = request
    const record = new RequestRecord(request, namespace, operation, path, undefined, undefined, undefined, clock.now())
    try {
      const behind = audit.catchUp()
      if (behind !== undefined) await behind
      const written = audit.request(record, refusal.message)
      if (!this.closed) await audit.response(record, failed(refusal.message))
      if (written !== undefined) await written
    } catch (error) {
      throw callerError(error, log, request.id) ?? error
    }
    throw refusal
  }

  /** Learns what is committed, and where the request goes by that. */
  #arrive(request: Request, isFresh: boolean): Awaitable<Target> {
    const { mounts, audit } = this.#parts
    if (!isFresh) return this.#arriveLate(request, this.#parts.store.refresh())
    const behind = audit.catchUp()
    if (behind !== undefined) return this.#arriveLate(request, behind)
    const router = mounts.router()
    return router instanceof Promise ? this.#arriveLate(request, router) : targetOf(request, router)
  }

  /** Likewise, when what it takes is not at hand. */
  async #arriveLate(request: Request, first: Promise<unknown>): Promise<Target> {
    const { mounts, audit } = this.#parts
    await first
    const behind = audit.catchUp()
    if (behind !== undefined) await behind
    return targetOf(request, await mounts.router())
  }
}

/** One request on its way. */
class Pass {
  readonly #pipeline: Pipeline
  readonly #parts: PipelineParts
  readonly #request: Request
  readonly #target: Target
  readonly #admission: Admission
  readonly #resourcesBelow: ResourcesBelow
  #recorded: Promise<unknown> | undefined = undefined

  constructor(pipeline: Pipeline, parts: PipelineParts, request: Request, target: Target, admission: Admission) {
    this.#pipeline = pipeline
    this.#parts = parts
    this.#request = request
    this.#target = target
    this.#admission = admission
    this.#resourcesBelow = new ResourcesBelow(parts)
  }

  /** The answer, which nobody may learn before it is `recorded`. */
  run(): Awaitable<Response> {
    if (isStatus(this.#target, this.#request.operation)) return this.#answer()
    let refusal: Awaitable<EgideError | undefined>
    try {
      refusal = this.#admission.decide()
    } catch (error) {
      return this.#failed(error)
    }
    if (!(refusal instanceof Promise)) return this.#admitted(refusal)
    return refusal.then(
      (late) => this.#admitted(late),
      (error: unknown) => this.#failed(error),
    )
  }

  /** Resolves when what the log says of the answer is written; undefined: it is, or has nothing to say. */
  get recorded(): Promise<unknown> | undefined {
    return this.#recorded
  }

  /** Nobody can say whether the request may be made. */
  async #failed(error: unknown): Promise<never> {
    const known = callerError(error, this.#parts.log, this.#request.id)
    await this.#recordRefusal(this.#record(), known?.message ?? 'internal error')
    throw known ?? error
  }

  #admitted(refusal: EgideError | undefined): Awaitable<Response> {
    const record = this.#record()
    if (refusal !== undefined) return this.#refuse(record, refusal)
    const written = this.#parts.audit.request(record, undefined)
    // What changes nothing may run while its record is written; the reply waits for both.
    return written !== undefined && isChange(this.#target, this.#admission.operation)
      ? this.#answerRecorded(record, written)
      : this.#answerAudited(record, written)
  }

  async #refuse(record: RequestRecord, refusal: EgideError): Promise<never> {
    await this.#recordRefusal(record, refusal.message)
    throw refusal
  }

  /** Whether the request took its token's last use. */
  get isSpent(): boolean {
    return this.#admission.isSpent
  }

  /** A token's last use ends with its request, whatever came of it. */
  async end(): Promise<void> {
    const { token } = this.#admission
    if (token === undefined || this.#pipeline.closed) return
    try {
      const { home, hash } = this.#parts.homes.homeOf(token)
      await home.revoker.revokeTree(hash)
    } catch (error) {
      this.#parts.log.warn({ requestId: this.#request.id, err: error }, 'a spent token is not yet revoked')
    }
  }

  #record(): RequestRecord {
    const { namespace, clock } = this.#parts
    const { path, mount, match } = this.#target
    const { operation, caller } = this.#admission
    return new RequestRecord(this.#request, namespace, operation, path, mount, match?.route, caller, clock.now())
  }

  /** Recorded as a request that failed, and as its response. */
  async #recordRefusal(record: RequestRecord, message: string): Promise<void> {
    const written = this.#parts.audit.request(record, message)
    await this.#recordFailure(record, message)
    if (written !== undefined) await written
  }

  async #recordFailure(record: RequestRecord, message: string): Promise<void> {
    const { audit, auditNow } = this.#parts
    await (this.#pipeline.closed ? auditNow() : audit)?.response(record, failed(message))
  }

  async #answerRecorded(record: RequestRecord, written: Promise<void>): Promise<Response> {
    await written
    return await this.#answerAudited(record, undefined)
  }

  #answerAudited(record: RequestRecord, written: Promise<void> | undefined): Awaitable<Response> {
    let answering: Awaitable<Response>
    try {
      answering = this.#answer()
    } catch (error) {
      return this.#answerFailed(error, record, written)
    }
    if (!(answering instanceof Promise)) return this.#answered(answering, record, written)
    return answering.then(
      (response) => this.#answered(response, record, written),
      (error: unknown) => this.#answerFailed(error, record, written),
    )
  }

  async #answerFailed(error: unknown, record: RequestRecord, written: Promise<void> | undefined): Promise<never> {
    const known = callerError(error, this.#parts.log, this.#request.id)
    if (written !== undefined) await written
    await this.#recordFailure(record, known?.message ?? 'internal error')
    throw known ?? error
  }

  #answered(response: Response, record: RequestRecord, written: Promise<void> | undefined): Awaitable<Response> {
    if (this.#pipeline.closed) return this.#answerClosed(response, record)
    const done = this.#parts.audit.response(record, recordOf(response))
    // Mostly both records are written together.
    this.#recorded = written === undefined || written === done ? done : Promise.all([written, done])
    return response
  }

  /** What the vault was opened anew for has its second record in the log as that is now; when it was sealed it has none. */
  async #answerClosed(response: Response, record: RequestRecord): Promise<Response> {
    const answered = unrecorded(response)
    const done = this.#parts.auditNow()?.response(record, recordOf(response))
    if (done !== undefined) await done
    return answered
  }

  #answer(): Awaitable<Response> {
    const { mount, match, path } = this.#target
    const { operation } = this.#admission
    if (mount === undefined) throw notFound(`no handler for route "${path}". route entry not found.`)
    if (operation === 'help') return this.#respond(mount, this.#help(mount), [])
    if (match === undefined) throw notFound('unsupported path')
    return match.isPath ? this.#handled(mount, match) : this.#withoutPath(mount, match)
  }

  #handled(mount: LiveMount, match: Match): Awaitable<Response> {
    const { operation, token } = this.#admission
    const { handler } = operationOf(match.route, operation)
    const reply =
      token !== undefined && leavesResources(this.#target, mount)
        ? this.#resourcesBelow.note(token).then(() => handler(this.#admission.input(match, mount), mount.context))
        : handler(this.#admission.input(match, mount), mount.context)
    return reply instanceof Promise
      ? reply.then((late) => this.#replied(mount, match, late))
      : this.#replied(mount, match, reply)
  }

  async #withoutPath(mount: LiveMount, match: Match): Promise<Response> {
    const input = (): EngineRequest => this.#admission.input(match, mount)
    const isRemoval = this.#admission.operation === 'delete'
    if (isRemoval && (await isLeftOver(match.route, input, mount.context))) return await this.#handled(mount, match)
    throw notFound('unsupported path')
  }

  #replied(mount: LiveMount, { route }: Match, reply: Reply | undefined): Awaitable<Response> {
    const { operation, decision } = this.#admission
    const warnings = unusedInput(this.#request.data, route, operation)
    if (reply?.events !== undefined) {
      const stream = new EventStream(this.#parts, this.#request, mount, () => this.#pipeline.closed)
      return this.#respond(mount, { raw: stream.reply(reply.events) }, warnings)
    }
    if (decision?.listFilter === undefined) return this.#respond(mount, reply, warnings)
    return this.#filtered(reply, decision.listFilter).then((shown) => this.#respond(mount, shown, warnings))
  }

  #help(mount: LiveMount): Reply {
    const { mountPath, match } = this.#target
    const help = pathHelpOf({
      mount: { path: mount.entry.path, routes: mount.table.routes },
      mountDescription: mount.engine.description,
      path: mountPath,
      // Whoever asks about a mount asks for what is in it, also where one of its rows takes any path.
      route: mountPath === '' ? undefined : match?.route,
      version: this.#parts.version,
    })
    return { raw: { status: 200, contentType: 'application/json', body: `${JSON.stringify(help)}\n` } }
  }

  async #filtered(reply: Reply | undefined, filter: ListFilter): Promise<Reply | undefined> {
    const { namespace, clock, mounts } = this.#parts
    const { token, subject } = this.#admission
    if (token === undefined || subject === undefined) throw denied()
    const acl = await this.#parts.homes.aclOf(token, subject)
    const router = await mounts.router()
    const nowMs = clock.now()
    const needsSudo = (path: string): boolean => {
      const routed = router.route(path)
      return routed?.mount.table.match(routed.path)?.route.access === 'sudo'
    }
    return filteredListing(reply, (key) =>
      acl.showsKey({ filter, namespacePath: namespace.path, path: this.#target.path, key, nowMs }, needsSudo),
    )
  }

  #respond(mount: LiveMount, reply: Reply | undefined, inputWarnings: readonly string[]): Awaitable<Response> {
    if (grantsSomething(reply) || this.#resourcesBelow.isNoted) return this.#register(mount, reply, inputWarnings)
    const response = responseOf(this.#request.id, mount.entry.type, reply, grantedNothing(reply), inputWarnings)
    return reply?.takeBack === undefined ? this.#wrapped(response) : this.#wrappedOrTakenBack(reply, response)
  }

  async #register(mount: LiveMount, reply: Reply | undefined, inputWarnings: readonly string[]): Promise<Response> {
    // Whoever revokes by a prefix means a name in every spelling of it.
    const path = pathAsKept(this.#target) ?? this.#target.path
    const { token } = this.#admission
    if (reply?.lease !== undefined) await this.#resourcesBelow.note(token)
    const registered = await register(reply, { mount, request: this.#request, path, token }, this.#parts)
    await this.#resourcesBelow.confirm()
    // The lease ends with its token, as this request does: the caller would hold what is no longer good.
    if (reply?.lease !== undefined && this.isSpent) throw invalid(SPENT_ON_A_LEASE)
    const response = responseOf(this.#request.id, mount.entry.type, reply, registered, inputWarnings)
    return this.#wrappedOrTakenBack(reply, response)
  }

  async #wrappedOrTakenBack(reply: Reply | undefined, response: Response): Promise<Response> {
    try {
      return await this.#wrapped(response)
    } catch (error) {
      await this.#takeBack(reply, response)
      throw error
    }
  }

  /** What is new and nobody gets to know of. */
  async #takeBack(reply: Reply | undefined, { auth, leaseId }: Response): Promise<void> {
    const { leases, homes } = this.#parts
    await reply?.takeBack?.()
    if (reply?.lease !== undefined) await leases.revokeSoon(leaseId)
    if (auth === null || reply?.auth === undefined || ('issued' in reply.auth && reply.madeToken !== true)) return
    const found = await homes.own.tokens.lookup(auth.clientToken)
    if (found?.entry.type === 'service') await homes.own.revoker.revokeTree(found.hash)
  }

  #wrapped(response: Response): Awaitable<Response> {
    const { wrapTtlSeconds } = this.#request
    // A wrapping token would be made without a record.
    if (isStatus(this.#target, this.#request.operation)) return response
    if (wrapTtlSeconds === undefined || response.raw !== null || response.wrapInfo !== null) return response
    if (response.status >= 300 || (response.data === null && response.auth === null)) return response
    // There is nothing in it for others; what follows can be wrapped.
    if (response.auth?.mfaRequirement !== undefined) return response
    return this.#parts.wrapping.wrap(response, wrapTtlSeconds, this.#target.path)
  }
}

/** The words are Vault's. */
const SPENT_ON_A_LEASE =
  'Secret cannot be returned; token had one use left, so leased credentials were immediately revoked.'

/** The vault was sealed meanwhile: only who has nothing to tell (`sys/seal` itself) is answered. */
function unrecorded(response: Response): Response {
  if (response.status === 204) return response
  throw sealed()
}

function recordOf(response: Response): AuditResponse {
  return {
    data: response.wrapInfo === null ? response.data : null,
    auth: response.auth,
    leaseId: response.leaseId,
    wrapInfo: response.wrapInfo,
    warnings: response.warnings,
    error: undefined,
  }
}

function failed(message: string): AuditResponse {
  return {
    data: null,
    auth: null,
    leaseId: '',
    wrapInfo: null,
    warnings: null,
    error: message === '' ? undefined : message,
  }
}
