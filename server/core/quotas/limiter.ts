/** With each new client so many old ones are looked at, whether their time is over: more go than come. */
const LOOKS = 2

export interface LimiterSettings {
  readonly rate: number
  readonly intervalSeconds: number
  readonly blockSeconds: number
}

/** What became of one request. */
export interface Taken {
  readonly isAllowed: boolean
  readonly limit: number
  readonly remaining: number
  /** Seconds until the client has its whole rate again. */
  readonly resetSeconds: number
  /** Seconds until it may try again; 0: now. */
  readonly retryAfterSeconds: number
}

interface Client {
  startMs: number
  used: number
  blockedUntilMs: number
}

/** Counts the requests of each client in intervals that begin with its first. */
export class Limiter {
  readonly settings: LimiterSettings
  readonly #limit: number
  /** Whose interval began first, first; but for some that are blocked for longer. */
  readonly #clients = new Map<string, Client>()

  constructor(settings: LimiterSettings) {
    this.settings = settings
    this.#limit = Math.max(1, Math.round(settings.rate))
  }

  /** How many are remembered. */
  get clients(): number {
    return this.#clients.size
  }

  /** Whose interval began first begins anew when it comes again. */
  forgetOldest(): void {
    const [oldest] = this.#clients.keys()
    if (oldest !== undefined) this.#clients.delete(oldest)
  }

  take(address: string, nowMs: number): Taken {
    const client = this.#clientOf(address, nowMs)
    const { intervalSeconds, blockSeconds } = this.settings
    const endMs = client.startMs + intervalSeconds * 1000
    // A clock that was set back must not block for ever.
    const blockedMs = client.blockedUntilMs - nowMs
    if (blockedMs > 0 && blockedMs <= blockSeconds * 1000) return this.#refused(endMs - nowMs, blockedMs)
    client.blockedUntilMs = 0
    if (client.used >= this.#limit) {
      if (blockSeconds > 0) client.blockedUntilMs = nowMs + blockSeconds * 1000
      return this.#refused(endMs - nowMs, blockSeconds > 0 ? blockSeconds * 1000 : endMs - nowMs)
    }
    client.used++
    return this.#allowed(this.#limit - client.used, endMs - nowMs)
  }

  #allowed(remaining: number, resetMs: number): Taken {
    const resetSeconds = Math.max(0, Math.ceil(resetMs / 1000))
    return { isAllowed: true, limit: this.#limit, remaining, resetSeconds, retryAfterSeconds: 0 }
  }

  #refused(resetMs: number, retryMs: number): Taken {
    const resetSeconds = Math.max(0, Math.ceil(resetMs / 1000))
    const retryAfterSeconds = Math.max(1, Math.ceil(retryMs / 1000))
    return { isAllowed: false, limit: this.#limit, remaining: 0, resetSeconds, retryAfterSeconds }
  }

  #clientOf(address: string, nowMs: number): Client {
    const known = this.#clients.get(address)
    if (known !== undefined && !this.#isOver(known, nowMs)) return known
    const client = known ?? { startMs: nowMs, used: 0, blockedUntilMs: 0 }
    client.startMs = nowMs
    client.used = 0
    if (known === undefined) this.#forgetOver(nowMs)
    else this.#clients.delete(address)
    this.#clients.set(address, client)
    return client
  }

  #isOver({ startMs }: Client, nowMs: number): boolean {
    const ageMs = nowMs - startMs
    return ageMs >= this.settings.intervalSeconds * 1000 || ageMs < 0
  }

  #forgetOver(nowMs: number): void {
    let looks = LOOKS
    for (const [address, client] of this.#clients) {
      if (looks-- === 0 || !this.#isOver(client, nowMs)) return
      this.#clients.delete(address)
      // Out of the way of those that can be forgotten.
      if (client.blockedUntilMs > nowMs) this.#clients.set(address, client)
    }
  }
}
