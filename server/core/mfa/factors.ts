import { createHash } from 'node:crypto'
import type { Clock, Connection, NamespaceRef } from '../../../engines/engine.ts'
import { EgideError } from '../../../engines/errors.ts'
import type { Entity } from '../../../engines/identity/documents.ts'
import { groupsUpwards } from '../../../engines/identity/groups.ts'
import {
  forgetAttempts,
  isGoodCode,
  secretOf,
  takeAttempt,
  totpRules,
  useCode,
} from '../../../engines/identity/mfa/attempts.ts'
import {
  type Enforcement,
  type MfaMethod,
  methodOf,
  type PlacedMethod,
} from '../../../engines/identity/mfa/documents.ts'
import type { MethodsAbove } from '../../../engines/identity/services.ts'
import { filledTemplate, templateParts } from '../../../engines/identity-template.ts'
import type { Awaitable } from '../../../storage/backend.ts'
import type { Store, Tx } from '../../../storage/store.ts'
import { viewOf } from '../identity/subjects.ts'
import type { Credentials } from './credentials.ts'
import { refusedFactor, type ServiceMethod } from './service.ts'
import type { FactorServices } from './services.ts'

/** Who is to show a second factor. */
export interface Prover {
  /** Of `identity/`. */
  readonly store: Store
  readonly entity: Entity
  readonly connection: Connection
  readonly signal: AbortSignal | undefined
}

/**
 * What is left of a factor that was right: runs in the transaction that makes the token, over the store of `identity/`.
 * It uses up what is good once, and throws `permission_denied` where another login was faster.
 */
export type Proof = (tx: Tx) => Awaitable<void>

/** One message, whatever is wrong with a code. */
const BAD_CREDENTIALS = 'MFA credentials not supplied or incorrect'

/** Pushes that nobody confirms, and passcodes of services that are wrong: so many in a row for one name. */
const ASKED_MAX = 5
const ASKED_WINDOW_SECONDS = 60

export interface SecondFactorsParts {
  readonly namespace: NamespaceRef
  readonly above: MethodsAbove
  readonly clock: Clock
  readonly services: FactorServices
}

/** Checks second factors. */
export class SecondFactors {
  readonly #namespace: NamespaceRef
  readonly #above: MethodsAbove
  readonly #clock: Clock
  readonly #services: FactorServices

  constructor({ namespace, above, clock, services }: SecondFactorsParts) {
    this.#namespace = namespace
    this.#above = above
    this.#clock = clock
    this.#services = services
  }

  /**
   * Resolves when all enforcements are satisfied, each by any one of its methods; a method that was right for one is right
   * for all. Throws `permission_denied` saying for which it is not.
   */
  async prove(
    enforcements: readonly Enforcement[],
    prover: Prover,
    credentials: Credentials,
  ): Promise<readonly Proof[]> {
    const proven = new Map<string, Proof>()
    for (const enforcement of enforcements) {
      if (enforcement.methodIds.some((id) => proven.has(id))) continue
      const [id, proof] = await this.#satisfied(enforcement, prover, credentials)
      proven.set(id, proof)
    }
    return [...proven.values()]
  }

  /** Of this namespace, whose rows of `identity/` are in `store`, or of one above it. */
  async method(store: Pick<Store, 'get'>, id: string): Promise<PlacedMethod | undefined> {
    const method = await methodOf(store, id)
    return method === undefined ? this.#above.method(id) : { method, namespace: this.#namespace }
  }

  async #satisfied(
    { name, methodIds }: Enforcement,
    prover: Prover,
    credentials: Credentials,
  ): Promise<readonly [string, Proof]> {
    const reasons: string[] = []
    for (const id of methodIds) {
      const found = await this.method(prover.store, id)
      const passcode = found && given(found, credentials)
      if (found === undefined || passcode === undefined) continue
      const proof = await this.#tried(found.method, passcode, prover)
      if (typeof proof !== 'string') return [id, proof]
      reasons.push(proof)
    }
    reasons.push(`login MFA validation failed for methodID: [${methodIds.join(' ')}]`)
    throw new EgideError('permission_denied', `failed to satisfy enforcement ${name}. error: ${reasons.join('; ')}`)
  }

  /** Resolves with the reason when it is not right. */
  async #tried(method: MfaMethod, passcode: string, prover: Prover): Promise<Proof | string> {
    try {
      if (method.type === 'totp') return await this.#totp(method, passcode, prover)
      return await this.#confirmed(method, passcode, prover)
    } catch (error) {
      if (error instanceof EgideError && error.code === 'permission_denied') return error.message
      throw error
    }
  }

  async #totp(
    method: MfaMethod & { readonly type: 'totp' },
    passcode: string,
    { store, entity }: Prover,
  ): Promise<Proof> {
    const factor = { methodId: method.id, entityId: entity.id }
    const key = await secretOf(store, factor)
    if (key === undefined) {
      const named = method.name === '' ? `ID "${method.id}"` : `name "${method.name}"`
      throw refusedFactor(`MFA secret for method ${named} not present in entity "${entity.id}"`)
    }
    if (passcode === '') throw refusedFactor(BAD_CREDENTIALS)
    await takeAttempt(store, factor, totpRules(key, method.terms.attemptsMax), this.#clock)
    if (!(await isGoodCode(store, factor, passcode, this.#clock))) throw refusedFactor(BAD_CREDENTIALS)
    return async (tx) => {
      if (!(await useCode(tx, factor, passcode, this.#clock))) throw refusedFactor(BAD_CREDENTIALS)
    }
  }

  /** Attempts are counted by the name at the service, which is who is bothered. */
  async #confirmed(method: ServiceMethod, passcode: string, prover: Prover): Promise<Proof> {
    const { store, entity, connection, signal } = prover
    const username = await this.#nameOf(method, prover)
    if (username === undefined)
      throw refusedFactor(`username_format of the method has no value for entity "${entity.id}"`)
    const hash = createHash('sha256').update(username).digest('base64url')
    const factor = { methodId: method.id, entityId: `name-${hash}` }
    const rules = { max: ASKED_MAX, windowSeconds: ASKED_WINDOW_SECONDS, title: TITLES[method.type] }
    await takeAttempt(store, factor, rules, this.#clock)
    const asked = { username, passcode, remoteAddress: connection.remoteAddress, signal }
    await this.#services.confirm(this.#namespace, method, asked, BAD_CREDENTIALS)
    return (tx) => forgetAttempts(tx, factor)
  }

  /** Undefined: a template has no value. */
  async #nameOf({ terms: { usernameFormat } }: ServiceMethod, { store, entity }: Prover): Promise<string | undefined> {
    if (usernameFormat === '') return entity.name
    const groups = await groupsUpwards(store, entity.groupIds)
    const rules = { namespacePath: this.#namespace.path, isForbidden: () => false }
    return filledTemplate(templateParts(usernameFormat) ?? [], viewOf(entity, groups, this.#namespace), rules)
  }
}

/** Undefined: nothing was shown for this method. */
function given({ method: { id, name }, namespace }: PlacedMethod, credentials: Credentials): string | undefined {
  const byId = credentials.get(id)
  if (byId !== undefined || name === '') return byId
  return credentials.get(namespace.path + name) ?? credentials.get(name)
}

const TITLES = { duo: 'Duo', okta: 'Okta', pingid: 'PingID' } as const
