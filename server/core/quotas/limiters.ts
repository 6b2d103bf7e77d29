import type { RateLimit } from '../../../engines/system/services/quotas.ts'
import { Limiter, type Taken } from './limiter.ts'
import { QUOTAS_MAX } from './rules.ts'

/** Clients that are remembered, of all rules together. */
const CLIENTS_MAX = 100_000

/**
 * Counts the requests of clients, for each rule by itself. When there are too many clients, the rule that has most forgets
 * one: whoever comes from ever new addresses takes no place from the clients of other rules.
 */
export class Limiters {
  readonly #clientsMax: number
  readonly #byRule = new Map<string, Limiter>()
  #clients = 0

  constructor(clientsMax = CLIENTS_MAX) {
    this.#clientsMax = clientsMax
  }

  get clients(): number {
    return this.#clients
  }

  /** Takes a request of a client into account. */
  take(rule: RateLimit, address: string, nowMs: number): Taken {
    const limiter = this.#limiterOf(rule)
    const before = limiter.clients
    const taken = limiter.take(address, nowMs)
    this.#clients += limiter.clients - before
    if (this.#clients > this.#clientsMax) this.#forgetOne()
    return taken
  }

  /** What was counted stays counted when other rules change. */
  #limiterOf({ name, rate, intervalSeconds, blockSeconds }: RateLimit): Limiter {
    const known = this.#byRule.get(name)
    const before = known?.settings
    const isSameRule =
      before?.rate === rate && before.intervalSeconds === intervalSeconds && before.blockSeconds === blockSeconds
    if (known !== undefined && isSameRule) return known
    if (this.#byRule.size > 2 * QUOTAS_MAX) this.#byRule.clear()
    const made = new Limiter({ rate, intervalSeconds, blockSeconds })
    this.#byRule.set(name, made)
    this.#clients = this.#byRule.values().reduce((sum, { clients }) => sum + clients, 0)
    return made
  }

  #forgetOne(): void {
    const most = this.#byRule.values().reduce((one, other) => (other.clients > one.clients ? other : one))
    most.forgetOldest()
    this.#clients--
  }
}
