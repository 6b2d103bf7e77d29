import type { Clock, NamespaceRef, Random } from '../../engines/engine.ts'
import { denied, invalid, notFound } from '../../engines/errors.ts'
import type { IdentityView } from '../../engines/identity-view.ts'
import type {
  AskedPath,
  Explanation,
  ImaginedRequest,
  PolicyDraft,
  PolicyHolder,
  PolicyInfo,
  PolicyService,
} from '../../engines/system/services/policies.ts'
import type { Awaitable } from '../../storage/backend.ts'
import type { Store, Tx } from '../../storage/store.ts'
import { AclSets } from './acl/acl-sets.ts'
import {
  DEFAULT,
  DEFAULT_POLICY_TEXT,
  IMMUTABLE_POLICIES,
  RESPONSE_WRAPPING,
  RESPONSE_WRAPPING_TEXT,
  ROOT,
} from './builtin.ts'
import type { Acl } from './decision.ts'
import { explain } from './explain.ts'
import { capabilitiesAt } from './judge.ts'
import { checkedPolicyName, normalPolicyName } from './name.ts'
import { parsePolicy } from './parse.ts'
import { type ParsedPolicy, PolicyError } from './policy.ts'
import {
  builtinInfo,
  EPOCH,
  EXPIRING,
  epochCodec,
  expiringEntry,
  expiringPath,
  infoOf,
  isExpired,
  markCodec,
  POLICIES,
  type PolicyRecord,
  recordCodec,
  recordPath,
} from './policy-record.ts'

export interface PolicyStoreOptions {
  /** The namespace's view. */
  readonly store: Store
  readonly namespace: NamespaceRef
  readonly clock: Clock
  readonly random: Random
  /** Whom templates speak of, by the id of the entity; the same object while it is the same. */
  readonly identityOf?: (entityId: string) => Promise<IdentityView | undefined>
  /** Whether here every denial that fits wins, also over closer paths; absent: no. True as of the last refresh of root's store. */
  readonly denyAlwaysWins?: () => Awaitable<boolean>
  /** The policies of a namespace above, by its id. */
  readonly above?: (namespaceId: string) => PolicyStore | undefined
}

/** Expired policies that one run of `tidy` removes at most. */
const TIDY_MAX = 1_000

/** The ACL policies of one namespace, and what sets of them decide. */
export class PolicyStore implements PolicyService {
  readonly #store: Store
  readonly #namespace: NamespaceRef
  readonly #clock: Clock
  readonly #random: Random
  readonly #sets: AclSets
  readonly #denyAlwaysWins: () => Awaitable<boolean>
  readonly #identityOf: NonNullable<PolicyStoreOptions['identityOf']>
  readonly #above: (namespaceId: string) => PolicyStore | undefined

  constructor(options: PolicyStoreOptions) {
    const { store, namespace, clock, random, above = () => undefined, identityOf = async () => undefined } = options
    this.#store = store
    this.#namespace = namespace
    this.#clock = clock
    this.#random = random
    this.#above = above
    this.#identityOf = identityOf
    this.#denyAlwaysWins = options.denyAlwaysWins ?? (() => false)
    this.#sets = new AclSets(store, namespace.path, this.#denyAlwaysWins)
  }

  /**
   * The compiled policies of a token, true as of the last refresh of the store. Names that no policy has are passed over.
   * `identity` is whom templates speak of: the same object for the same entity, or each call compiles.
   */
  aclFor(names: readonly string[], identity?: IdentityView): Awaitable<Acl> {
    return this.#sets.aclFor(names, identity, this.#clock.now())
  }

  /** The policy of this name, if its time is not over. */
  async parsed(name: string): Promise<ParsedPolicy | undefined> {
    const policy = await this.#sets.policy(name)
    return policy === undefined || isExpired(policy, this.#clock.now()) ? undefined : policy
  }

  /** Whether here every denial that fits wins. */
  get denyAlwaysWins(): () => Awaitable<boolean> {
    return this.#denyAlwaysWins
  }

  /** Writes the policies that a new namespace starts with, if they are not there. */
  async addInitial(): Promise<void> {
    await this.#store.transaction(async (tx) => {
      if ((await tx.get(POLICIES + DEFAULT, recordCodec)) !== undefined) return
      const record = this.#recordOf({ ...builtinInfo(DEFAULT, DEFAULT_POLICY_TEXT) }, 1)
      this.#write(tx, DEFAULT, undefined, record)
    })
  }

  async names(prefix: string): Promise<readonly string[]> {
    if (prefix !== '' && recordPath(prefix.slice(0, -1)) === undefined) return []
    const below = normalPolicyName(prefix)
    const gone = new Set((await this.#expired()).map(({ name }) => name))
    const names = await this.#store.scan(POLICIES + below)
    return names.map((name) => below + name).filter((name) => !gone.has(name))
  }

  async get(name: string): Promise<PolicyInfo | undefined> {
    const normal = normalPolicyName(name)
    if (normal === ROOT) return builtinInfo(ROOT, '')
    if (normal === RESPONSE_WRAPPING) return builtinInfo(RESPONSE_WRAPPING, RESPONSE_WRAPPING_TEXT)
    const record = await this.#current(this.#store, normal)
    return record && infoOf(normal, record)
  }

  async exists(name: string): Promise<boolean> {
    return (await this.get(name)) !== undefined
  }

  async put(name: string, draft: PolicyDraft, cas: number | undefined): Promise<void> {
    const normal = writableName(name)
    this.#check(normal, draft)
    await this.#store.transaction(async (tx) => {
      const earlier = await this.#stored(tx, normal)
      const live = earlier && !isExpired(earlier, this.#clock.now()) ? earlier : undefined
      checkCas(cas, live, draft.casRequired)
      this.#write(tx, normal, earlier, this.#recordOf(draft, (live?.version ?? 0) + 1))
    })
  }

  async patch(name: string, change: Partial<PolicyDraft>, cas: number | undefined): Promise<void> {
    const normal = writableName(name)
    await this.#store.transaction(async (tx) => {
      const earlier = await this.#current(tx, normal)
      if (earlier === undefined) throw notFound('policy not found')
      const draft: PolicyDraft = { ...infoOf(normal, earlier), ...change }
      this.#check(normal, draft)
      // A patch is of the version it reads, so that it needs no `cas` where one is required.
      checkCas(cas ?? earlier.version, earlier, draft.casRequired)
      this.#write(tx, normal, earlier, this.#recordOf(draft, earlier.version + 1))
    })
  }

  async delete(name: string): Promise<void> {
    const normal = normalPolicyName(name)
    if (IMMUTABLE_POLICIES.includes(normal)) throw invalid(`cannot delete "${normal}" policy`)
    if (normal === DEFAULT) throw invalid('cannot delete default policy')
    if (recordPath(normal) === undefined) return
    await this.#store.transaction(async (tx) => {
      const earlier = await this.#stored(tx, normal)
      if (earlier !== undefined) this.#write(tx, normal, earlier, undefined)
    })
  }

  async capabilities(holder: PolicyHolder, paths: readonly AskedPath[]): Promise<readonly (readonly string[])[]> {
    const acl = await this.#aclOf(holder)
    const nowMs = this.#clock.now()
    return paths.map((asked) => capabilitiesAt(acl, this.#spelling(asked), nowMs))
  }

  async reachBelow(holder: PolicyHolder, paths: readonly string[]): Promise<readonly boolean[]> {
    const acl = await this.#aclOf(holder)
    const nowMs = this.#clock.now()
    return paths.map((path) => acl.reachesBelow(this.#fullPath(path), nowMs))
  }

  async resultant(holder: PolicyHolder): Promise<Readonly<Record<string, unknown>>> {
    return (await this.#aclOf(holder)).resultant(this.#clock.now())
  }

  async explain(holder: PolicyHolder, request: ImaginedRequest): Promise<Explanation> {
    const nowMs = this.#clock.now()
    const names = holder.policies
    const policies = await this.#storeOf(holder).#sets.policiesOf(names, nowMs)
    const identity = await this.#viewOf(holder)
    const acl = await this.#aclOf(holder)
    const { path, keptPath } = this.#spelling(request)
    const query = { ...request, path, data: request.parameters, nowMs }
    const missingPolicies = names.filter((name) => {
      const policy = policies.find((candidate) => candidate.name === name)
      return policy === undefined || isExpired(policy, nowMs)
    })
    return { ...explain({ policies, acl, identity }, query, { access: request.access, keptPath }), missingPolicies }
  }

  /** Removes policies whose time is over. They have no effect meanwhile; this gives back their space. Resolves with how many. */
  async tidy(): Promise<number> {
    const expired = (await this.#expired()).slice(0, TIDY_MAX)
    for (const { name, expiresAtMs } of expired) {
      await this.#store.transaction(async (tx) => {
        const record = await this.#stored(tx, name)
        if (record?.expiresAtMs === expiresAtMs) this.#write(tx, name, record, undefined)
        else tx.delete(expiringPath(name, expiresAtMs))
      })
    }
    return expired.length
  }

  async #aclOf(holder: PolicyHolder): Promise<Acl> {
    return this.#storeOf(holder).aclFor(holder.policies, await this.#viewOf(holder))
  }

  async #viewOf(holder: PolicyHolder): Promise<IdentityView | undefined> {
    const { entityId = '' } = holder
    return entityId === '' ? undefined : this.#storeOf(holder).#identityOf(entityId)
  }

  /** Where the holder's policies are kept: here, or in the namespace above that they are of. */
  #storeOf({ from }: PolicyHolder): PolicyStore {
    const above = from === undefined ? this : this.#above(from)
    if (above === undefined) throw denied()
    return above
  }

  #spelling({ path, keptPath }: AskedPath): AskedPath {
    return { path: this.#fullPath(path), keptPath: keptPath === undefined ? undefined : this.#fullPath(keptPath) }
  }

  #fullPath(path: string): string {
    return this.#namespace.path + path.replace(/^\/+/, '')
  }

  /** Policies that are over, though their rows may be there still; the earliest first. */
  async #expired(): Promise<readonly { readonly name: string; readonly expiresAtMs: number }[]> {
    const nowMs = this.#clock.now()
    const rows = (await this.#store.scan(EXPIRING)).map(expiringEntry)
    return rows.filter((entry) => isExpired(entry, nowMs))
  }

  #stored(reader: Pick<Store, 'get'>, name: string): Awaitable<PolicyRecord | undefined> {
    const path = recordPath(name)
    return path === undefined ? undefined : reader.get(path, recordCodec)
  }

  async #current(reader: Pick<Store, 'get'>, name: string): Promise<PolicyRecord | undefined> {
    const record = await this.#stored(reader, name)
    return record === undefined || isExpired(record, this.#clock.now()) ? undefined : record
  }

  #check(name: string, draft: PolicyDraft): void {
    if (draft.text === '') throw invalid("'policy' parameter not supplied or empty")
    if (draft.expiresAtMs !== undefined && this.#clock.now() >= draft.expiresAtMs)
      throw invalid('refusing to update policy as expiration time has already elapsed')
    asInvalid('failed to parse policy: ', () => parsePolicy(name, draft.text))
  }

  #recordOf(draft: PolicyDraft, version: number): PolicyRecord {
    return {
      text: draft.text,
      version,
      casRequired: draft.casRequired,
      expiresAtMs: draft.expiresAtMs,
      modifiedMs: this.#clock.now(),
      allowSlashesInTemplates: draft.allowSlashesInTemplates,
      allowWildcardsInTemplates: draft.allowWildcardsInTemplates,
    }
  }

  /** Writes or deletes a policy with its index row, and tells every node that policies have changed. */
  #write(tx: Tx, name: string, earlier: PolicyRecord | undefined, record: PolicyRecord | undefined): void {
    if (earlier?.expiresAtMs !== undefined) tx.delete(expiringPath(name, earlier.expiresAtMs))
    if (record === undefined) tx.delete(POLICIES + name)
    else tx.put(POLICIES + name, record, recordCodec)
    if (record?.expiresAtMs !== undefined) tx.put(expiringPath(name, record.expiresAtMs), true, markCodec)
    tx.put(EPOCH, { id: this.#random.uuid() }, epochCodec)
  }
}

function writableName(name: string): string {
  const normal = asInvalid('', () => checkedPolicyName(name))
  if (IMMUTABLE_POLICIES.includes(normal)) throw invalid(`cannot update "${normal}" policy`)
  return normal
}

/** What is wrong with a policy is its author's to know. */
function asInvalid<T>(prefix: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof PolicyError) throw invalid(prefix + error.message)
    throw error
  }
}

function checkCas(cas: number | undefined, earlier: PolicyRecord | undefined, casRequired: boolean): void {
  if (cas === undefined) {
    if (casRequired || earlier?.casRequired === true) throw invalid('check-and-set parameter required for this call')
    return
  }
  if (cas === -1) {
    if (earlier !== undefined) throw invalid('check-and-set parameter set to -1 on existing entry')
    return
  }
  if (cas !== (earlier?.version ?? 0)) throw invalid('check-and-set parameter did not match the current version')
}
