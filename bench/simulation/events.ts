interface Event {
  readonly at: number
  readonly nth: number
  readonly run: () => void
}

/** Virtual time, in microseconds. What is due at one moment happens in the order in which it was asked for. */
export class Events {
  readonly #heap: Event[] = []
  #count = 0
  now = 0

  after(micros: number, run: () => void): void {
    const heap = this.#heap
    const event = { at: this.now + micros, nth: this.#count++, run }
    let place = heap.length
    heap.push(event)
    while (place > 0) {
      const above = (place - 1) >> 1
      const parent = heap[above]
      if (parent === undefined || !isSooner(event, parent)) break
      heap[place] = parent
      place = above
    }
    heap[place] = event
  }

  /** Runs what happens until `endMicros`. */
  runUntil(endMicros: number): void {
    for (let first = this.#heap[0]; first !== undefined && first.at <= endMicros; first = this.#heap[0]) {
      this.#removeFirst()
      this.now = first.at
      first.run()
    }
    this.now = endMicros
  }

  #removeFirst(): void {
    const heap = this.#heap
    const moved = heap.pop()
    if (moved === undefined || heap.length === 0) return
    let place = 0
    for (;;) {
      let child = 2 * place + 1
      const [left, right] = [heap[child], heap[child + 1]]
      if (left === undefined) break
      if (right !== undefined && isSooner(right, left)) child++
      const sooner = heap[child]
      if (sooner === undefined || !isSooner(sooner, moved)) break
      heap[place] = sooner
      place = child
    }
    heap[place] = moved
  }
}

const isSooner = (one: Event, other: Event): boolean =>
  one.at < other.at || (one.at === other.at && one.nth < other.nth)

/** So many at a time may hold it; others wait in line. */
export class Semaphore {
  readonly #waiting: (() => void)[] = []
  #taken = 0
  readonly #count: number
  #head = 0

  constructor(count: number) {
    this.#count = count
  }

  take(then: () => void): void {
    if (this.#taken === this.#count) this.#waiting.push(then)
    else {
      this.#taken++
      then()
    }
  }

  release(): void {
    const next = this.#waiting[this.#head]
    if (next === undefined) {
      this.#waiting.length = 0
      this.#head = 0
      this.#taken--
      return
    }
    this.#head++
    next()
  }
}

/** A machine's processors. */
export class Machine {
  readonly #events: Events
  readonly #processors: Semaphore
  /** Processor time that was used. */
  busyMicros = 0

  constructor(events: Events, processors: number) {
    this.#events = events
    this.#processors = new Semaphore(processors)
  }

  /** Works for so long on one processor. */
  work(micros: number, then: () => void): void {
    this.#processors.take(() => {
      this.busyMicros += micros
      this.#events.after(micros, () => {
        this.#processors.release()
        then()
      })
    })
  }
}
