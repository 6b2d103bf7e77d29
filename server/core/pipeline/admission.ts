import { isWithin } from '../../../engines/cidr.ts'
import type { EngineRequest, Operation } from '../../../engines/engine.ts'
import { denied, EgideError, invalid } from '../../../engines/errors.ts'
import type { Awaitable } from '../../../storage/backend.ts'
import type { FoundToken } from '../../auth/token/service.ts'
import type { Acl, Decision } from '../../policy/decision.ts'
import { judge } from '../../policy/judge.ts'
import type { AuditCaller } from '../audit-port.ts'
import { fieldsOf, inputOf, settleOperation } from '../dispatch.ts'
import type { Subject } from '../identity/subjects.ts'
import type { LiveMount } from '../mounts/router.ts'
import type { Request } from '../request.ts'
import type { Match } from '../route-table.ts'
import { isWrapping } from '../wrapping/wrapping.ts'
import type { Callers } from './callers.ts'
import type { PipelineParts } from './parts.ts'
import { accessOf, pathAsKept, type Target } from './target.ts'

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
  /** Of the row, once they are parsed. */
  #fields: Readonly<Record<string, unknown>> | undefined = undefined

  constructor(parts: PipelineParts, callers: Callers, request: Request, target: Target) {
    this.#parts = parts
    this.#callers = callers
    this.#request = request
    this.#target = target
    this.operation = request.operation
  }

  /** Why the request is refused; undefined: it is not. Not a promise where all that it takes is at hand. */
  decide(): Awaitable<EgideError | undefined> {
    // It is for nobody, so that nothing of the token is asked for it. The words are Vault's.
    if (isWrite(this.#request.operation) && this.#target.path.endsWith('/'))
      return invalid("cannot write to a path ending in '/'")
    try {
      const refusal = this.#authenticate()
      return refusal instanceof Promise ? refusal.catch(refusalOf) : refusal
    } catch (error) {
      return refusalOf(error)
    }
  }

  /** The typed input of the row's handler. Throws `invalid_request`. */
  input({ route, params }: Match, { entry }: LiveMount): EngineRequest {
    const listLimit = this.decision?.listLimit
    if (this.#fields === undefined || listLimit !== undefined) {
      this.#fields = fieldsOf(this.#request.data, route, params, listLimit)
    }
    const resolved = {
      caller: this.caller,
      sudo: this.decision?.sudo ?? false,
      headerNames: entry.type === 'system' ? 'all' : entry.config.passthroughRequestHeaders,
      listLimit,
    } as const
    return inputOf(this.#request, this.operation, route, params, this.#target.mountPath, resolved, this.#fields)
  }

  #authenticate(): Awaitable<EgideError | undefined> {
    const found = this.#lookup()
    return found instanceof Promise ? found.then((late) => this.#identify(late)) : this.#identify(found)
  }

  #identify(found: FoundToken | undefined): Awaitable<EgideError | undefined> {
    const subject = found && this.#parts.homes.subjectOf(found)
    return subject instanceof Promise ? subject.then((late) => this.#admit(found, late)) : this.#admit(found, subject)
  }

  #admit(found: FoundToken | undefined, subject: Subject | undefined): Awaitable<EgideError | undefined> {
    const isOpen = accessOf(this.#target, this.operation) === 'none' && this.operation !== 'help'
    if (found === undefined || subject === undefined) return isOpen ? undefined : this.#badToken()
    this.token = found
    this.subject = subject
    if (isOpen) {
      this.caller = this.#callers.of(found, subject, undefined)
      return undefined
    }
    // What waits for it is at its home: here its one use would be lost for nothing.
    if (found.from !== undefined && isWrapping(found)) return this.#badToken()
    return found.entry.numUses === 0 ? this.#authorise(found, subject) : this.#takeUse(found)
  }

  async #takeUse(found: FoundToken): Promise<EgideError | undefined> {
    const { home, hash } = this.#parts.homes.homeOf(found)
    const used = await home.tokens.use(hash)
    if (used === undefined) return this.#badToken()
    this.token = { ...found, entry: used }
    this.isSpent = used.numUses < 0
    // What was taken is a token of its own, with a number of uses of its own.
    this.subject = await this.#parts.homes.subjectOf(this.token)
    return this.subject === undefined ? this.#badToken() : this.#authorise(this.token, this.subject)
  }

  #lookup(): Awaitable<FoundToken | undefined> {
    const { token } = this.#request
    if (token === undefined || token === '') return undefined
    const found = this.#parts.homes.lookup(token)
    return found instanceof Promise ? found.then((late) => this.#usableHere(late)) : this.#usableHere(found)
  }

  #usableHere(found: FoundToken | undefined): FoundToken | undefined {
    const { remoteAddress } = this.#request.connection
    return found !== undefined && isWithin(found.entry.boundCidrs, remoteAddress) ? found : undefined
  }

  #badToken(): EgideError {
    const message = this.#target.match?.route.badToken
    return message === undefined || !this.#request.token ? denied() : invalid(message)
  }

  #authorise(found: FoundToken, subject: Subject): Awaitable<EgideError | undefined> {
    const acl = this.#parts.homes.aclOf(found, subject)
    return acl instanceof Promise
      ? acl.then((late) => this.#weigh(found, subject, late))
      : this.#weigh(found, subject, acl)
  }

  #weigh(found: FoundToken, subject: Subject, acl: Acl): Awaitable<EgideError | undefined> {
    this.caller = this.#callers.of(found, subject, undefined)
    const settling = this.#settle()
    return settling === undefined
      ? this.#refusedBy(acl, found, subject)
      : settling.then(() => this.#refusedBy(acl, found, subject))
  }

  #refusedBy(acl: Acl, found: FoundToken, subject: Subject): EgideError | undefined {
    const decision = this.#judge(acl)
    this.decision = decision
    this.caller = this.#callers.of(found, subject, decision)
    if (!decision.allowed) return denied()
    return accessOf(this.#target, this.operation) === 'sudo' && !decision.sudo ? denied() : undefined
  }

  /** Whether it is a create or an update. Input that can't be read is an update; it is refused later, and recorded. */
  #settle(): Promise<unknown> | undefined {
    const { match, mount } = this.#target
    if (this.operation !== 'update' || match?.isPath !== true || mount === undefined) return undefined
    if (match.route.exists === undefined) return undefined
    try {
      const settled = settleOperation('update', match.route, () => this.input(match, mount), mount.context)
      if (settled instanceof Promise) return settled.then((late) => this.#settleAs(late), refusalOf)
      this.#settleAs(settled)
    } catch (error) {
      refusalOf(error)
    }
    return undefined
  }

  #settleAs(operation: Operation): void {
    this.operation = operation
  }

  #judge(acl: Acl): Decision {
    const decision = this.#judgeAt(acl, this.#target.path)
    const kept = decision.isRoot || !decision.allowed ? undefined : pathAsKept(this.#target)
    if (kept === undefined) return decision
    // A rule that holds for the name as it is kept holds for all its spellings: capitals must not lead around a denial.
    const asKept = this.#judgeAt(acl, kept)
    if (asKept.reason === 'no_rule') return decision
    return asKept.allowed ? { ...asKept, sudo: asKept.sudo && decision.sudo } : asKept
  }

  #judgeAt(acl: Acl, path: string): Decision {
    return judge(acl, {
      operation: this.operation,
      path: this.#parts.namespace.path + path,
      data: this.#request.data,
      wrapTtlSeconds: this.#request.wrapTtlSeconds,
      nowMs: this.#parts.clock.now(),
    })
  }
}

function isWrite(operation: Operation): boolean {
  return operation === 'update' || operation === 'create' || operation === 'patch'
}

/** A refusal is recorded like any other outcome; anything else is a fault. */
function refusalOf(error: unknown): EgideError {
  if (error instanceof EgideError) return error
  throw error
}
