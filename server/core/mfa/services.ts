import type { NamespaceRef, Random } from '../../../engines/engine.ts'
import { EgideError } from '../../../engines/errors.ts'
import { duoConfirms } from './duo.ts'
import { oktaConfirms } from './okta.ts'
import { pingIdConfirms } from './pingid.ts'
import {
  type FactorQuestion,
  type ServiceMethod,
  type ServiceParts,
  type TimedQuestion,
  withAnswerDeadline,
} from './service.ts'

/**
 * Services that ask people for a second factor elsewhere, of all namespaces of a process. So many are asked at one time; a
 * tenant, which is root or a namespace directly below it with all that lies within, has no more places than are left free.
 * Whoever names a service that keeps silent thus takes half of them for a minute, and no other tenant's logins wait for that.
 */
export class FactorServices {
  /** People of one tenant who are asked at one time, where no other tenant asks. */
  static readonly askedMax = 200
  readonly #parts: ServiceParts
  readonly #random: Random
  readonly #asked = new Map<string, number>()
  #free = FactorServices.askedMax * 2

  constructor(parts: ServiceParts, random: Random) {
    this.#parts = parts
    this.#random = random
  }

  /**
   * Resolves when they confirm. Throws `permission_denied` when they don't (with `bad` for a passcode that is not right), and
   * `unavailable` when the service can't be asked, or too many are. `namespace`: where they log in.
   */
  async confirm(namespace: NamespaceRef, method: ServiceMethod, asked: FactorQuestion, bad: string): Promise<void> {
    const tenant = namespace.path.slice(0, namespace.path.indexOf('/') + 1)
    if ((this.#asked.get(tenant) ?? 0) >= this.#free)
      throw new EgideError('unavailable', 'too many second factors are asked for')
    this.#take(tenant, 1)
    try {
      await this.#confirm(method, withAnswerDeadline(this.#parts, asked), bad)
    } finally {
      this.#take(tenant, -1)
    }
  }

  #take(tenant: string, places: 1 | -1): void {
    this.#free -= places
    const held = (this.#asked.get(tenant) ?? 0) + places
    if (held === 0) this.#asked.delete(tenant)
    else this.#asked.set(tenant, held)
  }

  #confirm(method: ServiceMethod, asked: TimedQuestion, bad: string): Promise<void> {
    if (method.type === 'duo') return duoConfirms(method.terms, asked, this.#parts, bad)
    if (method.type === 'okta') return oktaConfirms(method.terms, asked, this.#parts)
    return pingIdConfirms(method.terms, asked, this.#parts, this.#random)
  }
}
