import { inspect } from 'node:util'
import { Caller, type CallerSettings, type CallOptions, WrappedElsewhere } from './caller.ts'
import type { Clock } from './clock.ts'
import { TransportError } from './errors.ts'
import { Api } from './gen/api.ts'
import type { JsonMap } from './json.ts'
import type { MfaRequirement } from './mfa.ts'
import type { Input, Operation } from './operation.ts'
import type { Auth, Reply } from './reply.ts'
import { type RestSettings, RestTransport } from './rest.ts'
import { type RetrySettings, retriesOf } from './retry.ts'
import { conform } from './shape.ts'
import type { Transport } from './transport.ts'
import { Wrapped } from './wrapping.ts'

/** Either an address of the HTTP API with its settings, or a transport such as that of `egide/sdk/grpc`. */
export type ClientSettings = (RestSettings | { readonly transport: Transport }) &
  CallerSettings & {
    readonly retry?: RetrySettings & {
      readonly clock?: Pick<Clock, 'random'>
      readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>
    }
  }

/**
 * A vault, as an application sees it. Methods are named as in the API reference and typed by the same tables. They reject
 * with ApiError when the server refuses, with TransportError when there is no usable answer, and with the signal's reason
 * when it aborts. Nothing that `util.inspect` or JSON show of a client holds a token.
 */
export class Client extends Api {
  readonly #caller: Caller

  constructor(settings: ClientSettings | Caller) {
    const caller = settings instanceof Caller ? settings : callerOf(settings)
    super(caller)
    this.#caller = caller
  }

  /** The same connections with another token, namespace, headers or time limit. */
  with(settings: CallerSettings): Client {
    return new Client(this.#caller.with(settings))
  }

  /**
   * Logs in by whatever `ask` calls, and gives a client that goes on with the token it got:
   * `vault.login((v) => v.request('POST', 'auth/approle/login', { role_id, secret_id }))`. Where the login waits for a second
   * factor, `prove` says what to show: passcodes by the ids or names of methods, '' for methods without.
   */
  async login(
    ask: (client: Client) => Promise<Reply<unknown>>,
    prove?: (requirement: MfaRequirement) => Promise<Readonly<Record<string, string>>>,
  ): Promise<{ client: Client; auth: Auth }> {
    const first = (await ask(this)).auth
    const auth = first?.mfaRequirement === undefined ? first : await this.#validated(first.mfaRequirement, prove)
    if (auth === undefined) throw new TransportError('invalid_response', 'the answer holds no token: it was no login')
    return { client: this.with({ token: auth.clientToken }), auth }
  }

  async #validated(
    requirement: MfaRequirement,
    prove: ((requirement: MfaRequirement) => Promise<Readonly<Record<string, string>>>) | undefined,
  ): Promise<Auth | undefined> {
    if (prove === undefined)
      throw new TransportError('invalid_response', 'the login waits for a second factor, and nothing was given to show')
    const shown = Object.entries(await prove(requirement))
    const payload = Object.fromEntries(shown.map(([method, passcode]) => [method, [passcode]]))
    return (await this.auth.validateMfa({ mfa_request_id: requirement.requestId, mfa_payload: payload })).auth
  }

  /**
   * Has the answer of the one request that `ask` makes kept by the server for `ttl` (seconds, or a duration such as `5m`),
   * for one reader: whom its token is given to.
   */
  async wrap<T>(ttl: number | string, ask: (client: Client) => Promise<Reply<T>>): Promise<Wrapped<T>> {
    try {
      await ask(new Client(this.#caller.wrapping(typeof ttl === 'number' ? `${ttl}s` : ttl)))
    } catch (error) {
      if (error instanceof WrappedElsewhere) return new Wrapped<T>(error.wrapInfo, error.operation)
      throw error
    }
    throw new TypeError('what is to be wrapped must make a request with the client that it is given')
  }

  /** Takes a wrapped answer, once: a second time is refused, which tells that somebody else has read it. */
  unwrap<T>(wrapped: Wrapped<T>, options?: CallOptions): Promise<Reply<T>>
  unwrap(token: string, options?: CallOptions): Promise<Reply<JsonMap>>
  async unwrap(wrapped: Wrapped<unknown> | string, options?: CallOptions): Promise<Reply<unknown>> {
    const token = typeof wrapped === 'string' ? wrapped : wrapped.token
    // Without a token of its own, the client unwraps as the wrapping token itself: named twice, it would be used twice.
    const { hasToken } = this.#caller
    const reply = await (hasToken ? this : this.with({ token })).sys.unwrap(hasToken ? { token } : {}, options)
    if (typeof wrapped === 'string') return reply
    return reply.with(conform(Wrapped.shapeOf(wrapped), reply.data))
  }

  /** A request of the HTTP API that has no method here, `path` being below `/v1/`. Not over gRPC. */
  request(
    verb: Exclude<Operation['verb'], ''>,
    path: string,
    input: Input = {},
    options?: CallOptions,
  ): Promise<Reply<JsonMap>> {
    const safe = verb !== 'POST' && verb !== 'PATCH'
    const operation: Operation = { ...ANYTHING, rpc: `${verb} ${path}`, verb, safe }
    return this.#caller.call(operation, { ...input, [WHOLE_PATH]: path }, options) as Promise<Reply<JsonMap>>
  }

  /** Lets go of connections that are kept. */
  close(): void {
    this.#caller.transport.close()
  }

  [inspect.custom](): string {
    return `Client { ${this.#caller.transport.place} }`
  }

  toJSON(): object {
    return { place: this.#caller.transport.place }
  }
}

/** The path is one field of the input, so that braces in it are text. No field of the API has this name. */
const WHOLE_PATH = '__path'
const ANYTHING = { service: '', path: `{${WHOLE_PATH}=**}`, answers: 'data', shape: 'any' } as const

function callerOf(settings: ClientSettings): Caller {
  const { token, namespace, headers, timeoutMs, retry = {}, ...rest } = settings
  const transport = 'transport' in rest ? rest.transport : new RestTransport(rest)
  return new Caller(transport, retriesOf(retry, retry), { token, namespace, headers, timeoutMs })
}
