import type { Log } from '../../engines/engine.ts'
import { EgideError, sealed } from '../../engines/errors.ts'
import type { Awaitable } from '../../storage/backend.ts'
import type { Lifecycle, UnsealedKeys } from '../seal/lifecycle.ts'
import { ROOT_NAMESPACE_ID } from '../seal/lifecycle.ts'
import type { AccessKey, AccessKeys } from './access-keys/access-key.ts'
import type { Namespace } from './namespace.ts'
import type { Namespaces } from './namespaces/namespaces.ts'
import type { Core, Request, Response } from './request.ts'
import { SERVICE_TOKEN_CHARS } from './tokens/token-text.ts'

export interface CoreParts {
  readonly log: Log
  /** What a sealed server answers. */
  readonly gate: Core
  /** Builds the namespaces over their keys; root is not open yet. */
  readonly namespaces: (keys: UnsealedKeys) => Promise<Namespaces>
  /** Told when the vault serves, and when it no longer does. */
  readonly onOpen: (root: Namespace) => Promise<void>
  readonly onClose: (reopens: boolean) => void
}

const NO_HEADERS: readonly string[] = []

/** The vault as the adapters and the seal manager see it: sealed, or open with its namespaces. */
export class VaultCore implements Core, AccessKeys, Lifecycle {
  /** The root token is a service token like any other. */
  readonly rootTokenLength = SERVICE_TOKEN_CHARS
  readonly #parts: CoreParts
  /** Serves. */
  #open: Namespaces | undefined
  /** Is being initialised or opened, and serves nobody yet. */
  #opening: Namespaces | undefined

  constructor(parts: CoreParts) {
    this.#parts = parts
  }

  /** The root namespace while the vault is open. */
  get root(): Namespace | undefined {
    return this.#open?.root
  }

  /** All of them while the vault is open. */
  get namespaces(): Namespaces | undefined {
    return this.#open
  }

  /** While sealed, what little is answered is answered to everybody. */
  admit(request: Request, isWhole: boolean): Awaitable<readonly string[] | undefined> {
    return this.#open === undefined ? NO_HEADERS : this.#open.admit(request, isWhole)
  }

  handle(request: Request): Promise<Response> {
    if (this.#open === undefined) return this.#parts.gate.handle(request)
    const answer = this.#open.handle(request)
    return request.path.startsWith('sys/') ? answer.catch((error) => this.#unlessSealed(request, error)) : answer
  }

  /** Another node sealed the vault, which this request was the first to see: a share, say, for what is sealed now. */
  #unlessSealed(request: Request, error: unknown): Promise<Response> {
    const isSealed = error instanceof EgideError && error.code === 'sealed' && this.#open === undefined
    return isSealed ? this.#parts.gate.handle(request) : Promise.reject(error)
  }

  async accessKey(accessKeyId: string): Promise<AccessKey | undefined> {
    if (this.#open === undefined) throw sealed()
    return this.#open.accessKey(accessKeyId)
  }

  async refuse(request: Request, refusal: EgideError): Promise<never> {
    if (this.#open === undefined) throw refusal
    return this.#open.refuse(request, refusal)
  }

  async initialise(keys: UnsealedKeys): Promise<void> {
    await keys.createNamespace(ROOT_NAMESPACE_ID)
    this.#opening = await this.#parts.namespaces(keys)
    await this.#opening.root.prepare()
  }

  async open(keys: UnsealedKeys): Promise<void> {
    const namespaces = await this.#parts.namespaces(keys)
    this.#opening = namespaces
    await namespaces.root.open()
    await this.#parts.onOpen(namespaces.root)
    this.#open = namespaces
    this.#opening = undefined
  }

  async close(reopens = false): Promise<void> {
    const namespaces = this.#open ?? this.#opening
    this.#open = undefined
    this.#opening = undefined
    this.#parts.onClose(reopens)
    await namespaces?.close().catch((error: unknown) => {
      this.#parts.log.error({ err: error }, 'the vault is sealed, but closing it was not clean')
    })
  }

  async createRootToken(): Promise<string> {
    return (await this.#running().createRootToken()).clientToken
  }

  async revokeRootToken(token: string): Promise<void> {
    await this.#running().revokeToken(token)
  }

  #running(): Namespace {
    const namespaces = this.#open ?? this.#opening
    if (namespaces === undefined) throw sealed()
    return namespaces.root
  }
}
