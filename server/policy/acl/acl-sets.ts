import { setImmediate as turn } from 'node:timers/promises'
import { EgideError, invalid } from '../../../engines/errors.ts'
import type { IdentityView } from '../../../engines/identity-view.ts'
import type { Awaitable } from '../../../storage/backend.ts'
import type { Store } from '../../../storage/store.ts'
import { RESPONSE_WRAPPING, RESPONSE_WRAPPING_TEXT, ROOT } from '../builtin.ts'
import type { Acl } from '../decision.ts'
import { normalPolicyName } from '../name.ts'
import { parsePolicy } from '../parse.ts'
import { type ParsedPolicy, PolicyError } from '../policy.ts'
import { EPOCH, epochCodec, type PolicyRecord, recordCodec, recordPath } from '../policy-record.ts'
import { compileAcl } from './acl.ts'

/** Compiled sets that are kept, and the rules in all of them together (a rule takes about a kilobyte). */
const SETS_MAX = 2_000
const RULES_MAX = 100_000
/** Rules of one set, and characters of its policies: whoever writes policies could name so many that a request takes minutes, and all memory. */
const SET_RULES_MAX = 50_000
const SET_CHARS_MAX = 8_388_608
/** Rules, of all sets together, that are kept filled in for identities. They take half a kilobyte each. */
const FILLED_RULES_MAX = 400_000
/** After a policy of so many, which takes some ten milliseconds to parse, other requests have their turn. */
const PAUSE_RULES = 1_000

interface CompiledSet {
  /** What the policies' epoch was when this was last known to be true. */
  epoch: string
  /** Whether it was compiled so that every denial wins. */
  readonly denyWins: boolean
  readonly records: readonly (PolicyRecord | undefined)[]
  readonly policies: readonly ParsedPolicy[]
  readonly rules: number
  readonly acl: Acl
  /** For whom templated rules were filled in. Undefined: there are none, so that it is one for all. */
  byIdentity: WeakMap<IdentityView, Acl> | undefined
}

/**
 * Policy sets, compiled once and kept while their policies stay the same. A use costs one cached read of the epoch; after
 * a change of any policy by any node, each set is compared with its policies, and compiled anew if they are others.
 */
export class AclSets {
  readonly #store: Store
  readonly #namespacePath: string
  readonly #denyAlwaysWins: () => Awaitable<boolean>
  readonly #root: ParsedPolicy
  readonly #responseWrapping: ParsedPolicy
  /** Token documents share their arrays between requests; what is asked with one array again needs no joining of names. */
  readonly #keys = new WeakMap<readonly string[], string>()
  /** Least recently compiled or compared first. */
  readonly #sets = new Map<string, CompiledSet>()
  readonly #parsed = new WeakMap<PolicyRecord, ParsedPolicy>()
  /** Being compiled, for all who ask meanwhile: by what they know of the policies, and the set. */
  readonly #renewals = new Map<string, Promise<CompiledSet>>()
  #rules = 0
  #filledRules = 0

  /** `denyAlwaysWins`: as in AclOptions, asked at each use. */
  constructor(store: Store, namespacePath: string, denyAlwaysWins: () => Awaitable<boolean>) {
    this.#store = store
    this.#namespacePath = namespacePath
    this.#denyAlwaysWins = denyAlwaysWins
    this.#root = parsePolicy(ROOT, '', { namespacePath })
    this.#responseWrapping = parsePolicy(RESPONSE_WRAPPING, RESPONSE_WRAPPING_TEXT, { namespacePath })
  }

  /**
   * Names without a policy are passed over. True as of the last refresh of the store. Rejects with `invalid_request` where the
   * policies are more than a set may hold.
   */
  aclFor(names: readonly string[], identity: IdentityView | undefined, nowMs: number): Awaitable<Acl> {
    const set = this.#setOf(names, nowMs)
    return set instanceof Promise
      ? set.then((made) => this.#aclOf(made, identity, nowMs))
      : this.#aclOf(set, identity, nowMs)
  }

  /** The policies that the set has now, in its order; those that have expired among them. */
  async policiesOf(names: readonly string[], nowMs: number): Promise<readonly ParsedPolicy[]> {
    return (await this.#setOf(names, nowMs)).policies
  }

  /** One policy as it is now, though its time be over. Undefined: there is none. */
  async policy(name: string): Promise<ParsedPolicy | undefined> {
    const path = recordPath(name)
    return this.#policyOf(name, path === undefined ? undefined : await this.#store.get(path, recordCodec))
  }

  #setOf(names: readonly string[], nowMs: number): Awaitable<CompiledSet> {
    const epoch = this.#store.get(EPOCH, epochCodec)
    const denyWins = this.#denyAlwaysWins()
    return epoch instanceof Promise || denyWins instanceof Promise
      ? Promise.all([epoch, denyWins]).then(([found, wins]) => this.#setAt(found?.id ?? '', wins, names, nowMs))
      : this.#setAt(epoch?.id ?? '', denyWins, names, nowMs)
  }

  #setAt(epoch: string, denyWins: boolean, names: readonly string[], nowMs: number): Awaitable<CompiledSet> {
    const key = this.#keyOf(names)
    const known = this.#sets.get(key)
    const isTrue = known !== undefined && known.epoch === epoch && known.denyWins === denyWins
    return isTrue
      ? known
      : this.#renewOnce(`${epoch} ${denyWins} ${key}`, () => this.#renew(key, names, known, denyWins, nowMs))
  }

  #renewOnce(what: string, renew: () => Promise<CompiledSet>): Promise<CompiledSet> {
    let renewal = this.#renewals.get(what)
    if (renewal === undefined) {
      renewal = renew().finally(() => this.#renewals.delete(what))
      this.#renewals.set(what, renewal)
    }
    return renewal
  }

  #keyOf(names: readonly string[]): string {
    let key = this.#keys.get(names)
    if (key === undefined) {
      // Names come from whoever made the token: only an unambiguous form keeps two sets apart.
      key = JSON.stringify(names)
      this.#keys.set(names, key)
    }
    return key
  }

  async #renew(
    key: string,
    names: readonly string[],
    known: CompiledSet | undefined,
    denyWins: boolean,
    nowMs: number,
  ): Promise<CompiledSet> {
    const { epoch, records } = await this.#read(names)
    const isSame = known?.denyWins === denyWins && records.every((record, i) => record === known.records[i])
    if (known !== undefined && isSame) {
      known.epoch = epoch
      this.#keep(key, known)
      return known
    }
    const policies = await this.#policiesOf(names, records)
    const compiled: CompiledSet = {
      epoch,
      records,
      policies,
      rules: policies.reduce((sum, { rules }) => sum + rules.length, 1),
      denyWins,
      acl: compileAcl(policies, { nowMs, denyAlwaysWins: denyWins }),
      byIdentity: policies.some(({ templated }) => templated) ? new WeakMap() : undefined,
    }
    this.#keep(key, compiled)
    return compiled
  }

  /** The epoch and the policies as they were at one moment. */
  #read(names: readonly string[]) {
    return this.#store.transaction(async (tx) => ({
      epoch: (await tx.get(EPOCH, epochCodec))?.id ?? '',
      records: await Promise.all(
        names.map(async (name) => {
          const path = recordPath(name)
          return path === undefined ? undefined : tx.get(path, recordCodec)
        }),
      ),
    }))
  }

  async #policiesOf(
    names: readonly string[],
    records: readonly (PolicyRecord | undefined)[],
  ): Promise<readonly ParsedPolicy[]> {
    const chars = records.reduce((sum, record) => sum + (record?.text.length ?? 0), 0)
    if (chars > SET_CHARS_MAX) throw tooMuch()
    const policies: ParsedPolicy[] = []
    let rules = 0
    for (const [i, name] of names.entries()) {
      const policy = this.#policyOf(name, records[i])
      if (policy === undefined) continue
      rules += policy.rules.length
      if (rules > SET_RULES_MAX) throw tooMuch()
      policies.push(policy)
      if (policy.rules.length >= PAUSE_RULES) await turn()
    }
    return policies
  }

  #policyOf(name: string, record: PolicyRecord | undefined): ParsedPolicy | undefined {
    const normal = normalPolicyName(name)
    if (normal === ROOT) return this.#root
    if (normal === RESPONSE_WRAPPING) return this.#responseWrapping
    if (record === undefined) return undefined
    let policy = this.#parsed.get(record)
    if (policy === undefined) {
      policy = this.#parse(normal, record)
      this.#parsed.set(record, policy)
    }
    return policy
  }

  #parse(name: string, record: PolicyRecord): ParsedPolicy {
    try {
      return parsePolicy(name, record.text, { ...record, namespacePath: this.#namespacePath })
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error
      // Passing it over could drop a denial.
      throw new EgideError('internal', `policy "${name}" can't be read`, { cause: error })
    }
  }

  #keep(key: string, set: CompiledSet): void {
    this.#forget(key)
    this.#sets.set(key, set)
    this.#rules += set.rules
    for (const oldest of this.#sets.keys()) {
      if ((this.#sets.size <= SETS_MAX && this.#rules <= RULES_MAX) || oldest === key) return
      this.#forget(oldest)
    }
  }

  #forget(key: string): void {
    const set = this.#sets.get(key)
    if (set === undefined) return
    this.#sets.delete(key)
    this.#rules -= set.rules
  }

  #aclOf(set: CompiledSet, identity: IdentityView | undefined, nowMs: number): Acl {
    if (identity === undefined || set.byIdentity === undefined) return set.acl
    let acl = set.byIdentity.get(identity)
    if (acl === undefined) {
      acl = compileAcl(set.policies, { identity, nowMs, denyAlwaysWins: set.denyWins })
      this.#makeRoom(set.rules)
      set.byIdentity.set(identity, acl)
    }
    return acl
  }

  /** For rules that are filled in: where there would be too many, those of all identities are forgotten, and filled in anew as they come. */
  #makeRoom(rules: number): void {
    this.#filledRules += rules
    if (this.#filledRules <= FILLED_RULES_MAX) return
    for (const set of this.#sets.values()) if (set.byIdentity !== undefined) set.byIdentity = new WeakMap()
    this.#filledRules = rules
  }
}

function tooMuch(): EgideError {
  return invalid(
    `a token's policies have at most ${SET_RULES_MAX} path blocks and ${SET_CHARS_MAX} characters together`,
  )
}
