import { createHash, timingSafeEqual } from 'node:crypto'
import { base62 } from '../../../engines/base62.ts'
import type { Clock, NamespaceRef, Random } from '../../../engines/engine.ts'
import { EgideError, invalid, notFound } from '../../../engines/errors.ts'
import type { Awaitable } from '../../../storage/backend.ts'
import type { Page, Store, Tx } from '../../../storage/store.ts'
import { ROOT_NAMESPACE_ID } from '../../seal/lifecycle.ts'
import {
  checkMetadata,
  DEPTH_MAX,
  departureCodec,
  isReserved,
  type NamespaceOptions,
  type NamespaceOwn,
  type NamespacePlace,
  type NamespaceRecord,
  namespaceRows,
  optionsCodec,
  placeCodec,
  recordCodec,
} from './record.ts'

/** The namespaces from below root down to one; root itself is the empty chain. */
export type Chain = readonly NamespaceRecord[]

export interface Resolved {
  readonly chain: Chain
  /** Below the last of the chain. */
  readonly path: string
}

export interface DirectoryOptions {
  /** Root's view. */
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
}

const ID_LENGTH = 6
/** Of one below root. */
export const isNamespaceId = (text: string): boolean => text.length === ID_LENGTH && /^[0-9A-Za-z]*$/.test(text)
const UNLOCK_KEY_LENGTH = 24
/** A namespace that was not finished after so long is removed. */
const MAKING_MAX_MS = 10 * 60_000
/** Whoever begins a removal has so long before others go on with it. */
const REMOVAL_HELD_MS = 30_000

/**
 * Which namespaces there are: rows in root's store, read through its cache, so that a change by any node is known to the
 * next request of every node. A request costs one cached look for each level of its path.
 */
export class NamespaceDirectory {
  readonly #store: Store
  readonly #clock: Clock
  readonly #random: Random

  constructor({ store, clock, random }: DirectoryOptions) {
    this.#store = store
    this.#clock = clock
    this.#random = random
  }

  /**
   * Where a request goes: all of `header` ('' or ending in '/') names namespaces, and so does as much of `path` as does.
   * Undefined: to root, with its path as it is. Throws `not_found`.
   */
  resolve(header: string, path: string): Awaitable<Resolved | undefined> {
    if (header !== '') return this.#walk(header, path)
    const name = firstOf(path)
    if (name === '' || isReserved(name)) return undefined
    const first = this.child(ROOT_NAMESPACE_ID, name)
    if (first instanceof Promise) return first.then((late) => (late === undefined ? undefined : this.#walk('', path)))
    return first === undefined ? undefined : this.#walk('', path)
  }

  async #walk(header: string, path: string): Promise<Resolved> {
    const chain: NamespaceRecord[] = []
    let at = ROOT_NAMESPACE_ID
    let rest = header + path
    for (let left = rest; chain.length < DEPTH_MAX; left = rest) {
      const name = firstOf(left)
      if (name === '' || isReserved(name)) break
      const record = await this.child(at, name)
      if (record === undefined) break
      if (record.leaving) throw notFound('namespace not found')
      chain.push(record)
      at = record.id
      rest = left.slice(name.length + 1)
    }
    if (rest.length > path.length) throw notFound('namespace not found')
    return { chain, path: rest }
  }

  /** Those that are leaving among them. */
  child(parentId: string, name: string): Awaitable<NamespaceRecord | undefined> {
    return this.#store.get(namespaceRows.at(parentId, name), recordCodec)
  }

  /** Whether by the policies of a namespace every denial wins. */
  denyAlwaysWins(parentId: string, name: string): Awaitable<boolean> {
    return isSet(this.child(parentId, name))
  }

  /** As `denyAlwaysWins`, of root. */
  rootDenyAlwaysWins(): Awaitable<boolean> {
    return isSet(this.#store.get(namespaceRows.rootOptions, optionsCodec))
  }

  async setRootOptions(options: NamespaceOptions): Promise<void> {
    await this.#store.transaction((tx) => tx.put(namespaceRows.rootOptions, options, optionsCodec))
  }

  /** Undefined when it, or one above it, is gone or going. */
  async chainOf(id: string): Promise<Chain | undefined> {
    const chain: NamespaceRecord[] = []
    for (let at = id; at !== ROOT_NAMESPACE_ID; ) {
      const place = await this.#store.get(namespaceRows.id(at), placeCodec)
      const record = place && (await this.child(place.parentId, place.name))
      if (record?.id !== at || record.leaving || chain.length >= DEPTH_MAX) return undefined
      chain.unshift(record)
      at = record.parentId
    }
    return chain
  }

  async isDeparting(id: string): Promise<boolean> {
    return (await this.#store.get(namespaceRows.departure(id), departureCodec)) !== undefined
  }

  async list(parentId: string, page: Page = {}): Promise<readonly NamespaceRecord[]> {
    const names = await this.#store.list(namespaceRows.below(parentId), page)
    const records = await Promise.all(names.map((name) => this.child(parentId, name)))
    return records.filter((record) => record !== undefined)
  }

  /** `isShut`: what lies below one of which this says so is left out. */
  async scan(parentId: string, isShut: (record: NamespaceRecord) => boolean): Promise<readonly NamespaceRecord[]> {
    const found: NamespaceRecord[] = []
    for (const record of await this.list(parentId)) {
      found.push(record, ...(isShut(record) ? [] : await this.scan(record.id, isShut)))
    }
    return found
  }

  /** Takes an id for a namespace that is to be made. Should it never be finished, what was made of it is removed. */
  async begin(parent: Chain, name: string): Promise<NamespacePlace & { readonly id: string }> {
    if (parent.length >= DEPTH_MAX) throw invalid(`namespaces cannot be nested more than ${DEPTH_MAX} levels deep`)
    const parentId = idOf(parent)
    const expiresAtMs = this.#clock.now() + MAKING_MAX_MS
    return this.#store.transaction(async (tx) => {
      const id = await this.#freshId(tx)
      tx.put(namespaceRows.departure(id), { parentId, name, removing: false }, departureCodec, { expiresAtMs })
      return { id, parentId, name }
    })
  }

  async #freshId(tx: Tx): Promise<string> {
    for (;;) {
      const id = base62(this.#random, ID_LENGTH)
      const isTaken =
        (await tx.get(namespaceRows.id(id), placeCodec)) !== undefined ||
        (await tx.get(namespaceRows.departure(id), departureCodec)) !== undefined
      if (!isTaken) return id
    }
  }

  /** The namespace is there from now on. Throws `invalid_request` when another has its name by now, or its parent is gone. */
  async finish(
    parent: Chain,
    { id, parentId, name }: NamespacePlace & { readonly id: string },
    own: NamespaceOwn,
  ): Promise<NamespaceRecord> {
    const record: NamespaceRecord = {
      id,
      uuid: this.#random.uuid(),
      name,
      parentId,
      path: `${pathOf(parent)}${name}/`,
      ...own,
      lock: '',
      leaving: false,
      createdMs: this.#clock.now(),
    }
    await this.#store.transaction(async (tx) => {
      if ((await tx.get(namespaceRows.departure(id), departureCodec))?.removing !== false)
        throw new EgideError('unavailable', 'making the namespace took too long')
      await this.#refuseGone(tx, parent)
      if ((await tx.get(namespaceRows.at(parentId, name), recordCodec)) !== undefined)
        throw invalid('unable to update when a namespace with this path already exists')
      tx.delete(namespaceRows.departure(id))
      tx.put(namespaceRows.at(parentId, name), record, recordCodec)
      tx.put(namespaceRows.id(id), { parentId, name }, placeCodec)
    })
    return record
  }

  /** None may be made below one that is leaving: it would be left behind. */
  async #refuseGone(tx: Tx, parent: Chain): Promise<void> {
    const last = parent[parent.length - 1]
    if (last === undefined) return
    const now = await tx.get(namespaceRows.at(last.parentId, last.name), recordCodec)
    if (now?.id !== last.id || now.leaving) throw notFound('namespace not found')
  }

  /** Changes a record as `change` says of what it is then. */
  async change(
    parentId: string,
    name: string,
    change: (record: NamespaceRecord) => Partial<NamespaceRecord>,
  ): Promise<NamespaceRecord> {
    return this.#store.transaction(async (tx) => {
      const record = await tx.get(namespaceRows.at(parentId, name), recordCodec)
      if (record === undefined) throw notFound('namespace not found')
      if (record.leaving) throw invalid('namespace with that name exists and is currently tainted')
      const changed = { ...record, ...change(record) }
      checkMetadata(changed.customMetadata)
      tx.put(namespaceRows.at(parentId, name), changed, recordCodec)
      return changed
    })
  }

  /**
   * From here on the namespace takes no request, and none is made below it. Undefined: there is none. Refuses one that has
   * others below it with `childrenRefusal`; undefined: those go with it.
   */
  async beginRemoval(
    parentId: string,
    name: string,
    childrenRefusal: string | undefined,
  ): Promise<NamespaceRecord | undefined> {
    return this.#store.transaction(async (tx) => {
      const record = await tx.get(namespaceRows.at(parentId, name), recordCodec)
      if (record === undefined || record.leaving) return record
      const mayHaveChildren = childrenRefusal === undefined
      if (!mayHaveChildren && (await tx.list(namespaceRows.below(record.id), { limit: 1 })).length > 0)
        throw new EgideError('in_use', childrenRefusal)
      tx.put(namespaceRows.at(parentId, name), { ...record, leaving: true }, recordCodec)
      const expiresAtMs = this.#clock.now() + REMOVAL_HELD_MS
      tx.put(namespaceRows.departure(record.id), { parentId, name, removing: true }, departureCodec, { expiresAtMs })
      return record
    })
  }

  /** Where it was, if it is to be removed: from here on nobody who is still making it can finish. */
  async claimRemoval(id: string): Promise<NamespacePlace | undefined> {
    // What was committed though nobody heard of it counts.
    await this.#store.refresh()
    return this.#store.transaction(async (tx) => {
      const stored = await tx.entry(namespaceRows.departure(id), departureCodec)
      if (stored === undefined) return undefined
      if (!stored.value.removing) {
        const { expiresAtMs } = stored
        tx.put(namespaceRows.departure(id), { ...stored.value, removing: true }, departureCodec, { expiresAtMs })
      }
      return stored.value
    })
  }

  /** Nothing of it is left but its rows here. */
  async finishRemoval(id: string): Promise<void> {
    await this.#store.transaction(async (tx) => {
      const place = await tx.get(namespaceRows.departure(id), departureCodec)
      if (place === undefined) return
      const at = namespaceRows.at(place.parentId, place.name)
      // What was never finished has no record: its name may be another's.
      if ((await tx.get(at, recordCodec))?.id === id) tx.delete(at)
      tx.delete(namespaceRows.id(id))
      tx.delete(namespaceRows.departure(id))
    })
  }

  /** Resolves with the key that unlocks it. */
  async lock(chain: Chain): Promise<string> {
    const record = await this.#lockable(chain)
    const key = base62(this.#random, UNLOCK_KEY_LENGTH)
    await this.change(record.parentId, record.name, ({ lock, path }) => {
      if (lock !== '') throw invalid(`cannot lock namespace "${path}": is already locked`)
      const above = chain.find((one) => one.lock !== '')
      if (above !== undefined)
        throw invalid(`cannot lock namespace "${path}": ancestor namespace "${above.path}" is already locked`)
      return { lock: lockOf(key) }
    })
    return key
  }

  async unlock(chain: Chain, key: string | undefined): Promise<void> {
    const record = await this.#lockable(chain)
    await this.change(record.parentId, record.name, ({ lock, path }) => {
      if (lock === '') throw invalid(`namespace "${path}" is not locked`)
      const above = chain.find((one) => one.lock !== '')
      if (above !== undefined && above.id !== record.id)
        throw invalid(`cannot unlock "${path}" with namespace "${above.path}" being locked`)
      if (key !== undefined && !timingSafeEqual(Buffer.from(lock), Buffer.from(lockOf(key))))
        throw invalid('incorrect unlock key')
      return { lock: '' }
    })
  }

  async #lockable(chain: Chain): Promise<NamespaceRecord> {
    const record = chain[chain.length - 1]
    if (record === undefined) throw invalid('root namespace cannot be locked/unlocked')
    return record
  }
}

function isSet(options: Awaitable<NamespaceOptions | undefined>): Awaitable<boolean> {
  return options instanceof Promise
    ? options.then((late) => late?.denyAlwaysWins === true)
    : options?.denyAlwaysWins === true
}

export const idOf = (chain: Chain): string => chain[chain.length - 1]?.id ?? ROOT_NAMESPACE_ID
export const pathOf = (chain: Chain): string => chain[chain.length - 1]?.path ?? ''
export const refOf = (chain: Chain): NamespaceRef => ({ id: idOf(chain), path: pathOf(chain) })

/** The first segment of a path that goes on behind it, or ''. */
function firstOf(path: string): string {
  const slash = path.indexOf('/')
  return slash <= 0 ? '' : path.slice(0, slash)
}

/** The key has 142 bits of its own, so that a plain hash of it tells nothing. */
const lockOf = (key: string): string => createHash('sha256').update(key).digest('base64url')
