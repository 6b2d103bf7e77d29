import type { Random } from '../../../engines/engine.ts'
import { EgideError } from '../../../engines/errors.ts'
import { duoConfirms } from './duo.ts'
import { oktaConfirms } from './okta.ts'
import { pingIdConfirms } from './pingid.ts'
import type { Asked, Outside, ServiceMethod } from './service.ts'

/** Services that ask people for a second factor elsewhere, of all namespaces of a process. */
export class FactorServices {
  /** People who are asked at one time, by one process. */
  static readonly askedMax = 200
  readonly #outside: Outside
  readonly #random: Random
  #asked = 0

  constructor(outside: Outside, random: Random) {
    this.#outside = outside
    this.#random = random
  }

  /**
   * Resolves when they confirm. Throws `permission_denied` when they don't (with `bad` for a passcode that is not right), and
   * `unavailable` when the service can't be asked.
   */
  async confirm(method: ServiceMethod, asked: Asked, bad: string): Promise<void> {
    if (this.#asked >= FactorServices.askedMax)
      throw new EgideError('unavailable', 'too many second factors are asked for')
    this.#asked++
    try {
      await this.#confirm(method, asked, bad)
    } finally {
      this.#asked--
    }
  }

  #confirm(method: ServiceMethod, asked: Asked, bad: string): Promise<void> {
    if (method.type === 'duo') return duoConfirms(method.terms, asked, this.#outside, bad)
    if (method.type === 'okta') return oktaConfirms(method.terms, asked, this.#outside)
    return pingIdConfirms(method.terms, asked, this.#outside, this.#random)
  }
}
