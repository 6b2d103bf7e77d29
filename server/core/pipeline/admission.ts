import { isWithin } from '../../../engines/cidr.ts'
import type { EngineRequest, Operation } from '../../../engines/engine.ts'
import { denied, EgideError, invalid } from '../../../engines/errors.ts'
import type { FoundToken } from '../../auth/token/service.ts'
import type { Acl, Decision } from '../../policy/decision.ts'
import { judge } from '../../policy/judge.ts'
import type { AuditCaller } from '../audit-port.ts'
import { inputOf, settleOperation } from '../dispatch.ts'
import type { Subject } from '../identity/subjects.ts'
import type { LiveMount } from '../mounts/router.ts'
import type { Request } from '../request.ts'
import type { Match } from '../route-table.ts'
import type { Callers } from './callers.ts'
import type { PipelineParts } from './parts.ts'
import { accessOf, type Target } from './target.ts'

/** Who makes a request, and whether they may. */
export class Admission {
  operation: Operation
  caller: AuditCaller | undefined
  decision: Decision | undefined
  token: FoundToken | undefined
  /** Whom the token belongs to; there is one wherever there is a token. */
  subject: Subject | undefined
  /** The request took the token's last use. */
  isSpent = false
  readonly #parts: PipelineParts
  readonly #callers: Callers
  readonly #request: Request
  readonly #target: Target

  constructor(parts: PipelineParts, callers: Callers, request: Request, target: Target) {
    this.#parts = parts
    this.#callers = callers
    this.#request = request
    this.#target = target
    this.operation = request.operation
  }

  /** Resolves with why the request is refused. */
  async decide(): Promise<EgideError | undefined> {
    try {
      return await this.#authenticate()
    } catch (error) {
      // A refusal is recorded like any other outcome; anything else is a fault.
      if (error instanceof EgideError) return error
      throw error
    }
  }

  /** The typed input of the row's handler. Throws `invalid_request`. */
  input({ route, params }: Match, { entry }: LiveMount): EngineRequest {
    return inputOf(this.#request, this.operation, route, params, this.#target.mountPath, {
      caller: this.caller,
      sudo: this.decision?.sudo ?? false,
      headerNames: entry.type === 'system' ? 'all' : entry.config.passthroughRequestHeaders,
      listLimit: this.decision?.listLimit,
    })
  }

  async #authenticate(): Promise<EgideError | undefined> {
    const isOpen = accessOf(this.#target, this.operation) === 'none' && this.operation !== 'help'
    const found = await this.#lookup()
    const asked = found && this.#parts.homes.subjectOf(found)
    const subject = asked instanceof Promise ? await asked : asked
    if (found === undefined || subject === undefined) return isOpen ? undefined : this.#badToken()
    this.token = found
    this.subject = subject
    if (isOpen) {
      this.caller = this.#callers.of(found, subject, undefined)
      return undefined
    }
    if (found.entry.numUses === 0) return this.#authorise(found, subject)
    const { home, hash } = this.#parts.homes.homeOf(found)
    const used = await home.tokens.use(hash)
    if (used === undefined) return this.#badToken()
    this.token = { ...found, entry: used }
    this.isSpent = used.numUses < 0
    // What was taken is a token of its own, with a number of uses of its own.
    this.subject = await this.#parts.homes.subjectOf(this.token)
    return this.subject === undefined ? this.#badToken() : this.#authorise(this.token, this.subject)
  }

  async #lookup(): Promise<FoundToken | undefined> {
    const { token, connection } = this.#request
    if (token === undefined || token === '') return undefined
    const looked = this.#parts.homes.lookup(token)
    const found = looked instanceof Promise ? await looked : looked
    return found !== undefined && isWithin(found.entry.boundCidrs, connection.remoteAddress) ? found : undefined
  }

  #badToken(): EgideError {
    const message = this.#target.match?.route.badToken
    return message === undefined || !this.#request.token ? denied() : invalid(message)
  }

  async #authorise(found: FoundToken, subject: Subject): Promise<EgideError | undefined> {
    const made = this.#parts.homes.aclOf(found, subject)
    const acl = made instanceof Promise ? await made : made
    this.caller = this.#callers.of(found, subject, undefined)
    if (this.operation === 'update') await this.#settle()
    const decision = this.#judge(acl)
    this.decision = decision
    this.caller = this.#callers.of(found, subject, decision)
    if (!decision.allowed) return denied()
    return accessOf(this.#target, this.operation) === 'sudo' && !decision.sudo ? denied() : undefined
  }

  /** Whether it is a create or an update. Input that can't be read is an update; it is refused later, and recorded. */
  async #settle(): Promise<void> {
    const { match, mount } = this.#target
    if (this.operation !== 'update' || match?.route.exists === undefined || mount === undefined) return
    try {
      this.operation = await settleOperation('update', match.route, () => this.input(match, mount), mount.context)
    } catch (error) {
      if (!(error instanceof EgideError)) throw error
    }
  }

  #judge(acl: Acl): Decision {
    return judge(acl, {
      operation: this.operation,
      path: this.#parts.namespace.path + this.#target.path,
      data: this.#request.data,
      wrapTtlSeconds: this.#request.wrapTtlSeconds,
      nowMs: this.#parts.clock.now(),
    })
  }
}
