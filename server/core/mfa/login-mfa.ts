import { isDeepStrictEqual } from 'node:util'
import type { Clock, IssuedAuth, Log, NamespaceRef, Random } from '../../../engines/engine.ts'
import { denied, EgideError, invalid } from '../../../engines/errors.ts'
import type { Entity } from '../../../engines/identity/documents.ts'
import { type Enforcement, usesPasscode } from '../../../engines/identity/mfa/documents.ts'
import { enforcementsOn } from '../../../engines/identity/mfa/enforced.ts'
import type { MfaConstraint, MfaRequirement } from '../../../engines/mfa-requirement.ts'
import type { MfaAnswer, MfaService } from '../../../engines/system/services/mfa.ts'
import type { Store, Tx } from '../../../storage/store.ts'
import { canonicalPolicies, policiesWithDefault } from '../../auth/policy-names.ts'
import type { TokenSpec } from '../../auth/token/service.ts'
import type { LoginIdentity, NamespaceIdentity } from '../identity/identity.ts'
import type { MountManager } from '../mounts/mount-manager.ts'
import type { LiveMount } from '../mounts/router.ts'
import type { Request } from '../request.ts'
import type { TokenCreationHook, TokenStore } from '../tokens/token-store.ts'
import type { MfaAbove, PlacedEnforcement } from './above.ts'
import { credentialsOfHeaders, credentialsOfPayload } from './credentials.ts'
import { type Proof, type Prover, SecondFactors } from './factors.ts'
import type { FactorServices } from './services.ts'
import { beginWaiting, endWaiting, type WaitingLogin, waitingLogin } from './waiting.ts'

export interface LoginMfaParts {
  readonly namespace: NamespaceRef
  /** The namespace's view. */
  readonly store: Store
  readonly mounts: MountManager
  readonly identity: NamespaceIdentity
  readonly above: MfaAbove
  readonly tokens: TokenStore
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly services: FactorServices
}

/** Of a login: what it shows at once, and who is behind it. */
export type LoginRequest = Pick<Request, 'mfaValues' | 'connection' | 'signal'>

type Reads = Pick<Store, 'get' | 'list'>

const NO_LOGIN = 'invalid request ID'

/** Second factors at the logins of one namespace: https://openbao.org/docs/auth/login-mfa/ */
export class LoginMfa implements MfaService {
  readonly #parts: LoginMfaParts
  readonly #factors: SecondFactors

  constructor(parts: LoginMfaParts) {
    this.#parts = parts
    this.#factors = new SecondFactors(parts)
  }

  /** What a login is subject to. Refuses one that is nobody's where a factor is asked for, as nobody could show it. */
  async enforcements(mount: LiveMount, login: LoginIdentity | undefined): Promise<readonly Enforcement[]> {
    const store = await this.#parts.identity.store()
    if (store === undefined) return []
    const found = await this.#enforcementsOn(store, mount, login?.entity)
    if (found.length > 0 && login === undefined) throw denied()
    return found
  }

  /** Its own namespace's, then those of the namespaces above. */
  async #enforcementsOn(store: Reads, mount: LiveMount, entity: Entity | undefined): Promise<readonly Enforcement[]> {
    const own = await enforcementsOn(store, mountOf(mount), entity)
    const above = await this.#parts.above.enforcements(mount.entry.type)
    return above.length === 0 ? own : [...own, ...above]
  }

  /**
   * In the transaction of a login that changes who is behind it, or that took a while: refuses one that is subject to more
   * than was thought before.
   */
  async checkUnchanged(tx: Tx, mount: LiveMount, entity: Entity, enforcements: readonly Enforcement[]): Promise<void> {
    const now = await this.#enforcementsOn(await this.#parts.identity.view(tx), mount, entity)
    if (now.some(({ id }) => !enforcements.some((known) => known.id === id)))
      throw new EgideError('unavailable', 'what logins have to show was changed meanwhile')
  }

  /** A login that shows its second factor at once. It learns no more than that it is refused. */
  async proveAtOnce(
    mount: LiveMount,
    enforcements: readonly Enforcement[],
    { store, entity }: Pick<Prover, 'store' | 'entity'>,
    { mfaValues = [], connection, signal }: LoginRequest,
  ): Promise<TokenCreationHook> {
    const proofs = await this.#factors
      .prove(enforcements, { store, entity, connection, signal }, credentialsOfHeaders(mfaValues))
      .catch((error: unknown) => {
        throw this.#silent(error)
      })
    await this.#checkMount(mount)
    return async (tx) => {
      await this.#run(proofs, tx).catch((error: unknown) => {
        throw this.#silent(error)
      })
      return undefined
    }
  }

  /** Has a login wait for its second factor; durable when it resolves, with what `together` writes. */
  async wait(
    login: Pick<WaitingLogin, 'spec' | 'aliasName' | 'warnings'>,
    mount: LiveMount,
    enforcements: readonly Enforcement[],
    together: TokenCreationHook,
  ): Promise<MfaRequirement> {
    const { tokens, random, clock, store, identity } = this.#parts
    const requestId = random.uuid()
    const constraints = await this.#constraints(enforcements)
    await store.transaction(async (tx) => {
      const entityId = (await together(tx)) ?? login.spec.entityId
      const begun = { ...login, entityId, mountAccessor: mount.entry.accessor }
      await beginWaiting(await identity.view(tx), tokens.hashOf(requestId), begun, clock)
    })
    return { requestId, constraints }
  }

  async validate({ requestId, payload, connection, signal }: MfaAnswer) {
    const { tokens, identity, clock } = this.#parts
    const credentials = credentialsOfPayload(payload)
    const hash = tokens.hashOf(requestId)
    const store = await identity.store()
    const login = store && (await waitingLogin(store, hash, clock))
    if (store === undefined || login === undefined) {
      tokens.forgetHash(requestId)
      throw invalid(NO_LOGIN)
    }
    const mount = await this.#mountOf(login.mountAccessor)
    const entity = await identity.entity(login.entityId)
    if (mount === undefined || entity === undefined || entity.disabled) throw denied()
    const enforcements = await this.#enforcementsOn(store, mount, entity)
    if (enforcements.length === 0) throw invalid('the login needs no second factor any more: log in again')
    const proofs = await this.#factors.prove(enforcements, { store, entity, connection, signal }, credentials)
    await this.#checkMount(mount)
    await checkRole(mount, login.spec)
    const auth: IssuedAuth = await tokens.create(login.spec, async (tx) => {
      if (!(await endWaiting(await identity.view(tx), hash, clock))) throw invalid(NO_LOGIN)
      if (login.aliasName !== undefined) {
        const current = await identity.ofAlias(tx, login.mountAccessor, login.aliasName)
        if (current.id !== entity.id) throw denied()
        await this.checkUnchanged(tx, mount, current, enforcements)
      }
      await this.#run(proofs, tx)
      return entity.id
    })
    tokens.forgetHash(requestId)
    return { auth, warnings: login.warnings }
  }

  async #run(proofs: readonly Proof[], tx: Tx): Promise<void> {
    const view = await this.#parts.identity.view(tx)
    for (const proof of proofs) await proof(view)
  }

  async #constraints(enforcements: readonly Enforcement[]): Promise<readonly MfaConstraint[]> {
    const store = await this.#parts.identity.store()
    const shown: MfaConstraint[] = []
    for (const enforcement of enforcements) {
      const { methodIds } = enforcement
      const found = await Promise.all(methodIds.map(async (id) => store && this.#factors.method(store, id)))
      const any = found.flatMap((placed) => {
        if (placed === undefined) return []
        const { method } = placed
        return [{ type: method.type, id: method.id, usesPasscode: usesPasscode(method), name: method.name }]
      })
      const isShown = (name: string) => shown.some((one) => one.name === name)
      shown.push({ name: constraintName(enforcement, isShown), any })
    }
    return shown
  }

  /** People may have taken a minute to answer. Throws `permission_denied` when the mount of their login is gone meanwhile. */
  async #checkMount({ entry }: LiveMount): Promise<void> {
    await this.#parts.store.refresh()
    if ((await this.#mountOf(entry.accessor)) === undefined) throw denied()
  }

  async #mountOf(accessor: string): Promise<LiveMount | undefined> {
    const { mounts } = await this.#parts.mounts.router()
    return mounts.find(({ entry }) => entry.accessor === accessor)
  }

  #silent(error: unknown): unknown {
    if (!(error instanceof EgideError) || error.code !== 'permission_denied') return error
    this.#parts.log.info({ reason: error.message }, 'a login was refused for its second factor')
    return denied()
  }
}

/** Clients get constraints by name: two namespaces may have an enforcement of one name, and neither hides the other. */
function constraintName(enforcement: Enforcement | PlacedEnforcement, isTaken: (name: string) => boolean): string {
  let { name } = enforcement
  if ('namespace' in enforcement && isTaken(name)) name = `${enforcement.namespace.path || 'root/'}${name}`
  while (isTaken(name)) name = `/${name}`
  return name
}

/**
 * Of a login that has waited: throws `permission_denied` when the role or user that it is under is gone, or gives other
 * policies by now. Whoever changed it has revoked the tokens that there were, and this one was not yet.
 */
async function checkRole({ engine: { roles }, context }: LiveMount, { authRole, policies }: TokenSpec): Promise<void> {
  if (roles === undefined || authRole === undefined) return
  const role = await roles.get(authRole, context)
  if (role === undefined) throw denied()
  const asKept = role.noDefaultPolicy ? canonicalPolicies : policiesWithDefault
  const given = role.policies && asKept(role.policies)
  if (given !== undefined && !isDeepStrictEqual(given, policies)) throw denied()
}

function mountOf({ entry }: LiveMount) {
  return { accessor: entry.accessor, type: entry.type }
}
