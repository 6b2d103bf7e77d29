import type { IncomingMessage, ServerResponse } from 'node:http'
import { EgideError } from '../../engines/errors.ts'
import { kindOf } from '../../engines/kms/errors.ts'
import type { AccessKey, AccessKeys } from '../core/access-keys/access-key.ts'
import { Allowance } from '../core/allowance.ts'
import { requireCleanPath } from '../core/clean-path.ts'
import { RateLimited } from '../core/quotas/quotas.ts'
import { RequestFailures } from '../core/request-failures.ts'
import { connectionOf, type ListenerTraits, type RestServices } from '../rest/adapter.ts'
import type { OtherAdapter } from '../rest/http-server.ts'
import { parseJsonBody } from '../rest/json-body.ts'
import { hasBody, isOverlong, readBody } from '../rest/read-body.ts'
import { authenticate } from './authenticate.ts'
import { AwsError } from './aws-error.ts'
import { Call } from './call.ts'
import { awsErrorOf } from './failures.ts'
import type { Data, KmsOperation } from './operation.ts'
import { OPERATIONS } from './operations/index.ts'
import { type SignedRequest, valuesOf } from './signature.ts'

/** What the adapters of all listeners share. */
export interface AwsServices extends Omit<RestServices, 'cors'> {
  readonly accessKeys: AccessKeys
}

/** What AWS's clients are given as their endpoint, with or without a slash at its end. */
export const AWS_KMS_PATH = '/aws/kms'
const TARGET_PREFIX = 'TrentService.'
const CONTENT_TYPE = 'application/x-amz-json-1.1'
/** The largest request of the API holds a key policy of 32 KiB, or 60 KiB of data to encrypt in base64. */
const BODY_MAX_BYTES = 256 * 1024
const NOTHING = Buffer.alloc(0)
const NO_DATA: Data = {}

/**
 * The AWS KMS API, JSON 1.1 with Signature Version 4: https://docs.aws.amazon.com/kms/latest/APIReference/. A request that
 * its signature shows to be of an access key becomes one of the core, made with that key's token; the core decides.
 */
export class AwsAdapter implements OtherAdapter {
  readonly #services: AwsServices
  readonly #traits: ListenerTraits
  readonly #bodies: Allowance
  readonly #failures: RequestFailures

  constructor(services: AwsServices, traits: ListenerTraits) {
    this.#services = services
    this.#traits = traits
    this.#bodies = new Allowance(traits.limits.heldBodyBytes)
    this.#failures = new RequestFailures(services)
  }

  /** Whether a request target is for this adapter. */
  serves(target: string): boolean {
    return target === AWS_KMS_PATH || target.startsWith(`${AWS_KMS_PATH}/`) || target.startsWith(`${AWS_KMS_PATH}?`)
  }

  /** Never rejects. */
  async handle(message: IncomingMessage, reply: ServerResponse): Promise<void> {
    const { inFlight, clock, random, monotonicMs, observe } = this.#services
    const started = monotonicMs()
    const connection = connectionOf(message.socket, this.#traits.tls)
    const call = new Call(this, message, reply, random.uuid(), connection, clock.now(), started)
    if (inFlight.refuses()) {
      this.#fail(call, new EgideError('unavailable', 'too many requests are in flight'))
      return
    }
    const place = inFlight.add(call)
    try {
      await this.#serve(call)
    } catch (error) {
      this.#fail(call, error)
    } finally {
      inFlight.remove(place)
    }
    observe(call.operation, call.mountType, reply.statusCode, (monotonicMs() - started) / 1000)
  }

  /** Answers this listener's requests that have taken too long; what they still come to is dropped. */
  expire(): void {
    const { inFlight, monotonicMs } = this.#services
    for (const call of inFlight.startedBefore(monotonicMs() - this.#traits.limits.handleTimeoutMs)) {
      if (!(call instanceof Call) || call.owner !== this) continue
      call.abort()
      this.#fail(call, new EgideError('timeout', 'the request took too long'))
    }
  }

  async #serve(call: Call): Promise<void> {
    const { message } = call
    const { url = '', method } = message
    if (method !== 'POST') throw new AwsError('UnknownOperationException', 'the KMS API is asked by POST', 405)
    if (url !== AWS_KMS_PATH && url !== `${AWS_KMS_PATH}/`)
      throw new AwsError('UnknownOperationException', `the KMS API is at ${AWS_KMS_PATH}/`, 404)
    this.#resolveClient(call)
    const body = await this.#read(call)
    const key = await this.#authenticated(call, { method, path: url, rawHeaders: message.rawHeaders, body })
    const { place, token } = key
    call.namespace = place.namespace.path
    call.token = token
    const { operation, input, asked } = await this.#recorded(call, () => this.#askedBy(message, body, key))
    call.operation = asked.operation
    call.path = place.mount.path + asked.path
    call.data = asked.data
    await this.#services.core.admit?.(call, true)
    const reply = await this.#replyTo(call)
    this.#answer(call, operation.answer?.({ reply, input, key }))
  }

  async #askedBy(message: IncomingMessage, body: Buffer, key: AccessKey) {
    const operation = operationOf(valuesOf(message.rawHeaders, 'x-amz-target')[0])
    const input = this.#inputOf(body)
    const asked = await operation.ask(input, key)
    requireCleanPath(asked.path)
    return { operation, input, asked }
  }

  /** A list of nothing is empty to AWS's clients, and nothing there to Vault's. */
  async #replyTo(call: Call): Promise<Data> {
    try {
      const response = await this.#services.core.handle(call)
      call.mountType = response.mountType
      return response.data ?? NO_DATA
    } catch (error) {
      const isEmpty = call.operation === 'list' && error instanceof EgideError && error.code === 'not_found'
      if (isEmpty && kindOf(error) === undefined && error.message === '') return NO_DATA
      throw error
    }
  }

  #resolveClient(call: Call): void {
    const { forwarded } = this.#traits
    const client = forwarded?.clientOf(call.connection.remoteAddress, call.message.headers)
    if (client === undefined) return
    call.connection = { ...call.connection, remoteAddress: client.address, peerChain: client.peerChain }
  }

  async #read({ message, reply }: Call): Promise<Buffer> {
    if (!hasBody(message)) return NOTHING
    const maxBytes = Math.min(BODY_MAX_BYTES, this.#traits.limits.maxBodyBytes)
    if (message.headers.expect !== undefined && !isOverlong(message, maxBytes)) reply.writeContinue()
    return readBody(message, maxBytes, this.#bodies)
  }

  async #authenticated(call: Call, request: SignedRequest): Promise<AccessKey> {
    const { accessKeys, clock } = this.#services
    return this.#recorded(call, () => authenticate(request, accessKeys, clock.now()))
  }

  /** What is refused before it is a request of the core stands in the audit log too. */
  async #recorded<T>(call: Call, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      const refusal = refusalOf(error)
      if (refusal === undefined) throw error
      // Who knocks without a key is counted like any other, so that quotas bound what is recorded of them.
      await this.#services.core.admit?.(call, true)
      await this.#services.accessKeys.refuse(call, refusal).catch((thrown: unknown) => {
        if (thrown !== refusal) throw thrown
      })
      throw error
    }
  }

  #inputOf(body: Buffer): Readonly<Record<string, unknown>> {
    try {
      return parseJsonBody(body, this.#traits.limits)
    } catch (error) {
      if (error instanceof EgideError) throw new AwsError('SerializationException', error.message)
      throw error
    }
  }

  #answer(call: Call, data: Data | undefined): void {
    if (call.answered) return
    call.answered = true
    send(call, 200, data === undefined ? '' : JSON.stringify(data), this.#traits)
  }

  #fail(call: Call, error: unknown): void {
    if (call.answered) return
    call.answered = true
    const { type, message, status, retryAfterSeconds } = this.#awsErrorOf(call, error)
    if (call.reply.headersSent || call.reply.destroyed) {
      call.reply.destroy()
      return
    }
    const more: string[] = status === 405 ? ['Allow', 'POST'] : []
    if (retryAfterSeconds !== undefined) more.push('Retry-After', String(Math.ceil(retryAfterSeconds)))
    if (error instanceof RateLimited) more.push(...error.headers)
    send(call, status, JSON.stringify({ __type: type, message }), this.#traits, more)
  }

  #awsErrorOf(call: Call, error: unknown): AwsError {
    return error instanceof AwsError ? error : awsErrorOf(this.#failures.told(error, call.id, call.path))
  }
}

/** As it is recorded; undefined of what is a fault. */
function refusalOf(error: unknown): EgideError | undefined {
  if (error instanceof AwsError) return new EgideError('permission_denied', `${error.type}: ${error.message}`)
  if (!(error instanceof EgideError)) return undefined
  return error.code === 'invalid_request' || kindOf(error) !== undefined ? error : undefined
}

function operationOf(target: string | undefined): KmsOperation {
  const name = target?.startsWith(TARGET_PREFIX) === true ? target.slice(TARGET_PREFIX.length) : ''
  const operation = OPERATIONS.get(name)
  if (operation === undefined) throw new AwsError('UnknownOperationException', 'X-Amz-Target names no operation of KMS')
  return operation
}

function send(call: Call, status: number, body: string, traits: ListenerTraits, more: readonly string[] = []): void {
  const headers = [...traits.headersFor(status)]
  const at = headers.indexOf('Content-Type')
  if (at >= 0) headers[at + 1] = CONTENT_TYPE
  headers.push('x-amzn-RequestId', call.id, ...more, 'Content-Length', String(Buffer.byteLength(body)))
  call.reply.writeHead(status, headers)
  call.reply.end(body)
}
