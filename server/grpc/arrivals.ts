import { failure, GRPC } from './codes.ts'
import type { ServerCall } from './server-call.ts'

const late = failure(GRPC.DEADLINE_EXCEEDED, 'the message did not come in time')

/** Calls whose one message has not come. Two sets by age, rather than a timer for each call. */
export class Arrivals {
  #young = new Set<ServerCall>()
  #old = new Set<ServerCall>()

  add(call: ServerCall): void {
    this.#young.add(call)
  }

  remove(call: ServerCall): void {
    if (!this.#young.delete(call)) this.#old.delete(call)
  }

  /** Fails those that were there the last time. */
  age(): void {
    for (const call of this.#old) call.fail(late)
    this.#old = this.#young
    this.#young = new Set()
  }
}
