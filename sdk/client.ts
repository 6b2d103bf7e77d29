import type { IncomingMessage } from 'node:http'
import { type Answer, ApiError, TransportError } from './errors.ts'
import { formatJson, isJsonArray, isJsonObject, type JsonObject, type JsonValue, parseJson } from './json.ts'
import type { HttpMethod } from './method.ts'
import { type Secret, secretOf } from './secret.ts'
import { type HttpRequest, type HttpResponse, type Transport, urlOf } from './transport.ts'

export type Query = readonly (readonly [name: string, value: string])[]

export interface ClientSettings {
  readonly token?: string
  readonly namespace?: string
  /** Ask for answers to be wrapped for this long, e.g. `60s`. */
  readonly wrapTtl?: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface Page {
  readonly after?: string
  readonly limit?: number
}

/**
 * The REST API. Paths are those below `/v1/`. Every method throws ApiError when the server refuses and
 * TransportError when there was no usable answer. `undefined` means: nothing is there (404 on a read), or the
 * server had nothing to say (204).
 */
export class Client {
  readonly #transport: Transport
  readonly #settings: ClientSettings

  constructor(transport: Transport, settings: ClientSettings = {}) {
    this.#transport = transport
    this.#settings = settings
  }

  /** The same server, seen with other settings. */
  with(settings: ClientSettings): Client {
    return new Client(this.#transport, { ...this.#settings, ...settings })
  }

  async read(path: string, query: Query = []): Promise<Secret | undefined> {
    return this.#found({ method: 'GET', path, query })
  }

  /** Keys directly below `path`, under `data.keys`. */
  async list(path: string, page: Page = {}): Promise<Secret | undefined> {
    return this.#found({ method: 'GET', path, query: [...pageQuery(page), ['list', 'true']] })
  }

  /** Keys at any depth below `path`, under `data.keys`. */
  async scan(path: string, page: Page = {}): Promise<Secret | undefined> {
    return this.#found({ method: 'GET', path, query: [...pageQuery(page), ['scan', 'true']] })
  }

  async write(path: string, data: JsonObject = {}): Promise<Secret | undefined> {
    return this.#answered({ method: 'PUT', path, body: formatJson(data) })
  }

  /** JSON merge patch (RFC 7396). */
  async patch(path: string, data: JsonObject): Promise<Secret | undefined> {
    return this.#answered({ method: 'PATCH', path, body: formatJson(data) })
  }

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
    const response = await this.raw({ method, path, query: options.query ?? [], ...body })
    return objectOf(response) ?? {}
  }

  /** The answer's bytes, whatever they are. */
  async raw(request: Omit<HttpRequest, 'headers'>): Promise<HttpResponse> {
    const response = await this.#transport.send({ ...request, headers: this.#headers(request) })
    if (response.status >= 200 && response.status < 300) return response
    throw this.#refusal(request, response.status, response.body)
  }

  /** Lines of a streamed answer, until the server ends it or `signal` aborts. */
  async *lines(path: string, query: Query, signal: AbortSignal): AsyncGenerator<string> {
    const request: Omit<HttpRequest, 'headers'> = { method: 'GET', path, query }
    const message = await this.#transport.stream({ ...request, headers: this.#headers(request) })
    signal.addEventListener('abort', () => message.destroy(), { once: true })
    try {
      if (message.statusCode !== 200) {
        throw this.#refusal(request, message.statusCode ?? 0, await firstBytes(message))
      }
      const { createInterface } = await import('node:readline')
      yield* createInterface({ input: message, crlfDelay: Number.POSITIVE_INFINITY })
    } finally {
      message.destroy()
    }
  }

  close(): void {
    this.#transport.close()
  }

  async #found(request: Omit<HttpRequest, 'headers'>): Promise<Secret | undefined> {
    const response = await this.#transport.send({ ...request, headers: this.#headers(request) })
    if (response.status === 404) return remainsOf(response.body)
    if (response.status >= 200 && response.status < 300) return secretIn(response)
    throw this.#refusal(request, response.status, response.body)
  }

  async #answered(request: Omit<HttpRequest, 'headers'>): Promise<Secret | undefined> {
    return secretIn(await this.raw(request))
  }

  #headers(request: Omit<HttpRequest, 'headers'>): Record<string, string> {
    const { token, namespace, wrapTtl, headers } = this.#settings
    return {
      ...headers,
      // Says that no browser was tricked into sending this: servers may insist on it.
      'X-Vault-Request': 'true',
      ...(token !== undefined && token !== '' && { 'X-Vault-Token': token }),
      ...(namespace !== undefined && namespace !== '' && { 'X-Vault-Namespace': namespace }),
      ...(wrapTtl !== undefined && wrapTtl !== '' && { 'X-Vault-Wrap-TTL': wrapTtl }),
      ...(request.body !== undefined && {
        'Content-Type': request.method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
      }),
    }
  }

  #refusal(request: Omit<HttpRequest, 'headers'>, status: number, body: Buffer): ApiError {
    const url = urlOf(this.#transport.address, { path: request.path, query: (request.query ?? []).map(hideValue) })
    return new ApiError(
      { method: request.method, url, namespace: this.#settings.namespace ?? '' },
      status,
      answerOf(body),
    )
  }
}

function pageQuery(page: Page): Query {
  return [
    ...(page.after !== undefined && page.after !== '' ? [['after', page.after] as const] : []),
    ...(page.limit !== undefined && page.limit > 0 ? [['limit', String(page.limit)] as const] : []),
  ]
}

/** Only these query fields are shown in errors; any other may hold what its sender calls a secret. */
const SHOWN = new Set(['list', 'scan', 'help', 'after', 'limit', 'version', 'log_level', 'log_format'])

function hideValue([name, value]: readonly [string, string]): readonly [string, string] {
  return [name, SHOWN.has(name) ? value : 'hidden']
}

function secretIn(response: HttpResponse): Secret | undefined {
  const body = objectOf(response)
  return body === undefined ? undefined : secretOf(body)
}

/** A deleted version answers 404 with its metadata: that is data. An empty 404 is nothing. */
function remainsOf(body: Buffer): Secret | undefined {
  const parsed = parsedOrUndefined(body)
  if (!isJsonObject(parsed)) return undefined
  const secret = secretOf(parsed)
  const something = secret.data !== null && Object.keys(secret.data).length > 0
  return something || (secret.warnings?.length ?? 0) > 0 ? secret : undefined
}

function objectOf(response: HttpResponse): JsonObject | undefined {
  if (response.body.length === 0) return undefined
  const parsed = parsedOrUndefined(response.body)
  if (!isJsonObject(parsed))
    throw new TransportError('invalid_response', 'the server did not answer with a JSON object')
  return parsed
}

function parsedOrUndefined(body: Buffer): JsonValue | undefined {
  try {
    return parseJson(body.toString('utf8'))
  } catch {
    return undefined
  }
}

const SHOWN_OF_RAW = 1024

function answerOf(body: Buffer): Answer {
  const parsed = parsedOrUndefined(body)
  if (isJsonObject(parsed) && isJsonArray(parsed.errors)) {
    return { errors: parsed.errors.filter((error) => typeof error === 'string') }
  }
  return { raw: body.subarray(0, SHOWN_OF_RAW).toString('utf8') }
}

async function firstBytes(message: IncomingMessage): Promise<Buffer> {
  for await (const chunk of message as AsyncIterable<Buffer>) return chunk
  return Buffer.alloc(0)
}
