import type { IncomingMessage } from 'node:http'
import { UPLOAD_MAX_MS } from './deadline.ts'
import { ApiError } from './errors.ts'
import type { HttpRequest, HttpResponse, Wire } from './http.ts'
import {
  askedOf,
  firstBytes,
  headersOf,
  jsonOf,
  objectOf,
  type RequestSettings,
  refusalOf,
  warningsIn,
} from './http-answer.ts'
import { formatJson, isJsonObject, type JsonObject, parseJson } from './json.ts'
import type { HttpMethod, Query } from './method.ts'
import { type Retries, retriesOf, retrying } from './retry.ts'
import { type Secret, secretOf } from './secret.ts'

export interface Page {
  readonly after?: string
  readonly limit?: number
}

type Unsent = Omit<HttpRequest, 'headers'>

/** What repeats without harm. A write may have been done although its answer was lost. */
const SAFE: ReadonlySet<HttpMethod> = new Set(['GET', 'HEAD', 'DELETE'])

/**
 * The REST API by its paths below `/v1/`, whatever serves them, with every digit of every number: what command lines and
 * tools need. Every method throws ApiError when the server refuses and TransportError when there was no usable answer.
 * `undefined` means: nothing is there (404 on a read), or the server had nothing to say (204).
 */
export class Logical {
  readonly #wire: Wire
  readonly #settings: RequestSettings
  readonly #retries: Retries

  constructor(wire: Wire, settings: RequestSettings = {}, retries: Retries = retriesOf()) {
    this.#wire = wire
    this.#settings = settings
    this.#retries = retries
  }

  /** The same server, seen with other settings. */
  with(settings: RequestSettings): Logical {
    return new Logical(this.#wire, { ...this.#settings, ...settings }, this.#retries)
  }

  /** What is at `path`, below `/v1/`; undefined: nothing. Rejects with ApiError or TransportError, as all of these do. */
  async read(path: string, query: Query = []): Promise<Secret | undefined> {
    return this.#found({ method: 'GET', path, query })
  }

  /** As `read`; that nothing is there is a refusal, with the reason that the server may give. */
  async find(path: string, query: Query = []): Promise<Secret> {
    const request: Unsent = { method: 'GET', path, query }
    const response = await this.#send(request, isFound)
    const secret = foundIn(response)
    if (secret === undefined) throw this.#refusal(request, response)
    return secret
  }

  /** Keys directly below `path`, under `data.keys`. */
  async list(path: string, page: Page = {}): Promise<Secret | undefined> {
    return this.#found({ method: 'GET', path, query: [...pageQuery(page), ['list', 'true']] })
  }

  /** As `read`, of what every namespace has, such as its mounts: that it is not there is a refusal, with the server's reason. */
  async readOwn(path: string): Promise<Secret | undefined> {
    return this.#answered({ method: 'GET', path })
  }

  /** As `list`, of what every namespace has a list of: a 404 that gives a reason is a refusal, without one an empty list. */
  async listOwn(path: string, page: Page = {}): Promise<Secret | undefined> {
    try {
      return await this.#answered({ method: 'GET', path, query: [...pageQuery(page), ['list', 'true']] })
    } catch (error) {
      if (error instanceof ApiError && error.status === 404 && error.errors.length === 0) return undefined
      throw error
    }
  }

  /** Keys at any depth below `path`, under `data.keys`. */
  async scan(path: string, page: Page = {}): Promise<Secret | undefined> {
    return this.#found({ method: 'GET', path, query: [...pageQuery(page), ['scan', 'true']] })
  }

  /** Undefined: the answer has nothing to say. */
  async write(path: string, data: JsonObject = {}): Promise<Secret | undefined> {
    return this.#answered({ method: 'PUT', path, body: formatJson(data) })
  }

  /** JSON merge patch (RFC 7396). */
  async patch(path: string, data: JsonObject): Promise<Secret | undefined> {
    return this.#answered({ method: 'PATCH', path, body: formatJson(data) })
  }

  /** Undefined: the answer has nothing to say. */
  async delete(path: string, query: Query = []): Promise<Secret | undefined> {
    return this.#answered({ method: 'DELETE', path, query })
  }

  /** For the few endpoints that answer outside the envelope. `{}` where the answer has no body. */
  async json(
    method: HttpMethod,
    path: string,
    options: { body?: JsonObject; query?: Query } = {},
  ): Promise<JsonObject> {
    const body = options.body === undefined ? {} : { body: formatJson(options.body) }
    return objectOf(await this.raw({ method, path, query: options.query ?? [], ...body }), parseJson) ?? {}
  }

  /** The answer's bytes, whatever they are. */
  async raw(request: Unsent): Promise<HttpResponse> {
    return this.#send(request, isGood)
  }

  /** Lines of a streamed answer, until the server ends it or `signal` aborts. */
  async *lines(path: string, query: Query, signal: AbortSignal): AsyncGenerator<string> {
    const message = await this.stream(path, query)
    signal.addEventListener('abort', () => message.destroy(), { once: true })
    try {
      const { createInterface } = await import('node:readline')
      yield* createInterface({ input: message, crlfDelay: Number.POSITIVE_INFINITY })
    } finally {
      message.destroy()
    }
  }

  /** The bytes of a streamed answer. The caller destroys it. */
  async stream(path: string, query: Query = []): Promise<IncomingMessage> {
    const request: Unsent = { method: 'GET', path, query }
    const message = await this.#wire.stream({ ...request, headers: headersOf(this.#settings, request) })
    if (message.statusCode === 200) return message
    try {
      const body = await firstBytes(message)
      throw this.#refusal(request, { status: message.statusCode ?? 0, headers: message.headers, body })
    } finally {
      message.destroy()
    }
  }

  /** Sends a file as it is; it takes as long as it takes. */
  async upload(path: string, file: string): Promise<void> {
    const request: Unsent = { method: 'POST', path, file }
    const whole = { ...request, headers: headersOf(this.#settings, request) }
    const response = await this.#wire.send(whole, { timeoutMs: UPLOAD_MAX_MS })
    if (!isGood(response.status)) throw this.#refusal(request, response)
  }

  close(): void {
    this.#wire.close()
  }

  async #found(request: Unsent): Promise<Secret | undefined> {
    return foundIn(await this.#send(request, isFound))
  }

  async #answered(request: Unsent): Promise<Secret | undefined> {
    return secretIn(await this.raw(request))
  }

  #send(request: Unsent, isAnswer: (status: number) => boolean): Promise<HttpResponse> {
    const whole = { ...request, headers: headersOf(this.#settings, request) }
    return retrying(this.#retries, SAFE.has(request.method), undefined, async () => {
      const response = await this.#wire.send(whole)
      if (isAnswer(response.status)) return response
      throw this.#refusal(request, response)
    })
  }

  #refusal(request: Unsent, response: HttpResponse) {
    const asked = askedOf(this.#wire.address, request, this.#settings.namespace)
    return refusalOf(asked, response, jsonOf(response.body, parseJson))
  }
}

const isGood = (status: number): boolean => status >= 200 && status < 300
const isFound = (status: number): boolean => isGood(status) || status === 404

function pageQuery(page: Page): Query {
  return [
    ...(page.after !== undefined && page.after !== '' ? [['after', page.after] as const] : []),
    ...(page.limit !== undefined && page.limit > 0 ? [['limit', String(page.limit)] as const] : []),
  ]
}

function foundIn(response: HttpResponse): Secret | undefined {
  return response.status === 404 ? remainsOf(response.body) : secretIn(response)
}

function secretIn(response: HttpResponse): Secret | undefined {
  const body = objectOf(response, parseJson)
  if (body !== undefined) return secretOf(body)
  const warnings = warningsIn(response)
  return warnings.length === 0 ? undefined : secretOf({ warnings })
}

/** A deleted version answers 404 with its metadata: that is data. An empty 404 is nothing. */
function remainsOf(body: Buffer): Secret | undefined {
  const parsed = jsonOf(body, parseJson)
  if (!isJsonObject(parsed)) return undefined
  const secret = secretOf(parsed)
  const something = secret.data !== null && Object.keys(secret.data).length > 0
  return something || (secret.warnings?.length ?? 0) > 0 ? secret : undefined
}
