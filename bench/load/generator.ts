// A process of its own, so that its work is not the server's. Plain sockets and as much of HTTP as it takes: a general client
// costs as much CPU as the server it is to measure, and on a small machine it would be the client that is measured.

import { createHistogram, performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Channel, Sender } from './channel.ts'
import { GrpcConnection } from './grpc-channel.ts'
import { Http1Channel } from './http1-channel.ts'
import type { Message, Numbering, Outcome, Plan } from './plan.ts'

const NS_PER_MS = 1e6
/** From one number to the next of those that are taken again and again: a prime, so that it meets all of them. */
const STRIDE = 7919

class Load implements Sender {
  readonly #plan: Plan
  readonly #requests: readonly Buffer[]
  readonly #latency = createHistogram()
  readonly #idle: Channel[] = []
  /** When requests were due that no connection was free for. */
  readonly #waiting: number[] = []
  #next = 0
  #sent = 0
  #counted = 0
  #errors = 0
  #errorStatus: number | undefined
  /** Counted requests after which it is enough. */
  #enoughAt = Number.POSITIVE_INFINITY
  #stopped = false

  constructor(plan: Plan) {
    this.#plan = plan
    this.#requests = plan.requests.map((request) => Buffer.from(request, 'base64'))
  }

  async run(): Promise<Outcome> {
    const { connections, startAfterMs, durationMs, warmUpMs, port } = this.#plan
    const opened = Array.from({ length: connections }, () => this.#open(port))
    const open = (await Promise.all(opened)).flat()
    this.#idle.push(...open)
    if (startAfterMs !== undefined) await elapsed(startAfterMs)
    if (this.#plan.ratePerSecond === undefined) for (const channel of this.#idle.splice(0)) this.#send(channel)
    else this.#pace(this.#plan.ratePerSecond)
    await elapsed(warmUpMs)
    tell({ type: 'counting' })
    this.#forget()
    this.#enoughAt = this.#plan.maxRequests ?? this.#enoughAt
    const cpu = process.cpuUsage()
    const started = performance.now()
    const timeUp = new AbortController()
    await Promise.race([elapsed(durationMs, timeUp.signal), this.#enough.promise])
    timeUp.abort() // a timer that still runs would keep this process
    const seconds = (performance.now() - started) / 1000
    const used = process.cpuUsage(cpu)
    this.#stopped = true
    for (const channel of open) channel.close()
    return {
      requests: this.#counted,
      errors: this.#errors,
      errorStatus: this.#errorStatus,
      seconds,
      p50Ms: this.#latency.percentile(50) / NS_PER_MS,
      p99Ms: this.#latency.percentile(99) / NS_PER_MS,
      maxMs: this.#latency.max / NS_PER_MS,
      generatorCores: (used.user + used.system) / 1e6 / seconds,
    }
  }

  async #open(port: number): Promise<Channel[]> {
    const { grpc, ca } = this.#plan
    return grpc === undefined ? [await Http1Channel.open(port, this, ca)] : GrpcConnection.open(port, this, grpc)
  }

  readonly #enough = Promise.withResolvers<void>()

  replied(channel: Channel, status: number, latencyMs: number): void {
    if (this.#stopped) return
    this.#count(status, latencyMs)
    if (this.#plan.ratePerSecond === undefined) this.#send(channel)
    else if (this.#waiting.length > 0) this.#send(channel, this.#waiting.shift())
    else this.#idle.push(channel)
  }

  broke(why: string): void {
    if (this.#stopped) return
    this.#stopped = true
    tell({ type: 'failed', why })
    process.exit(1)
  }

  /**
   * Begins to count anew. What comes before is counted like the rest, or it would be the counting code's first calls, for
   * tens of milliseconds each, that the highest latencies of a window are of.
   */
  #forget(): void {
    this.#latency.reset()
    this.#counted = 0
    this.#errors = 0
    this.#errorStatus = undefined
  }

  #count(status: number, latencyMs: number): void {
    this.#counted++
    if (status !== this.#plan.status) {
      this.#errors++
      this.#errorStatus ??= status
    }
    this.#latency.record(Math.max(1, Math.round(latencyMs * NS_PER_MS)))
    if (this.#counted === this.#enoughAt) {
      this.#stopped = true
      this.#enough.resolve()
    }
  }

  #send(channel: Channel, due = performance.now()): void {
    const request = this.#requests[this.#next]
    if (request === undefined) return
    this.#next = (this.#next + 1) % this.#requests.length
    channel.send(this.#plan.numbered === undefined ? request : this.#numbered(request, this.#plan.numbered), due)
  }

  #numbered(request: Buffer, { placeholder, first, count }: Numbering): Buffer {
    const place = request.indexOf(placeholder)
    if (place < 0) return request
    const copy = Buffer.from(request)
    const nth = this.#sent++
    const number = first + (count === undefined ? nth : (nth * STRIDE) % count)
    copy.write(String(number).padStart(placeholder.length, '0'), place, 'latin1')
    return copy
  }

  /**
   * Sends what is due, every millisecond. What finds no free connection waits, and its wait counts as latency: a slow
   * server does not slow its measurement.
   */
  #pace(ratePerSecond: number): void {
    const started = performance.now()
    let sent = 0
    const tick = setInterval(() => {
      if (this.#stopped) return clearInterval(tick)
      const now = performance.now()
      for (const due = ((now - started) / 1000) * ratePerSecond; sent < due; sent++) this.#waiting.push(now)
      while (this.#waiting.length > 0) {
        const channel = this.#idle.pop()
        if (channel === undefined) return
        this.#send(channel, this.#waiting.shift())
      }
    }, 1)
  }
}

/** Or until `signal` says that nobody waits any more. */
function elapsed(ms: number, signal?: AbortSignal): Promise<void> {
  return sleep(ms, undefined, { signal }).catch(() => undefined)
}

function tell(message: Message): void {
  process.send?.(message)
}

process.once('message', (plan: Plan) => {
  new Load(plan).run().then(
    (outcome) => {
      tell({ type: 'done', outcome })
      process.disconnect?.()
    },
    (err: unknown) => {
      tell({ type: 'failed', why: String(err) })
      process.disconnect?.()
    },
  )
})
