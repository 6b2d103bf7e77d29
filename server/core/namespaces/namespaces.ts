import { zeroize } from '../../../crypto/zeroize.ts'
import type { Clock, Log, NamespaceRef, Random } from '../../../engines/engine.ts'
import { type EgideError, notFound, sealed } from '../../../engines/errors.ts'
import type { NamespaceService } from '../../../engines/system/services/namespaces.ts'
import type { NamespaceSealOperations } from '../../../engines/system/services/seal.ts'
import type { Awaitable, Backend } from '../../../storage/backend.ts'
import type { Cipher, Store } from '../../../storage/store.ts'
import { ROOT_NAMESPACE_ID, type UnsealedKeys } from '../../seal/lifecycle.ts'
import type { Quorum } from '../../seal/seal-config.ts'
import type { AccessKey, AccessKeys } from '../access-keys/access-key.ts'
import { namespaceOfAccessKey } from '../access-keys/access-key-id.ts'
import { Pace } from '../leases/pace.ts'
import { Sweeper } from '../leases/sweeper.ts'
import type { Namespace, NamespaceParts, NodeNames } from '../namespace.ts'
import { callerError } from '../pipeline/failures.ts'
import { QuotaBook, RateLimited } from '../quotas/quotas.ts'
import type { Request, Response } from '../request.ts'
import { answering, isAboutOne } from './answering.ts'
import type { NamespacesBelow } from './below.ts'
import { type Chain, NamespaceDirectory, pathOf, refOf } from './directory.ts'
import { DueBelow } from './due-below.ts'
import { KeyHolders } from './key-holders.ts'
import { OpenNamespaces } from './open-namespaces.ts'
import { quotaPlaces } from './quota-places.ts'
import type { NamespaceOwn, NamespaceRecord } from './record.ts'
import { RelativeRequest } from './relative-request.ts'
import { Removal } from './removal.ts'
import { refusedBelowRoot } from './root-only.ts'
import { type NamespaceMade, NamespaceOperationsBelow } from './service.ts'
import { isSealed, lockedBy, sealedBy } from './unavailable.ts'

/** What makes one namespace of a vault different from another. */
export type NamespaceOwnParts = Pick<
  NamespaceParts,
  'namespace' | 'cipher' | 'above' | 'below' | 'denyAlwaysWins' | 'cacheBytes' | 'cacheEntries'
>

export interface NamespacesParts {
  readonly backend: Backend
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly keys: UnsealedKeys
  /** The server's, of namespaces that have seals of their own. */
  readonly seals: NamespaceSealOperations
  /** This node among those that share the storage; undefined: it is alone. */
  readonly node: NodeNames | undefined
  readonly build: (own: NamespaceOwnParts, vault: () => Namespaces) => Promise<Namespace>
  /** Whether this process is working on requests. Default: it never is. */
  readonly isServing?: () => boolean
  /** As OpenNamespacesOptions. */
  readonly keptMax?: number
}

const ROOT: NamespaceRef = { id: ROOT_NAMESPACE_ID, path: '' }
/** Of one namespace below root; 256 of them stay open that nobody uses. */
const CACHE_BYTES = 1024 * 1024
const CACHE_ENTRIES = 2_000

const NO_CHILDREN = 'unable to delete namespace containing child namespaces'
const NO_CHILDREN_SEALED =
  'sealed namespace has leftover child namespaces; pass force=true to delete the entire tree, or unseal the namespace and delete children individually'

/** All namespaces of an open vault: which there are, which of them are open, and where a request goes. */
export class Namespaces implements NamespacesBelow, AccessKeys {
  readonly root: Namespace
  readonly #parts: NamespacesParts
  readonly #directory: NamespaceDirectory
  readonly #open: OpenNamespaces
  readonly #removal: Removal
  /** Undefined: no other server shares the storage. */
  readonly holders: KeyHolders | undefined
  /** Root's. */
  readonly quotas: QuotaBook
  readonly #sweeper: Sweeper
  /** What each was opened with. */
  readonly #ciphers = new WeakMap<Namespace, Cipher>()

  private constructor(parts: NamespacesParts, root: Namespace) {
    const { backend, clock, random, log, keys } = parts
    const { store } = root
    this.#parts = parts
    this.root = root
    this.#directory = new NamespaceDirectory({ store, clock, random })
    this.#open = new OpenNamespaces({
      clock,
      log,
      root,
      ...(parts.keptMax !== undefined && { keptMax: parts.keptMax }),
      open: (record, above) => this.#openBelow(record, above),
      isUsable: (namespace) => {
        const cipher = this.#ciphers.get(namespace)
        return cipher !== undefined && keys.holds(namespace.ref.id, cipher)
      },
      onClosed: (id) => keys.releaseNamespace(id),
    })
    const process = parts.node?.server && parts.node.process(root.identity.nodeId)
    this.holders = process === undefined ? undefined : new KeyHolders({ store, clock, process, keys })
    keys.listen({
      onUnsealing: async () => this.holders?.announce(),
      onDropped: (ids) => Promise.all(ids.map((id) => this.#open.close(id))),
    })
    this.quotas = new QuotaBook({ store, clock, ...quotaPlaces(this.#directory, this.#open, keys) })
    this.#removal = new Removal({ backend, directory: this.#directory, keys, log })
    const pace = new Pace({
      now: () => clock.now(),
      commitMs: () => backend.lastCommitMs ?? 0,
      isServing: parts.isServing ?? (() => false),
    })
    this.#sweeper = new Sweeper({ backend, owner: this.#due(), log, pace })
  }

  #due(): DueBelow {
    const { clock, log, keys, node } = this.#parts
    return new DueBelow({
      root: this.root,
      directory: this.#directory,
      open: this.#open,
      removal: this.#removal,
      keys,
      clock,
      log,
      process: node?.process(this.root.identity.nodeId),
    })
  }

  /** Builds them over their keys; root is not open yet. */
  static async over(parts: NamespacesParts): Promise<Namespaces> {
    const vault = (): Namespaces => {
      if (made === undefined) throw sealed()
      return made
    }
    // Root is asked of what is below it only when there is something to ask.
    const below: NamespacesBelow = {
      endBelow: (id, hash) => vault().endBelow(id, hash),
      isNamespace: (parentId, name) => vault().isNamespace(parentId, name),
      whyUnavailable: (id) => vault().whyUnavailable(id),
      makeLease: (ids, store, path, make) => vault().makeLease(ids, store, path, make),
      moveQuotas: (namespace, from, to) => vault().moveQuotas(namespace, from, to),
    }
    const cipher = parts.keys.cipherFor(ROOT_NAMESPACE_ID)
    let made: Namespaces | undefined
    const denyAlwaysWins = () => vault().#directory.rootDenyAlwaysWins()
    const root = await parts.build({ namespace: ROOT, cipher, above: [], below, denyAlwaysWins }, vault)
    made = new Namespaces(parts, root)
    return made
  }

  async #openBelow(record: NamespaceRecord, above: readonly Namespace[]): Promise<Namespace> {
    const namespace = await this.#build(record, above)
    await namespace.open()
    return namespace
  }

  /** Its keys are given back when it is closed, or when this fails. */
  async #build(
    { id, path, parentId, name }: Pick<NamespaceRecord, 'id' | 'path' | 'parentId' | 'name'>,
    above: readonly Namespace[],
  ): Promise<Namespace> {
    const { keys, build } = this.#parts
    const cipher: Cipher = await keys.loadNamespace(id)
    try {
      const denyAlwaysWins = () => this.#directory.denyAlwaysWins(parentId, name)
      const own = { namespace: { id, path }, cipher, above, below: this, denyAlwaysWins, cacheBytes: CACHE_BYTES }
      const namespace = await build({ ...own, cacheEntries: CACHE_ENTRIES }, () => this)
      this.#ciphers.set(namespace, cipher)
      return namespace
    } catch (error) {
      keys.releaseNamespace(id)
      throw error
    }
  }

  async handle(request: Request): Promise<Response> {
    const { root } = this
    let chain: Chain
    let path: string
    let elsewhere: Chain | undefined
    try {
      await root.store.refresh()
      const found = this.#directory.resolve(request.namespace, request.path)
      const resolved = found instanceof Promise ? await found : found
      chain = resolved?.chain ?? []
      path = resolved?.path ?? request.path
      const answers = isAboutOne(path) ? answering(this.#directory, request, chain, path) : undefined
      elsewhere = answers instanceof Promise ? await answers : answers
    } catch (error) {
      const known = callerError(error, this.#parts.log, request.id)
      return known?.code === 'not_found' ? root.refuse(request, ROOT, known) : Promise.reject(known ?? error)
    }
    if (elsewhere !== undefined) return await this.#handleElsewhere(request, chain, elsewhere, path)
    return chain.length === 0 ? await root.handle(request, true) : await this.#handleBelow(request, chain, path)
  }

  /** Answered by another namespace than the one that is named, which has to be usable too. */
  async #handleElsewhere(request: Request, named: Chain, chain: Chain, path: string): Promise<Response> {
    const refusal = this.#unavailable(named, path)
    if (refusal !== undefined) return this.root.refuse(request, refOf(named), refusal)
    if (chain.length > 0) return await this.#handleBelow(request, chain, path)
    return await this.root.handle(new RelativeRequest(request, '', path), true)
  }

  async accessKey(accessKeyId: string): Promise<AccessKey | undefined> {
    const namespaceId = namespaceOfAccessKey(accessKeyId)
    if (namespaceId === undefined) return undefined
    try {
      await this.root.store.refresh()
      const chain = namespaceId === ROOT_NAMESPACE_ID ? [] : await this.#directory.chainOf(namespaceId)
      const refusal = chain && this.#sealedBy(chain)
      if (refusal !== undefined) throw refusal
      return chain && (await this.#open.use(chain, ({ issued }) => issued.accessKeys.find(accessKeyId)))
    } catch (error) {
      throw callerError(error, this.#parts.log, '') ?? error
    }
  }

  refuse(request: Request, refusal: EgideError): Promise<never> {
    return this.root.refuse(request, ROOT, refusal)
  }

  /** As Core.admit. */
  admit(request: Request, isWhole: boolean): Awaitable<readonly string[] | undefined> {
    try {
      const admitted = this.quotas.admit(request, isWhole)
      return admitted instanceof Promise
        ? admitted.catch((error: unknown) => this.#notAdmitted(request, error))
        : admitted
    } catch (error) {
      return this.#notAdmitted(request, error)
    }
  }

  async #notAdmitted(request: Request, error: unknown): Promise<never> {
    if (error instanceof RateLimited && error.isAudited) return this.root.refuse(request, ROOT, error)
    throw callerError(error, this.#parts.log, request.id) ?? error
  }

  makeLease<T>(namespaceIds: readonly string[], store: Store, path: string, make: () => Promise<T>): Promise<T> {
    return this.quotas.makeLease(namespaceIds, store, path, make)
  }

  moveQuotas(namespace: NamespaceRef, from: string, to: string): Promise<void> {
    return this.quotas.moveMount(namespace, from, to)
  }

  async #handleBelow(asked: Request, chain: Chain, path: string): Promise<Response> {
    const request = new RelativeRequest(asked, pathOf(chain), path)
    const refusal = this.#unavailable(chain, path) ?? refusedBelowRoot(path, asked.namespace !== '')
    if (refusal !== undefined) return this.root.refuse(request, refOf(chain), refusal)
    try {
      return await this.#open.use(chain, (namespace) => namespace.handle(request, true))
    } catch (error) {
      const known = callerError(error, this.#parts.log, request.id)
      // It was sealed while the request ran.
      if (known?.code === 'sealed') throw this.#sealedBy(chain) ?? known
      throw known ?? error
    }
  }

  #sealedBy(chain: Chain): EgideError | undefined {
    return sealedBy(this.#parts.keys, chain)
  }

  #unavailable(chain: Chain, path: string): EgideError | undefined {
    return lockedBy(chain, path) ?? this.#sealedBy(chain)
  }

  /** The rows of `sys/namespaces` in one namespace. */
  serviceFor(namespace: NamespaceRef): NamespaceService {
    return new NamespaceOperationsBelow(namespace, {
      directory: this.#directory,
      seals: this.#parts.seals,
      lateHolders: async () => (await this.holders?.late()) ?? [],
      isSealed: (record) => isSealed(this.#parts.keys, record),
      mountIn: (chain, path) => this.#open.use(chain, ({ mounts }) => mounts.holding(path)),
      make: (parent, name, own, quorum) => this.#make(parent, name, own, quorum),
      remove: (parent, name) => this.#remove(parent, name, NO_CHILDREN),
      removeSealed: (parent, name, force) => this.#remove(parent, name, force ? undefined : NO_CHILDREN_SEALED),
    })
  }

  /** With a `quorum` it has shares of its own, and is sealed when this resolves. */
  async #make(parent: Chain, name: string, own: NamespaceOwn, quorum: Quorum | null): Promise<NamespaceMade> {
    const { keys } = this.#parts
    const begun = await this.#directory.begin(parent, name)
    const under = parent.findLast(({ hasSeal }) => hasSeal)?.id ?? null
    const sealing = quorum === null && under === null ? undefined : { under, quorum }
    let shares: readonly Buffer[] = []
    try {
      await this.#open.use(parent, async (above) => {
        await above.mounts.claims.claim(name, begun.id)
        shares = await keys.createNamespace(begun.id, sealing)
        const path = `${pathOf(parent)}${name}/`
        const namespace = await this.#build({ ...begun, path }, [above, ...above.above])
        try {
          await namespace.prepare()
        } finally {
          await namespace.close()
          keys.releaseNamespace(begun.id)
        }
      })
      if (quorum !== null) await keys.forgetNamespace(begun.id)
      const hasSeal = quorum === null ? {} : { hasSeal: true }
      const record = await this.#directory.finish(parent, begun, { ...own, ...hasSeal })
      await this.#release(parent, name, begun.id)
      return { record, shares }
    } catch (error) {
      zeroize(...shares)
      this.#removal.finishInBackground(begun.id)
      throw error
    }
  }

  /** Of one that is made: its record keeps mounts away from here on, and a claim that stays does no harm. */
  async #release(parent: Chain, name: string, id: string): Promise<void> {
    try {
      await this.#open.use(parent, ({ mounts }) => mounts.claims.release(name, id))
    } catch (error) {
      this.#parts.log.debug({ namespace: id, err: error }, 'the claim of a name could not be released')
    }
  }

  async #remove(parentId: string, name: string, childrenRefusal: string | undefined): Promise<boolean> {
    const record = await this.#directory.beginRemoval(parentId, name, childrenRefusal)
    if (record === undefined) return false
    await this.#open.close(record.id)
    await this.#parts.keys.destroyNamespace(record.id)
    this.#removal.finishInBackground(record.id)
    return true
  }

  async whyUnavailable(namespaceId: string): Promise<EgideError | undefined> {
    const chain = await this.#directory.chainOf(namespaceId)
    return chain === undefined ? notFound('namespace not found') : this.#unavailable(chain, '')
  }

  async isNamespace(parentId: string, name: string): Promise<boolean> {
    await this.root.store.refresh()
    return (await this.#directory.child(parentId, name)) !== undefined
  }

  async endBelow(namespaceId: string, tokenHash: string): Promise<boolean> {
    const chain = await this.#directory.chainOf(namespaceId)
    if (chain === undefined) return true
    if (this.#sealedBy(chain) !== undefined) return false
    await this.#open.use(chain, ({ issued }) => issued.revoker.revokeTree(tokenHash))
    return true
  }

  /** Ends what is due in all namespaces: tokens, leases, and what another process left unfinished. */
  async sweep(): Promise<void> {
    await this.#sweeper.sweep(this.#parts.clock.now())
  }

  /** Closes namespaces that nobody used for a while. */
  closeIdle(): Promise<void> {
    return this.#open.closeIdle()
  }

  /** Of all that are open. */
  get openBelowRoot(): number {
    return this.#open.size
  }

  /** Refuses from here on, and forgets what was decrypted. */
  async close(): Promise<void> {
    this.#removal.close()
    try {
      await this.#open.closeAll()
    } finally {
      await this.root.close()
    }
  }
}
