import type { Clock, IssuedAuth, Random } from '../../../engines/engine.ts'
import { denied, invalid } from '../../../engines/errors.ts'
import { isRowName } from '../../../engines/row-name.ts'
import type { Awaitable } from '../../../storage/backend.ts'
import type { Cipher, Store, Tx } from '../../../storage/store.ts'
import { type FoundToken, isFromAbove, type TokenEntry, type TokenSpec } from '../../auth/token/service.ts'
import { type LeaseQuota, NO_QUOTA } from '../leases/quota.ts'
import { leaseRows, tokenLeaseCodec } from '../leases/rows.ts'
import { type LifeEvents, UNOBSERVED } from '../life-events.ts'
import { isShort } from './accessors.ts'
import { BATCH_PREFIX, BatchTokens } from './batch.ts'
import { accessorCodec, isExpired, revokingCodec, SPENT, tokenCodec, tokenRows } from './entry.ts'
import type { TokenHasher } from './hasher.ts'
import { entryOf, issuedAuth, OWN_ROOT_PATH } from './spec.ts'
import { newAccessor, newServiceToken } from './token-text.ts'

/** Longest token that is looked up. */
const TOKEN_MAX_CHARS = 16_384

/** A spent token whose request has not ended after so long is revoked by the sweeper. */
const SPENT_KEPT_MS = 60_000

/** Made, but not durable yet. */
export interface PreparedToken extends FoundToken {
  readonly token: string
}

/**
 * Runs in the transaction that makes a token: it may throw to refuse the token, and run more than once. Resolves with the id
 * of the entity that the token belongs to; undefined: the one in the TokenSpec stays.
 */
export type TokenCreationHook = (tx: Tx) => Awaitable<string | undefined>

export interface TokenStoreOptions {
  /** The namespace's view. */
  readonly store: Store
  /** What the namespace's tokens and accessors end in; absent: nothing, as in the root namespace. */
  readonly suffix?: string
  /** Runs what makes a lease at a path; rejects with `rate_limited` when there may be no more. Absent: there may. */
  readonly quota?: LeaseQuota
  /** Whether a token of a namespace above lives, by its hash as it is called here; absent: there is none above. */
  readonly livesAbove?: (hash: string) => Promise<boolean>
  readonly cipher: Cipher
  readonly hasher: TokenHasher
  readonly clock: Clock
  readonly random: Random
  readonly events?: LifeEvents
}

/** The tokens of one namespace: rows by keyed hash, a row under the parent, a lease row, and one for an accessor that was drawn. */
export class TokenStore {
  readonly #store: Store
  readonly #suffix: string
  readonly #quota: LeaseQuota
  readonly #livesAbove: TokenStoreOptions['livesAbove']
  readonly #batch: BatchTokens
  readonly #hasher: TokenHasher
  readonly #clock: Clock
  readonly #random: Random
  readonly #events: LifeEvents

  constructor(options: TokenStoreOptions) {
    this.#store = options.store
    this.#suffix = options.suffix ?? ''
    this.#quota = options.quota ?? NO_QUOTA
    this.#livesAbove = options.livesAbove
    this.#batch = new BatchTokens(options.cipher, this.#suffix)
    this.#hasher = options.hasher
    this.#clock = options.clock
    this.#random = options.random
    this.#events = options.events ?? UNOBSERVED
  }

  hashOf(token: string): string {
    return this.#hasher.hash(token)
  }

  /** Forgets a text that `hashOf` was asked for, and that is not worth remembering. */
  forgetHash(token: string): void {
    this.#hasher.forget(token)
  }

  /** Forgets every token text held in memory. */
  clear(): void {
    this.#hasher.clear()
    this.#batch.clear()
  }

  /** The token if it is valid now: known, unexpired, with uses left. */
  lookup(token: string): Awaitable<FoundToken | undefined> {
    if (token.length > TOKEN_MAX_CHARS) return undefined
    if (token.startsWith(BATCH_PREFIX)) return this.#lookupBatch(token)
    const found = this.lookupHash(this.#hasher.hash(token))
    if (!(found instanceof Promise)) return this.#forgetUnknown(token, found)
    return found.then((late) => this.#forgetUnknown(token, late))
  }

  /** Texts that name no token are not remembered: anybody could fill the memory with them. */
  #forgetUnknown(token: string, found: FoundToken | undefined): FoundToken | undefined {
    if (found === undefined) this.#hasher.forget(token)
    return found
  }

  /** Whether nothing can be done with it any more, though its row is there. */
  hasEnded(entry: TokenEntry): boolean {
    return !this.#isLive(entry)
  }

  lookupHash(hash: string): Awaitable<FoundToken | undefined> {
    const entry = this.#store.get(tokenRows.token(hash), tokenCodec)
    return entry instanceof Promise ? entry.then((late) => this.#liveOf(hash, late)) : this.#liveOf(hash, entry)
  }

  #liveOf(hash: string, entry: TokenEntry | undefined): Awaitable<FoundToken | undefined> {
    if (entry === undefined || !this.#isLive(entry)) return undefined
    const found = { hash, entry }
    return this.#livesAbove === undefined || entry.parent === '' ? found : this.#ofLivingParent(found)
  }

  /**
   * Whoever revokes a token of a namespace above ends what it made here before the call returns, unless this namespace has shares
   * of its own, and they were not given to that server: then it ends by its parent alone, until a sweeper comes to it.
   */
  async #ofLivingParent(found: FoundToken): Promise<FoundToken | undefined> {
    return (await this.#lives(found.entry.parent)) ? found : undefined
  }

  async lookupAccessor(accessor: string): Promise<FoundToken | undefined> {
    const hash = await this.#hashOfAccessor(accessor)
    const found = hash === undefined ? undefined : await this.lookupHash(hash)
    return found?.entry.accessor === accessor ? found : undefined
  }

  async #hashOfAccessor(accessor: string): Promise<string | undefined> {
    const bare = accessor.endsWith(this.#suffix) ? accessor.slice(0, accessor.length - this.#suffix.length) : accessor
    const hash = this.#hasher.accessors.hashOf(bare)
    if (hash !== undefined || !isRowName(accessor)) return hash
    return (await this.#store.get(tokenRows.accessor(accessor), accessorCodec))?.hash
  }

  /** The token of a request that was let in: it may be spent, but its last request still runs. */
  lookupCaller(token: string): Awaitable<FoundToken | undefined> {
    if (token.startsWith(BATCH_PREFIX)) return this.#lookupBatch(token)
    const hash = this.#hasher.hash(token)
    const entry = this.#store.get(tokenRows.token(hash), tokenCodec)
    return entry instanceof Promise ? entry.then((late) => this.#unexpired(hash, late)) : this.#unexpired(hash, entry)
  }

  #unexpired(hash: string, entry: TokenEntry | undefined): FoundToken | undefined {
    return entry === undefined || isExpired(entry, this.#clock.now()) ? undefined : { hash, entry }
  }

  /** Of every token that has a row, in byte order. */
  async accessors(): Promise<string[]> {
    const [drawn, hashes] = await Promise.all([
      this.#store.list(tokenRows.accessors),
      this.#store.list(tokenRows.token('')),
    ])
    const known = this.#hasher.accessors.ofAll(hashes.filter(isShort)).map((bare) => bare + this.#suffix)
    return drawn.concat(known).sort()
  }

  /**
   * Makes the token durable (a batch token only in itself), and what `together` writes with it. Refuses when the parent
   * is gone or the id is taken.
   */
  async create(spec: TokenSpec, together?: TokenCreationHook): Promise<IssuedAuth> {
    if (spec.type === 'batch') return this.#createBatch(spec, together)
    const prepared = this.prepare(spec)
    const entry = await this.keep(prepared, together, spec.id !== undefined)
    return issuedAuth(prepared.token, entry)
  }

  /**
   * Makes a prepared token durable, and what `together` writes with it; resolves with what it came to. `mayBeTaken`: its
   * text was chosen, and not drawn.
   */
  async keep({ hash, entry }: PreparedToken, together?: TokenCreationHook, mayBeTaken = false): Promise<TokenEntry> {
    const keep = (): Promise<TokenEntry> =>
      this.#store.transaction(async (tx) => {
        const made = ofEntity(entry, await together?.(tx))
        await this.insert(tx, hash, made, mayBeTaken)
        return made
      })
    const kept = await (entry.expiresAtMs === 0 ? keep() : this.#quota(entry.path, keep))
    this.#events.tokenCreated('service')
    return kept
  }

  /** A service token that is nowhere yet, for `insert` and `keep`. */
  prepare(spec: TokenSpec): PreparedToken {
    const nowMs = this.#clock.now()
    const token = (spec.id ?? newServiceToken(this.#random, nowMs)) + this.#suffix
    const hash = this.#hasher.hashOnce(token)
    return { token, hash, entry: entryOf(spec, this.#accessorOf(hash) + this.#suffix, nowMs) }
  }

  #accessorOf(hash: string): string {
    return isShort(hash) ? this.#hasher.accessors.of(hash) : newAccessor(this.#random)
  }

  async #createBatch(spec: TokenSpec, together?: TokenCreationHook): Promise<IssuedAuth> {
    const prepared = entryOf(spec, '', this.#clock.now())
    const entry = await this.#store.transaction(async (tx) => {
      const made = ofEntity(prepared, await together?.(tx))
      await this.#checkParent(tx, made.parent)
      return made
    })
    this.#events.tokenCreated('batch')
    return issuedAuth(this.#batch.seal(entry), entry)
  }

  /** Writes a new token's rows within a caller's transaction. `mayBeTaken`: its text was chosen, and not drawn here. */
  async insert(tx: Tx, hash: string, entry: TokenEntry, mayBeTaken = true): Promise<void> {
    await this.#checkParent(tx, entry.parent)
    if (entry.parent !== '') tx.put(tokenRows.child(entry.parent, hash), {}, tokenLeaseCodec)
    if (mayBeTaken) await refuseTakenId(tx, hash)
    tx.put(tokenRows.token(hash), entry, tokenCodec, { expiresAtMs: entry.expiresAtMs || undefined })
    if (!isShort(hash)) tx.put(tokenRows.accessor(entry.accessor), { hash }, accessorCodec)
    if (entry.path !== OWN_ROOT_PATH) tx.put(leaseRows.lease(tokenLeaseId(entry, hash)), {}, tokenLeaseCodec)
  }

  /** The parent was revoked meanwhile: its child would outlive the cascade. */
  async #checkParent(tx: Tx, parent: string): Promise<void> {
    if (parent === '') return
    if (isFromAbove(parent)) {
      // Whoever revokes it sees to its children here, and the pipeline looks once more when they are made.
      if (!(await this.#lives(parent))) throw denied()
      return
    }
    const entry = await tx.get(tokenRows.token(parent), tokenCodec)
    if (entry === undefined || !this.#isLive(entry)) throw denied()
  }

  /** Takes one use; undefined when the token is not valid any more. One that had a single use left is then SPENT. */
  use(hash: string): Promise<TokenEntry | undefined> {
    return this.#store.transaction((tx) => this.useWithin(tx, hash))
  }

  /** As `use`, within a caller's transaction. */
  async useWithin(tx: Tx, hash: string): Promise<TokenEntry | undefined> {
    const entry = await tx.get(tokenRows.token(hash), tokenCodec)
    if (entry === undefined || !this.#isLive(entry)) return undefined
    if (entry.numUses === 0) return entry
    const used = { ...entry, numUses: entry.numUses === 1 ? SPENT : entry.numUses - 1 }
    tx.put(tokenRows.token(hash), used, tokenCodec, { expiresAtMs: this.#dueMs(used) })
    return used
  }

  /** When the sweeper is to look at it: at its end, or soon if the request that spent it should never come to its own. */
  #dueMs(entry: TokenEntry): number | undefined {
    const endMs = entry.expiresAtMs === 0 ? Number.POSITIVE_INFINITY : entry.expiresAtMs
    if (entry.numUses === SPENT) return Math.min(endMs, this.#clock.now() + SPENT_KEPT_MS)
    return entry.expiresAtMs || undefined
  }

  /** Gives the token a new end. `change` is called with the entry as it is then. */
  async extend(hash: string, change: (entry: TokenEntry) => Partial<TokenEntry>): Promise<TokenEntry | undefined> {
    return this.#store.transaction(async (tx) => {
      const entry = await tx.get(tokenRows.token(hash), tokenCodec)
      if (entry === undefined || !this.#isLive(entry)) return undefined
      const extended = { ...entry, ...change(entry) }
      tx.put(tokenRows.token(hash), extended, tokenCodec, { expiresAtMs: extended.expiresAtMs || undefined })
      return extended
    })
  }

  async #lookupBatch(token: string): Promise<FoundToken | undefined> {
    const entry = await this.#batch.open(token)
    if (entry === undefined || isExpired(entry, this.#clock.now())) return undefined
    if (entry.parent !== '' && !(await this.#lives(entry.parent))) return undefined
    return { hash: this.#hasher.hash(token), entry }
  }

  async #lives(hash: string): Promise<boolean> {
    if (!isFromAbove(hash)) return (await this.lookupHash(hash)) !== undefined
    return this.#livesAbove !== undefined && (await this.#livesAbove(hash))
  }

  /** Remembers that a token of this namespace may leave something in one below; nothing if the token has ended. */
  noteNamespaceBelow(hash: string, namespaceId: string): Promise<void> {
    return this.#store.transaction(async (tx) => {
      const entry = await tx.get(tokenRows.token(hash), tokenCodec)
      if (entry === undefined || isExpired(entry, this.#clock.now())) return
      const path = tokenRows.namespacesBelow(hash) + namespaceId
      if ((await tx.get(path, tokenLeaseCodec)) === undefined) tx.put(path, {}, tokenLeaseCodec)
    })
  }

  /** Whether a token has its row and its time is not over; its last use may be under way. */
  async isThere(hash: string): Promise<boolean> {
    const entry = await this.#store.get(tokenRows.token(hash), tokenCodec)
    return entry !== undefined && !isExpired(entry, this.#clock.now())
  }

  #isLive(entry: TokenEntry): boolean {
    return entry.numUses !== SPENT && !isExpired(entry, this.#clock.now())
  }
}

function ofEntity(entry: TokenEntry, entityId: string | undefined): TokenEntry {
  return entityId === undefined || entityId === entry.entityId ? entry : { ...entry, entityId }
}

/** Also while its predecessor is being revoked: the new token would get what the old one left, and its end. */
async function refuseTakenId(tx: Tx, hash: string): Promise<void> {
  const isTaken =
    (await tx.get(tokenRows.token(hash), tokenCodec)) !== undefined ||
    (await tx.get(tokenRows.revoking(hash), revokingCodec)) !== undefined
  if (isTaken) throw invalid('cannot create a token with a duplicate ID')
}

export function tokenLeaseId(entry: TokenEntry, hash: string): string {
  return `${entry.path}/${hash}`
}
