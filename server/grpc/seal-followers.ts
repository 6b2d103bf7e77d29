import { failure, GRPC } from './codes.ts'
import type { SealWatch } from './seal-watch.ts'
import type { ServerCall } from './server-call.ts'

/** Calls that are told what follows from the state of the seal: now, and again when it is something else. */
export class SealFollowers {
  readonly #seal: SealWatch
  readonly #calls = new Map<ServerCall, () => void>()

  constructor(seal: SealWatch) {
    this.#seal = seal
  }

  /** `frame` makes the message, in its frame. */
  add(call: ServerCall, frame: () => Buffer): void {
    if (call.cancelled) return
    let told: Buffer | undefined
    const tell = (): void => {
      const next = frame()
      if (told?.equals(next)) return
      told = next
      call.send(next)
    }
    this.#calls.set(call, this.#seal.watch(tell))
    call.onCancelled(() => this.#drop(call))
    tell()
  }

  /** Since the server is stopping. */
  end(): void {
    for (const call of this.#calls.keys()) {
      this.#drop(call)
      call.fail(failure(GRPC.UNAVAILABLE, 'the server is stopping'))
    }
  }

  #drop(call: ServerCall): void {
    this.#calls.get(call)?.()
    this.#calls.delete(call)
  }
}
