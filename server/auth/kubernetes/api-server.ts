import type { Clock } from '../../../engines/engine.ts'
import type { VerificationKey } from '../jwks/key-set.ts'
import { fetchKeys } from '../jwks/key-source.ts'
import { type OutgoingFetch, type OutgoingRequest, outgoingFetch, Unreachable } from '../jwks/outgoing-fetch.ts'
import { BoundedSemaphore, SemaphoreOverloaded } from './bounded-semaphore.ts'

/** Calls of one API server at a time, and connections that are kept to it, however many pods start. */
const CONNECTIONS = 16

/** The API server can't say: it is away, fails, or does not let us ask. Nothing is known of who was asked about. */
export class ClusterUnavailable extends Error {
  override readonly name = 'ClusterUnavailable'
}

/** Who the API server says that a token is for. */
export interface Reviewed {
  readonly namespace: string
  readonly name: string
  readonly uid: string
}

type JsonObject = Readonly<Record<string, unknown>>

/**
 * The calls that are made of a cluster's API server (https://kubernetes.io/docs/reference/kubernetes-api/). All reject with
 * ClusterUnavailable where it gives no answer to the question.
 */
export class ApiServer {
  readonly #host: string
  readonly #fetch: OutgoingFetch
  readonly #semaphore: BoundedSemaphore
  /** Read for each call: what lies in a file is replaced about once an hour. Undefined: there is none. */
  readonly #reviewer: () => Promise<string | undefined>

  constructor(host: string, caPem: string, clock: Clock, reviewer: () => Promise<string | undefined>) {
    this.#host = host
    this.#semaphore = new BoundedSemaphore(CONNECTIONS, clock)
    this.#fetch = outgoingFetch({ caPem, serverNames: [] }, { keptConnections: CONNECTIONS })
    this.#reviewer = reviewer
  }

  /** Undefined: it is not a token of the cluster for one of these audiences, or none any more. */
  async review(token: string, audiences: readonly string[]): Promise<Reviewed | undefined> {
    const reviewer = await this.#reviewer()
    const spec = { token, ...(audiences.length > 0 && { audiences }) }
    const reply = await this.#send('/apis/authentication.k8s.io/v1/tokenreviews', reviewer ?? token, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'TokenReview', apiVersion: 'authentication.k8s.io/v1', spec }),
    })
    // Who asks with the token itself is told by this that it is none.
    if (reviewer === undefined && (reply.status === 401 || reply.status === 403)) return undefined
    const { status } = await objectOf(reply, [200, 201])
    if (!isObject(status)) throw new ClusterUnavailable('the review has no status')
    return reviewedOf(status, audiences)
  }

  /** Undefined: there is no such namespace. */
  async namespaceLabels(namespace: string): Promise<Readonly<Record<string, string>> | undefined> {
    return (await this.#metadata(`/api/v1/namespaces/${encodeURIComponent(namespace)}`))?.labels
  }

  /** Undefined: there is no such service account. */
  async annotations({ namespace, name }: Reviewed): Promise<Readonly<Record<string, string>> | undefined> {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/${encodeURIComponent(name)}`
    return (await this.#metadata(path))?.annotations
  }

  /** The keys that tokens of the cluster are signed with. Rejects with an Error. */
  async keys(): Promise<readonly VerificationKey[]> {
    const reviewer = await this.#reviewer()
    const authorised: OutgoingFetch = (url, request = {}) => this.#fetch(url, withBearer(request, reviewer))
    return fetchKeys(authorised, `${this.#host}/openid/v1/jwks`)
  }

  async #metadata(
    path: string,
  ): Promise<Readonly<Record<'labels' | 'annotations', Record<string, string>>> | undefined> {
    const reviewer = await this.#reviewer()
    if (reviewer === undefined)
      throw new ClusterUnavailable(
        'namespaces and service accounts are read with a token_reviewer_jwt, and there is none',
      )
    const reply = await this.#send(path, reviewer, {})
    if (reply.status === 404) return undefined
    const { metadata } = await objectOf(reply, [200])
    if (!isObject(metadata)) throw new ClusterUnavailable('the answer has no metadata')
    return { labels: textsOf(metadata.labels), annotations: textsOf(metadata.annotations) }
  }

  async #send(path: string, bearer: string, request: OutgoingRequest): Promise<Response> {
    try {
      return await this.#semaphore.run(() => this.#fetch(this.#host + path, withBearer(request, bearer)))
    } catch (error) {
      throw new ClusterUnavailable(
        error instanceof Unreachable || error instanceof SemaphoreOverloaded
          ? error.message
          : 'the API server cannot be asked',
        {
          cause: error,
        },
      )
    }
  }
}

function withBearer(request: OutgoingRequest, bearer: string | undefined): OutgoingRequest {
  const headers = { accept: 'application/json', ...request.headers }
  return { ...request, headers: bearer === undefined ? headers : { ...headers, authorization: `Bearer ${bearer}` } }
}

function reviewedOf(status: JsonObject, audiences: readonly string[]): Reviewed | undefined {
  if (status.authenticated !== true || (status.error !== undefined && status.error !== '')) return undefined
  // An API server that knows nothing of audiences names none, and has not looked at them.
  const answered = Array.isArray(status.audiences) ? status.audiences : []
  if (audiences.length > 0 && !audiences.some((audience) => answered.includes(audience))) return undefined
  const { username, uid } = isObject(status.user) ? status.user : {}
  const parts = typeof username === 'string' ? username.split(':') : []
  const [system, kind, namespace, name] = parts
  const isAccount = parts.length === 4 && system === 'system' && kind === 'serviceaccount'
  if (!isAccount || !namespace || !name || typeof uid !== 'string' || uid === '') return undefined
  return { namespace, name, uid }
}

async function objectOf(reply: Response, statuses: readonly number[]): Promise<JsonObject> {
  if (!statuses.includes(reply.status)) throw new ClusterUnavailable(`the API server answered with ${reply.status}`)
  let value: unknown
  try {
    value = JSON.parse(await reply.text())
  } catch {
    value = undefined
  }
  if (!isObject(value)) throw new ClusterUnavailable('the API server answered no JSON object')
  if (value.kind === 'Status' && value.status !== 'Success')
    throw new ClusterUnavailable('the API server answered with an error')
  return value
}

function textsOf(raw: unknown): Record<string, string> {
  if (!isObject(raw)) return {}
  return Object.fromEntries(
    Object.entries(raw).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  )
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
