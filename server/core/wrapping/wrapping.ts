import type { Log, WrapInfo } from '../../../engines/engine.ts'
import { EgideError, invalid } from '../../../engines/errors.ts'
import type {
  Unwrapped,
  WrappedInfo,
  WrappingService,
  WrappingToken,
} from '../../../engines/system/services/wrapping.ts'
import { json } from '../../../storage/codec.ts'
import type { Store, Tx } from '../../../storage/store.ts'
import type { FoundToken, TokenSpec } from '../../auth/token/service.ts'
import type { LeaseQuota } from '../leases/quota.ts'
import type { LifeEvents } from '../life-events.ts'
import type { Response } from '../request.ts'
import { SPENT } from '../tokens/entry.ts'
import type { TokenRevoker } from '../tokens/revoker.ts'
import { OWN_TOKEN } from '../tokens/spec.ts'
import type { TokenStore } from '../tokens/token-store.ts'
import { envelopeText, unwrappedOf } from './envelope.ts'

/** The policy that a wrapping token has, alone. */
const POLICY = 'response-wrapping'
const INVALID = 'wrapping token is not valid or does not exist'

/** What lies in the wrapping token's cubbyhole, as its reader sees it: the whole envelope as text, and what is told of it. */
interface StoredResponse {
  readonly response: string
}
interface StoredInfo {
  /** Seconds. */
  readonly creation_ttl: number
  /** RFC 3339. */
  readonly creation_time: string
  readonly creation_path: string
  readonly wrapped_accessor: string
}
const responseCodec = json<StoredResponse>()
const infoCodec = json<StoredInfo>()

export interface WrappingOptions {
  /** The namespace's view: it spans the tokens and the cubbyhole. */
  readonly store: Store
  readonly tokens: TokenStore
  /** Runs what makes a wrapping token for a request to a path; rejects with `rate_limited` when there may be no more leases. */
  readonly quota: LeaseQuota
  readonly revoker: TokenRevoker
  readonly log: Log
  readonly events?: LifeEvents
  /** Where the rows of the cubbyhole mount lie in the store, ending in '/'. */
  readonly cubbyhole: () => Promise<string>
}

/** Hands out answers once: an answer waits in the cubbyhole of a token that is good for one request. */
export class Wrapping implements WrappingService {
  readonly #options: WrappingOptions
  readonly #store: Store

  constructor(options: WrappingOptions) {
    this.#options = options
    this.#store = options.store
  }

  /** The response in whose place the wrapped one goes out. Durable when this resolves. `path` is the full path of the request. */
  async wrap(response: Response, ttlSeconds: number, path: string): Promise<Response> {
    const stored = { response: envelopeText(response) }
    const accessor = response.auth?.accessor ?? secretIdAccessor(response)
    const cubbyhole = await this.#options.cubbyhole()
    const wrapInfo = await this.#options.quota(path, () =>
      this.#store.transaction((tx) =>
        this.#insert(tx, cubbyhole, stored, { ttlSeconds, path, creationPath: path, accessor }),
      ),
    )
    this.#options.events?.tokenCreated('service')
    return {
      ...response,
      status: 200,
      data: null,
      topLevel: false,
      auth: null,
      leaseId: '',
      renewable: false,
      leaseDurationSeconds: 0,
      wrapInfo,
    }
  }

  async lookup(token: string): Promise<WrappedInfo> {
    const found = await this.#options.tokens.lookup(token)
    if (found === undefined || !isWrapping(found)) throw invalid(INVALID)
    const info = await this.#store.get(infoPath(await this.#options.cubbyhole(), found.hash), infoCodec)
    if (info === undefined) throw invalid(INVALID)
    return {
      creationPath: info.creation_path,
      creationTimeMs: Date.parse(info.creation_time),
      creationTtlSeconds: info.creation_ttl,
    }
  }

  async unwrap(wrapping: WrappingToken): Promise<Unwrapped> {
    const hash = await this.#hashOf(wrapping)
    const cubbyhole = await this.#options.cubbyhole()
    const { response } = await this.#store.transaction(async (tx) => {
      await this.#take(tx, hash, wrapping)
      return required(await tx.get(responsePath(cubbyhole, hash), responseCodec))
    })
    await this.#end(hash, wrapping)
    return unwrappedOf(response)
  }

  async rewrap(wrapping: WrappingToken, askedSeconds: number | undefined): Promise<WrapInfo> {
    const hash = await this.#hashOf(wrapping)
    const cubbyhole = await this.#options.cubbyhole()
    const wrapInfo = await this.#store.transaction(async (tx) => {
      await this.#take(tx, hash, wrapping)
      const stored = required(await tx.get(responsePath(cubbyhole, hash), responseCodec))
      const info = required(await tx.get(infoPath(cubbyhole, hash), infoCodec))
      return this.#insert(tx, cubbyhole, stored, {
        // Policy bounds what is asked, so that it counts.
        ttlSeconds: Math.min(info.creation_ttl, askedSeconds ?? info.creation_ttl),
        path: 'sys/wrapping/rewrap',
        creationPath: info.creation_path,
        accessor: info.wrapped_accessor,
      })
    })
    this.#options.events?.tokenCreated('service')
    await this.#end(hash, wrapping)
    return wrapInfo
  }

  /** Of a token that was made for wrapping, though its use may be taken already. */
  async #hashOf({ token, isCaller }: WrappingToken): Promise<string> {
    const { tokens } = this.#options
    const found = isCaller ? await tokens.lookupCaller(token) : await tokens.lookup(token)
    if (found === undefined || !isWrapping(found)) throw invalid(INVALID)
    // The pipeline takes a caller's use. If it did not, taking it is left to nobody.
    if (isCaller && found.entry.numUses !== SPENT) throw invalid(INVALID)
    return found.hash
  }

  async #take(tx: Tx, hash: string, { isCaller }: WrappingToken): Promise<void> {
    if (!isCaller && (await this.#options.tokens.useWithin(tx, hash)) === undefined) throw invalid(INVALID)
  }

  /** The answer is out; what is left of its token is not worth losing it for. The pipeline ends a caller's own token. */
  async #end(hash: string, { isCaller }: WrappingToken): Promise<void> {
    if (isCaller) return
    try {
      await this.#options.revoker.revokeTree(hash)
    } catch (error) {
      this.#options.log.warn({ err: error }, 'a used wrapping token is not yet revoked')
    }
  }

  async #insert(tx: Tx, cubbyhole: string, stored: StoredResponse, wrapped: Wrapped): Promise<WrapInfo> {
    const { ttlSeconds, path, creationPath, accessor } = wrapped
    const { token, hash, entry } = this.#options.tokens.prepare(specOf(path, ttlSeconds))
    await this.#options.tokens.insert(tx, hash, entry)
    tx.put(responsePath(cubbyhole, hash), stored, responseCodec)
    const info: StoredInfo = {
      creation_ttl: ttlSeconds,
      creation_time: new Date(entry.createdMs).toISOString(),
      creation_path: creationPath,
      wrapped_accessor: accessor,
    }
    tx.put(infoPath(cubbyhole, hash), info, infoCodec)
    return {
      token,
      accessor: entry.accessor,
      ttlSeconds,
      creationTimeMs: entry.createdMs,
      creationPath,
      wrappedAccessor: accessor,
    }
  }
}

interface Wrapped {
  readonly ttlSeconds: number
  /** Of the request that makes the token. */
  readonly path: string
  /** Of the request whose answer it is. */
  readonly creationPath: string
  /** Of the token in the answer, or ''. */
  readonly accessor: string
}

const responsePath = (cubbyhole: string, hash: string): string => `${cubbyhole}${hash}/response`
const infoPath = (cubbyhole: string, hash: string): string => `${cubbyhole}${hash}/wrapinfo`

function specOf(path: string, ttlSeconds: number): TokenSpec {
  if (!(ttlSeconds > 0)) throw new EgideError('internal', 'a wrapping token needs an end')
  return {
    ...OWN_TOKEN,
    policies: [POLICY],
    // It names the token's lease, whose parts are not empty.
    path: path.replace(/\/$/, ''),
    meta: null,
    displayName: '',
    numUses: 1,
    ttlSeconds,
    explicitMaxTtlSeconds: ttlSeconds,
  }
}

/** Who hands on a wrapped secret id of AppRole keeps what names it, to destroy it later. */
function secretIdAccessor({ mountType, data }: Response): string {
  const accessor = mountType === 'approle' ? data?.secret_id_accessor : undefined
  return typeof accessor === 'string' ? accessor : ''
}

/** Whether the token was made for wrapping. */
export function isWrapping({ entry }: Pick<FoundToken, 'entry'>): boolean {
  return entry.type === 'service' && entry.policies.length === 1 && entry.policies[0] === POLICY
}

function required<T>(stored: T | undefined): T {
  if (stored === undefined) throw invalid(INVALID)
  return stored
}
