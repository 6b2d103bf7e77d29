import type { InFlightRequest, InFlightSet } from '../core/in-flight-request.ts'
import { Slots } from '../core/slots.ts'

/** A request that is being worked on, as sys/in-flight-req shows it. */
export interface RequestInFlight {
  readonly id: string
  readonly startedMs: number
  readonly remoteAddress: string
  readonly path: string
  readonly method: string
}

/** Worked on at a time, unless the configuration says otherwise. */
export const IN_FLIGHT_MAX = 2048

/** The requests that are being worked on, of all listeners: bounded, listed, timed out, and awaited when the server stops. */
export class InFlight implements InFlightSet {
  readonly #exchanges = new Slots<InFlightRequest>()
  readonly #max: number
  /** Places of answers that go on. */
  readonly #isStreaming: boolean[] = []
  #streamingCount = 0
  #refused = 0
  #whenIdle: (() => void)[] = []

  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#exchanges.size
  }

  /** Without those whose answers go on, which wait for something to tell. */
  get working(): number {
    return this.size - this.#streamingCount
  }

  /** How many were refused so far. */
  get refused(): number {
    return this.#refused
  }

  refuses(): boolean {
    if (this.working < this.#max) return false
    this.#refused += 1
    return true
  }

  add(exchange: InFlightRequest): number {
    return this.#exchanges.add(exchange)
  }

  markStreaming(place: number): void {
    this.#isStreaming[place] = true
    this.#streamingCount++
  }

  remove(place: number): void {
    this.#exchanges.remove(place)
    if (this.#isStreaming[place] === true) {
      this.#isStreaming[place] = false
      this.#streamingCount--
    }
    if (this.#whenIdle.length === 0 || this.size > 0) return
    for (const resolve of this.#whenIdle.splice(0)) resolve()
  }

  list(): RequestInFlight[] {
    return this.#exchanges.all().map(({ id, startedMs, connection, path, method }) => ({
      id,
      startedMs,
      remoteAddress: connection.remotePort === 0 ? '' : `${connection.remoteAddress}:${connection.remotePort}`,
      path: `/v1/${path}`,
      method,
    }))
  }

  /** By the clock that never jumps; streams have no end to be late for, in either direction. */
  startedBefore(monotonicMs: number): InFlightRequest[] {
    return this.#exchanges
      .all()
      .filter(
        ({ startedMonotonicMs, streaming, body }) =>
          startedMonotonicMs < monotonicMs && !streaming && body === undefined,
      )
  }

  /** Ends the answers that would go on for ever. */
  endStreams(): void {
    for (const exchange of this.#exchanges.all()) {
      if (exchange.streaming) exchange.abort()
    }
  }

  idle(): Promise<void> {
    if (this.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.#whenIdle.push(resolve))
  }
}
