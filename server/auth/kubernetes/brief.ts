import type { Clock } from '../../../engines/engine.ts'

/** Answers that are remembered at a time. */
const ENTRIES_MAX = 20_000

interface Entry<T> {
  readonly value: T
  readonly untilMs: number
}

/**
 * Answers that count for a moment. Who asks for one while it is fetched waits for the same; a failure is everybody's who
 * waited for it, and nobody's afterwards.
 */
export class Brief<T> {
  readonly #clock: Clock
  readonly #ttlMs: number
  readonly #known = new Map<string, Entry<T>>()
  readonly #underWay = new Map<string, Promise<T>>()

  readonly #isKept: (value: T) => boolean

  constructor(clock: Clock, ttlSeconds: number, isKept: (value: T) => boolean = () => true) {
    this.#clock = clock
    this.#isKept = isKept
    this.#ttlMs = ttlSeconds * 1000
  }

  known(key: string): T | undefined {
    const entry = this.#known.get(key)
    return entry !== undefined && this.#clock.now() < entry.untilMs ? entry.value : undefined
  }

  get(key: string, fetch: () => Promise<T>): Promise<T> {
    const known = this.known(key)
    if (known !== undefined) return Promise.resolve(known)
    const waited = this.#underWay.get(key)
    if (waited !== undefined) return waited
    const made = fetch()
      .then((value) => this.#keep(key, value))
      .finally(() => this.#underWay.delete(key))
    this.#underWay.set(key, made)
    return made
  }

  #keep(key: string, value: T): T {
    this.#known.delete(key)
    if (this.#ttlMs > 0 && this.#isKept(value))
      this.#known.set(key, { value, untilMs: this.#clock.now() + this.#ttlMs })
    const [oldest] = this.#known.keys()
    if (this.#known.size > ENTRIES_MAX && oldest !== undefined) this.#known.delete(oldest)
    return value
  }
}
