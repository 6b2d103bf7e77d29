import { Slots } from '../core/slots.ts'
import { failure, GRPC, type GrpcError } from './codes.ts'
import type { ServerCall } from './server-call.ts'

const late = failure(GRPC.DEADLINE_EXCEEDED, 'the message did not come in time')

interface Arrival {
  readonly call: ServerCall
  readonly round: number
}

/** Calls whose one message has not come. They are looked at in rounds, rather than by a timer for each call. */
export class Arrivals {
  readonly #arrivals = new Slots<Arrival>()
  #round = 0

  /** Gives back the place by which `remove` finds the call. */
  add(call: ServerCall): number {
    return this.#arrivals.add({ call, round: this.#round })
  }

  /** Once for each `add`. */
  remove(place: number): void {
    this.#arrivals.remove(place)
  }

  /** Fails those that were there the last time. */
  age(refuse: (call: ServerCall, error: GrpcError) => void): void {
    for (const { call, round } of this.#arrivals.all()) if (round < this.#round) refuse(call, late)
    this.#round++
  }
}
