import { systemRandom } from '../../crypto/random.ts'
import type { Log } from '../../engines/engine.ts'
import { EgideError } from '../../engines/errors.ts'
import type { Backend } from '../../storage/backend.ts'
import { type Lifecycle, ROOT_NAMESPACE_ID, type SealParts, type UnsealedKeys } from './lifecycle.ts'
import { SealManager } from './manager.ts'
import type { SealWrapper } from './wrappers/wrapper.ts'

/** A vault for tests: a real seal manager over a backend, with a core that keeps one sealed value and its root tokens. */

const VALUE_PATH = 'ns/root/value'
const VALUE = 'what a new vault holds'
const TOKENS = 'ns/root/tokens/'

export const quietLog: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

export class TestingCore implements Lifecycle {
  readonly rootTokenLength = 28
  keys: UnsealedKeys | undefined
  isOpen = false
  /** Makes the next `open` fail. */
  failOpen = false
  /** Gives tokens that are not as long as announced. */
  shortTokens = false
  readonly #backend: Backend

  constructor(backend: Backend) {
    this.#backend = backend
  }

  async open(keys: UnsealedKeys): Promise<void> {
    this.keys = keys
    this.isOpen = true
    if (this.failOpen) throw new Error('the core does not open')
    await this.readValue()
  }

  async close(): Promise<void> {
    this.keys = undefined
    this.isOpen = false
  }

  async initialise(keys: UnsealedKeys): Promise<void> {
    const { names } = await this.#backend.list('ns/', { recursive: true, after: '', limit: 1 })
    if (names.length > 0) throw new Error('a new vault is empty')
    this.keys = keys
    await this.write(VALUE_PATH, VALUE)
  }

  async createRootToken(): Promise<string> {
    const token = `s.${systemRandom.bytes(13).toString('hex')}`.slice(0, this.shortTokens ? 20 : 28)
    await this.write(TOKENS + token, token)
    return token
  }

  async revokeRootToken(token: string): Promise<void> {
    await this.#backend.commit([{ reads: [], lists: [], writes: [{ path: TOKENS + token, value: null }] }])
  }

  async write(path: string, text: string): Promise<void> {
    const value = this.#cipher().seal(path, Buffer.from(text))
    await this.#backend.commit([{ reads: [], lists: [], writes: [{ path, value }] }])
  }

  async read(path: string): Promise<string | undefined> {
    const [entry] = await this.#backend.get([path])
    return entry && Buffer.from(this.#cipher().open(path, entry.value)).toString()
  }

  async readValue(): Promise<void> {
    if ((await this.read(VALUE_PATH)) !== VALUE) throw new Error('the value is not what was written')
  }

  async hasRootToken(token: string): Promise<boolean> {
    return (await this.read(TOKENS + token)) === token
  }

  async countRootTokens(): Promise<number> {
    return (await this.#backend.list(TOKENS, { recursive: true, after: '', limit: 100 })).names.length
  }

  #cipher() {
    if (this.keys === undefined) throw new EgideError('sealed', 'Vault is sealed')
    return this.keys.cipherFor(ROOT_NAMESPACE_ID)
  }
}

export class TestingVault {
  readonly core: TestingCore
  readonly manager: SealManager
  /** Milliseconds since the epoch. */
  now = 1_700_000_000_000

  constructor(backend: Backend, wrapper?: SealWrapper, more: Partial<SealParts> = {}) {
    this.core = new TestingCore(backend)
    const clock = { now: () => this.now }
    const parts = { backend, clock, random: systemRandom, log: quietLog, lifecycle: this.core, ...more }
    this.manager = new SealManager(wrapper === undefined ? parts : { ...parts, wrapper })
  }

  /** Two processes on one storage, both unsealed with the one share. */
  static async pair(
    backend: Backend,
  ): Promise<{ readonly one: TestingVault; readonly two: TestingVault; readonly shares: readonly Buffer[] }> {
    const [one, two] = [new TestingVault(backend), new TestingVault(backend)]
    const params = { secretShares: 1, secretThreshold: 1, recoveryShares: 0, recoveryThreshold: 0 }
    const { shares } = await one.manager.initialise(params)
    for (const vault of [one, two]) await vault.unseal(shares)
    return { one, two, shares }
  }

  /** Throws while it is sealed. */
  get keys(): UnsealedKeys {
    if (this.core.keys === undefined) throw new Error('sealed')
    return this.core.keys
  }

  /** Gives copies, since the manager zeroes what it gets. */
  async unseal(shares: readonly Buffer[]): Promise<void> {
    for (const share of shares) await this.manager.unseal(Buffer.from(share))
  }
}

/** A service that unseals by itself: it holds its key in memory. */
export class TestingService implements SealWrapper {
  readonly type = 'transit'
  readonly storedKeys = true
  readonly #held = new Map<string, Buffer>()
  /** Makes it answer nothing. */
  isAway = false
  /** Makes it wrap with another key from now on. */
  version = 1

  async wrapRootKey(rootKey: Buffer): Promise<Buffer> {
    if (this.isAway) throw new EgideError('unavailable', 'the service is away')
    const ticket = Buffer.concat([Buffer.from([this.version]), systemRandom.bytes(16)])
    this.#held.set(ticket.toString('hex'), Buffer.from(rootKey))
    return ticket
  }

  async unwrapRootKey(wrapped: Uint8Array): Promise<Buffer> {
    if (this.isAway) throw new EgideError('unavailable', 'the service is away')
    const key = this.#held.get(Buffer.from(wrapped).toString('hex'))
    if (key === undefined) throw new Error('the service does not know this')
    return Buffer.from(key)
  }

  async isStale(wrapped: Uint8Array): Promise<boolean> {
    return wrapped[0] !== this.version
  }
}
