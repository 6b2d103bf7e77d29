import type { NamespaceRef } from '../../../engines/engine.ts'
import { EgideError, invalid, notFound } from '../../../engines/errors.ts'
import type { MountEntry } from '../../../engines/system/services/mounts.ts'
import type {
  MountBelow,
  NamespaceDraft,
  NamespaceInfo,
  NamespacePatch,
  NamespacePut,
  NamespaceService,
} from '../../../engines/system/services/namespaces.ts'
import type { NamespaceSealOperations, NamespaceSealStatus } from '../../../engines/system/services/seal.ts'
import type { Page } from '../../../storage/store.ts'
import { namespaceSealed } from '../../seal/namespaces/sealing.ts'
import type { Quorum } from '../../seal/seal-config.ts'
import { type Chain, type NamespaceDirectory, pathOf, type Resolved } from './directory.ts'
import { checkedName, checkMetadata, infoOf, type NamespaceOwn, type NamespaceRecord } from './record.ts'
import { quorumIn } from './seal-document.ts'
import { lockedBy } from './unavailable.ts'

type Metadata = Readonly<Record<string, string>>

export interface NamespaceOperationsParts {
  readonly directory: NamespaceDirectory
  readonly seals: NamespaceSealOperations
  /** As KeyHolders.late. */
  readonly lateHolders: () => Promise<readonly string[]>
  readonly isSealed: (record: NamespaceRecord) => boolean
  /** The mount of a namespace that is neither sealed nor locked. */
  readonly mountIn: (chain: Chain, path: string) => Promise<MountEntry | undefined>
  readonly make: (parent: Chain, name: string, own: NamespaceOwn, quorum: Quorum | null) => Promise<NamespaceMade>
  /** False: there is none of this name. */
  readonly remove: (parentId: string, name: string) => Promise<boolean>
  /** As `remove`, with those below it if `force` says so. */
  readonly removeSealed: (parentId: string, name: string, force: boolean) => Promise<boolean>
}

export interface NamespaceMade {
  readonly record: NamespaceRecord
  /** Of its own seal, for whoever zeroes them; none without one. */
  readonly shares: readonly Buffer[]
}

/** What can be done with the namespaces below one. */
export class NamespaceOperationsBelow implements NamespaceService {
  readonly #id: string
  readonly #path: string
  readonly #parts: NamespaceOperationsParts
  readonly #directory: NamespaceDirectory

  constructor({ id, path }: NamespaceRef, parts: NamespaceOperationsParts) {
    this.#id = id
    this.#path = path
    this.#parts = parts
    this.#directory = parts.directory
  }

  async list(page: Page): Promise<readonly NamespaceInfo[]> {
    return (await this.#directory.list(this.#id, page)).map(infoOf)
  }

  async scan(): Promise<readonly NamespaceInfo[]> {
    return (await this.#directory.scan(this.#id, this.#parts.isSealed)).map(infoOf)
  }

  async get(name: string): Promise<NamespaceInfo | undefined> {
    const record = await this.#directory.child(this.#id, checkedName(name))
    return record && infoOf(record)
  }

  async mountBelow(path: string): Promise<MountBelow> {
    const found = await this.#resolved(path)
    const chain = found?.chain ?? []
    const namespacePath = pathOf(chain).slice(this.#path.length)
    const isShut = lockedBy(chain, found?.path ?? '') !== undefined || chain.some(this.#parts.isSealed)
    if (found === undefined || namespacePath === '' || isShut) return { entry: undefined, namespacePath }
    return { entry: await this.#parts.mountIn(chain, found.path), namespacePath }
  }

  /** Undefined also where a namespace on the way is about to be gone. */
  async #resolved(path: string): Promise<Resolved | undefined> {
    try {
      return await this.#directory.resolve(this.#path, path)
    } catch (error) {
      if (error instanceof EgideError && error.code === 'not_found') return undefined
      throw error
    }
  }

  async put(raw: string, { customMetadata, denyAlwaysWins, seal }: NamespaceDraft): Promise<NamespacePut> {
    const name = checkedName(raw)
    checkMetadata(customMetadata)
    const own = { customMetadata, ...(denyAlwaysWins !== undefined && { denyAlwaysWins }) }
    const isThere = (await this.#directory.child(this.#id, name)) !== undefined
    const quorum = seal === '' ? null : quorumIn(seal)
    if (isThere && quorum !== null) throw invalid('cannot modify existing namespace seal config')
    const { record, shares } = isThere
      ? { record: await this.#directory.change(this.#id, name, () => own), shares: [] }
      : await this.#parts.make(await this.#chain(), name, own, quorum)
    return { info: infoOf(record), shares, threshold: quorum?.threshold ?? 0 }
  }

  async patch(raw: string, { customMetadata: change, denyAlwaysWins }: NamespacePatch): Promise<NamespaceInfo> {
    const name = checkedName(raw)
    const record = await this.#directory.change(this.#id, name, ({ customMetadata }) => ({
      ...(change !== undefined && { customMetadata: change === null ? {} : merged(customMetadata, change) }),
      ...(denyAlwaysWins !== undefined && { denyAlwaysWins }),
    }))
    return infoOf(record)
  }

  async rootDenyAlwaysWins(): Promise<boolean> {
    return this.#directory.rootDenyAlwaysWins()
  }

  setRootDenyAlwaysWins(denyAlwaysWins: boolean): Promise<void> {
    return this.#directory.setRootOptions({ denyAlwaysWins })
  }

  async remove(raw: string): Promise<boolean> {
    const name = checkedName(raw)
    const record = await this.#directory.child(this.#id, name)
    if (record !== undefined && !record.leaving && this.#parts.isSealed(record)) throw namespaceSealed()
    return this.#parts.remove(this.#id, name)
  }

  async removeSealed(raw: string, force: boolean): Promise<boolean> {
    const name = checkedName(raw)
    const record = await this.#directory.child(this.#id, name)
    if (record === undefined) return false
    if (!record.leaving && !this.#parts.isSealed(record)) throw invalid('namespace is not sealed')
    return this.#parts.removeSealed(this.#id, name, force)
  }

  async sealStatus(name: string): Promise<NamespaceSealStatus> {
    return this.#parts.seals.status(await this.#sealable(name))
  }

  async unseal(name: string, share: Buffer): Promise<NamespaceSealStatus> {
    return this.#parts.seals.unseal(await this.#sealable(name), share)
  }

  async resetUnseal(name: string): Promise<NamespaceSealStatus> {
    return this.#parts.seals.reset(await this.#sealable(name))
  }

  async seal(name: string): Promise<readonly string[]> {
    await this.#parts.seals.seal(await this.#sealable(name))
    return this.#parts.lateHolders()
  }

  async #sealable(raw: string): Promise<string> {
    const record = await this.#directory.child(this.#id, checkedName(raw))
    if (record === undefined) throw notFound('namespace not found')
    if (record.leaving) throw invalid('namespace with that name exists and is currently tainted')
    if (record.hasSeal !== true) throw invalid('namespace is not sealable')
    return record.id
  }

  async lock(path: string): Promise<string> {
    return this.#directory.lock(await this.#below(path))
  }

  async unlock(path: string, key: string | undefined): Promise<void> {
    await this.#directory.unlock(await this.#below(path), key)
  }

  async #chain(): Promise<Chain> {
    const chain = await this.#directory.chainOf(this.#id)
    if (chain === undefined) throw notFound('namespace not found')
    return chain
  }

  async #below(path: string): Promise<Chain> {
    const chain = [...(await this.#chain())]
    for (const name of path.split('/').filter((part) => part !== '')) {
      const record = await this.#directory.child(chain[chain.length - 1]?.id ?? this.#id, checkedName(name))
      if (record === undefined || record.leaving) throw notFound('requested namespace does not exist')
      chain.push(record)
    }
    return chain
  }
}

/** RFC 7396. */
function merged(metadata: Metadata, change: Readonly<Record<string, string | null>>): Metadata {
  const all = Object.entries({ ...metadata, ...change })
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== null))
}
