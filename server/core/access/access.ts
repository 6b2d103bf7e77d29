import type { Access, Clock, NamespaceRef, Operation } from '../../../engines/engine.ts'
import { EgideError, invalid } from '../../../engines/errors.ts'
import {
  type AccessHolder,
  type AccessPage,
  type AccessQuestion,
  type AccessService,
  HOLDER_KINDS,
  type HolderKind,
} from '../../../engines/system/services/access.ts'
import type { AskedPath } from '../../../engines/system/services/policies.ts'
import type { ParsedPolicy } from '../../policy/policy.ts'
import { policyAt } from '../../policy/policy-at.ts'
import type { PolicyStore } from '../../policy/policy-store.ts'
import { reachOf } from '../../policy/reach.ts'
import { givenPolicies } from '../identity/given.ts'
import type { NamespaceIdentity } from '../identity/identity.ts'
import type { MountManager } from '../mounts/mount-manager.ts'
import { accessOf, keptPath, targetOf } from '../pipeline/target.ts'
import { type Candidate, type SourcesOptions, sourcesOf } from './holders.ts'

export interface NamespaceAccessOptions {
  readonly namespace: NamespaceRef
  readonly identities: NamespaceIdentity
  readonly mounts: MountManager
  readonly policies: PolicyStore
  readonly clock: Clock
}

/** Of one question: candidates looked at, each with what may give it policies; rules read; and keys fetched at a time. */
const EXAMINED_MAX = 5_000
const RULES_MAX = 50_000
const BATCH = 100

/** Where a page ended. */
interface Cursor {
  readonly kind: HolderKind
  readonly after: string
}

/**
 * Who may do what in one namespace: a bounded walk over the policies, roles, groups, roles of auth methods and entities,
 * never over tokens, of which there may be millions.
 */
export class NamespaceAccess implements AccessService {
  readonly #options: NamespaceAccessOptions

  constructor(options: NamespaceAccessOptions) {
    this.#options = options
  }

  async who(question: AccessQuestion): Promise<AccessPage> {
    const { identities, mounts, policies } = this.#options
    const store = await identities.store()
    if (store === undefined) throw new EgideError('unavailable', 'identity is not mounted')
    const sources = { store, router: await mounts.router(), policies, subjects: identities.subjects }
    const denyAlwaysWins = await policies.denyAlwaysWins()
    const [keptPath] = await this.keptPaths([question.path])
    return new Walk({ ...question, keptPath }, this.#options, sources, denyAlwaysWins).run()
  }

  async accessTo(asked: string, operation: Operation): Promise<Access> {
    const path = asked.replace(/^\/+/, '')
    return accessOf(targetOf({ operation, path }, await this.#options.mounts.router()), operation)
  }

  async keptPaths(paths: readonly string[]): Promise<readonly (string | undefined)[]> {
    const router = await this.#options.mounts.router()
    return paths.map((asked) => {
      const path = asked.replace(/^\/+/, '')
      const kept = keptPath(path, router)
      return kept === path ? undefined : kept
    })
  }
}

/** The answering of one question. */
class Walk {
  readonly #question: AccessQuestion & AskedPath
  readonly #options: NamespaceAccessOptions
  readonly #sources: SourcesOptions
  readonly #denyAlwaysWins: boolean
  readonly #asked: AskedPath
  /** What policies say of the path, as far as they were looked at. */
  readonly #at = new Map<string, ParsedPolicy | undefined>()
  readonly #holders: AccessHolder[] = []
  #examined = 0
  #rules = 0

  constructor(
    question: AccessQuestion & AskedPath,
    options: NamespaceAccessOptions,
    sources: SourcesOptions,
    denyAlwaysWins: boolean,
  ) {
    this.#question = question
    this.#options = options
    this.#sources = sources
    this.#denyAlwaysWins = denyAlwaysWins
    const full = (path: string): string => options.namespace.path + path.replace(/^\/+/, '')
    this.#asked = { path: full(question.path), keptPath: question.keptPath && full(question.keptPath) }
  }

  async run(): Promise<AccessPage> {
    const from = cursorOf(this.#question.after)
    const begin = from === undefined ? 0 : HOLDER_KINDS.indexOf(from.kind)
    for (const { kind, keys, candidate } of sourcesOf(this.#sources).slice(begin)) {
      let after = kind === from?.kind ? from.after : ''
      for (let isLast = false; !isLast; ) {
        const some = await keys(after, BATCH)
        isLast = some.length < BATCH
        for (const key of some) {
          if (this.#isFull) return { holders: this.#holders, next: textOf({ kind, after }) }
          await this.#look(await candidate(key))
          after = key
        }
      }
    }
    return { holders: this.#holders, next: '' }
  }

  get #isFull(): boolean {
    const isSpent = this.#examined >= EXAMINED_MAX || this.#rules >= RULES_MAX
    return isSpent || this.#holders.length >= this.#question.limit
  }

  async #look(candidate: Candidate | undefined): Promise<void> {
    this.#examined += 1 + (candidate?.givers.length ?? 0)
    if (candidate === undefined) return
    const { kind, id, name, givers, view } = candidate
    const policies: ParsedPolicy[] = []
    for (const policy of givenPolicies(givers)) {
      const said = await this.#policy(policy)
      if (said !== undefined && said.rules.length > 0) policies.push(said)
    }
    if (policies.length === 0) return
    const { capability } = this.#question
    const reach = reachOf(policies, givers, {
      ...this.#asked,
      identity: view,
      nowMs: this.#options.clock.now(),
      denyAlwaysWins: this.#denyAlwaysWins,
    })
    if (reach === undefined || (capability !== undefined && !reach.capabilities.includes(capability))) return
    this.#holders.push({ kind, id, name, ...reach })
  }

  async #policy(name: string): Promise<ParsedPolicy | undefined> {
    if (!this.#at.has(name)) {
      const policy = await this.#options.policies.parsed(name)
      this.#rules += policy?.rules.length ?? 0
      this.#at.set(name, policy && policyAt(policy, this.#asked))
    }
    return this.#at.get(name)
  }
}

function textOf(cursor: Cursor): string {
  return Buffer.from(`${cursor.kind}:${cursor.after}`).toString('base64url')
}

function cursorOf(text: string): Cursor | undefined {
  if (text === '') return undefined
  const [word, ...rest] = Buffer.from(text, 'base64url').toString().split(':')
  const kind = HOLDER_KINDS.find((one) => one === word)
  if (kind === undefined || rest.length === 0) throw invalid("after is not what a page ended with as 'next'")
  return { kind, after: rest.join(':') }
}
