/** Clients of one rule that are remembered; beyond this, who came first begins anew. */
const CLIENTS_MAX = 50_000

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
  readonly #clients = new Map<string, Client>()

  constructor(settings: LimiterSettings) {
    this.settings = settings
    this.#limit = Math.max(1, Math.round(settings.rate))
  }

  take(address: string, nowMs: number): Taken {
    const client = this.#clientOf(address, nowMs)
    const { intervalSeconds, blockSeconds } = this.settings
    const endMs = client.startMs + intervalSeconds * 1000
    // A clock that was set back must not block for ever.
    const blockedMs = client.blockedUntilMs - nowMs
    if (blockedMs > 0 && blockedMs <= blockSeconds * 1000) return this.#taken(false, 0, endMs - nowMs, blockedMs)
    client.blockedUntilMs = 0
    if (client.used >= this.#limit) {
      if (blockSeconds > 0) client.blockedUntilMs = nowMs + blockSeconds * 1000
      return this.#taken(false, 0, endMs - nowMs, blockSeconds > 0 ? blockSeconds * 1000 : endMs - nowMs)
    }
    client.used++
    return this.#taken(true, this.#limit - client.used, endMs - nowMs, 0)
  }

  #taken(isAllowed: boolean, remaining: number, resetMs: number, retryMs: number): Taken {
    const retryAfterSeconds = isAllowed ? 0 : Math.max(1, Math.ceil(retryMs / 1000))
    const resetSeconds = Math.max(0, Math.ceil(resetMs / 1000))
    return { isAllowed, limit: this.#limit, remaining, resetSeconds, retryAfterSeconds }
  }

  #clientOf(address: string, nowMs: number): Client {
    const known = this.#clients.get(address)
    const lengthMs = this.settings.intervalSeconds * 1000
    if (known !== undefined) {
      const ageMs = nowMs - known.startMs
      if (ageMs >= lengthMs || ageMs < 0) {
        known.startMs = nowMs
        known.used = 0
      }
      return known
    }
    if (this.#clients.size >= CLIENTS_MAX) {
      const [oldest] = this.#clients.keys()
      if (oldest !== undefined) this.#clients.delete(oldest)
    }
    const client = { startMs: nowMs, used: 0, blockedUntilMs: 0 }
    this.#clients.set(address, client)
    return client
  }
}
