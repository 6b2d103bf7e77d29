import { notFound } from '../../../engines/errors.ts'
import type {
  NamespaceDraft,
  NamespaceInfo,
  NamespacePatch,
  NamespaceService,
} from '../../../engines/system/services/namespaces.ts'
import type { Page } from '../../../storage/store.ts'
import type { Chain, NamespaceDirectory } from './directory.ts'
import { checkedName, checkMetadata, infoOf, type NamespaceOwn, type NamespaceRecord } from './record.ts'

type Metadata = Readonly<Record<string, string>>

export interface NamespaceOperationsParts {
  readonly directory: NamespaceDirectory
  readonly make: (parent: Chain, name: string, own: NamespaceOwn) => Promise<NamespaceRecord>
  /** False: there is none of this name. */
  readonly remove: (parentId: string, name: string) => Promise<boolean>
}

/** What can be done with the namespaces below one. */
export class NamespaceOperationsBelow implements NamespaceService {
  readonly #id: string
  readonly #parts: NamespaceOperationsParts
  readonly #directory: NamespaceDirectory

  constructor(id: string, parts: NamespaceOperationsParts) {
    this.#id = id
    this.#parts = parts
    this.#directory = parts.directory
  }

  async list(page: Page): Promise<readonly NamespaceInfo[]> {
    return (await this.#directory.list(this.#id, page)).map(infoOf)
  }

  async scan(): Promise<readonly NamespaceInfo[]> {
    return (await this.#directory.scan(this.#id)).map(infoOf)
  }

  async get(name: string): Promise<NamespaceInfo | undefined> {
    const record = await this.#directory.child(this.#id, checkedName(name))
    return record && infoOf(record)
  }

  async put(raw: string, { customMetadata, denyAlwaysWins }: NamespaceDraft): Promise<NamespaceInfo> {
    const name = checkedName(raw)
    checkMetadata(customMetadata)
    const own = { customMetadata, ...(denyAlwaysWins !== undefined && { denyAlwaysWins }) }
    const isThere = (await this.#directory.child(this.#id, name)) !== undefined
    const record = isThere
      ? await this.#directory.change(this.#id, name, () => own)
      : await this.#parts.make(await this.#chain(), name, own)
    return infoOf(record)
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

  async remove(name: string): Promise<boolean> {
    return this.#parts.remove(this.#id, checkedName(name))
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
