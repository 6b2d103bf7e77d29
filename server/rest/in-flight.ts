import type { InFlightRequest, InFlightSet } from '../core/in-flight-request.ts'

/** A request that is being worked on, as sys/in-flight-req shows it. */
export interface RequestInFlight {
  readonly id: string
  readonly startedMs: number
  readonly remoteAddress: string
  readonly path: string
  readonly method: string
}

/** The requests that are being worked on, of all listeners: bounded, listed, timed out, and awaited when the server stops. */
export class InFlight implements InFlightSet {
  readonly #exchanges = new Set<InFlightRequest>()
  readonly #max: number
  #whenIdle: (() => void)[] = []

  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#exchanges.size
  }

  get isFull(): boolean {
    return this.#exchanges.size >= this.#max
  }

  add(exchange: InFlightRequest): void {
    this.#exchanges.add(exchange)
  }

  delete(exchange: InFlightRequest): void {
    this.#exchanges.delete(exchange)
    if (this.#exchanges.size > 0 || this.#whenIdle.length === 0) return
    for (const resolve of this.#whenIdle.splice(0)) resolve()
  }

  list(): RequestInFlight[] {
    return Array.from(this.#exchanges, ({ id, startedMs, connection, path, method }) => ({
      id,
      startedMs,
      remoteAddress: connection.remotePort === 0 ? '' : `${connection.remoteAddress}:${connection.remotePort}`,
      path: `/v1/${path}`,
      method,
    }))
  }

  /** By the clock that never jumps; streams have no end to be late for. */
  startedBefore(monotonicMs: number): InFlightRequest[] {
    return Array.from(this.#exchanges).filter(
      (exchange) => exchange.startedMonotonicMs < monotonicMs && !exchange.streaming,
    )
  }

  /** Ends the answers that would go on for ever. */
  endStreams(): void {
    for (const exchange of this.#exchanges) {
      if (exchange.streaming) exchange.abort()
    }
  }

  idle(): Promise<void> {
    if (this.#exchanges.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.#whenIdle.push(resolve))
  }
}
