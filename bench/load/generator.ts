// A process of its own, so that its work is not the server's. Keep-alive HTTP/1.1 over plain sockets: a general client
// costs as much CPU as the server it is to measure, and on a small machine it would be the client that is measured.
import { connect, type Socket } from 'node:net'
import { createHistogram, performance } from 'node:perf_hooks'
import type { Message, Numbering, Outcome, Plan } from './plan.ts'
import { readReply } from './reply-reader.ts'

const EMPTY = Buffer.alloc(0)
const NS_PER_MS = 1e6

class Load {
  readonly #plan: Plan
  readonly #requests: readonly Buffer[]
  readonly #latency = createHistogram()
  readonly #idle: Connection[] = []
  /** When requests were due that no connection was free for. */
  readonly #waiting: number[] = []
  #next = 0
  #sent = 0
  #counted = 0
  #errors = 0
  #counting = false
  #stopped = false

  constructor(plan: Plan) {
    this.#plan = plan
    this.#requests = plan.requests.map((request) => Buffer.from(request, 'base64'))
  }

  async run(): Promise<Outcome> {
    const { connections, durationMs, warmUpMs, port } = this.#plan
    const open = await Promise.all(Array.from({ length: connections }, () => Connection.open(port, this)))
    this.#idle.push(...open)
    if (this.#plan.ratePerSecond === undefined) for (const connection of this.#idle.splice(0)) this.#send(connection)
    else this.#pace(this.#plan.ratePerSecond)
    await elapsed(warmUpMs)
    tell({ type: 'counting' })
    this.#counting = true
    const cpu = process.cpuUsage()
    const started = performance.now()
    await Promise.race([elapsed(durationMs), this.#enough.promise])
    const seconds = (performance.now() - started) / 1000
    const used = process.cpuUsage(cpu)
    this.#stopped = true
    for (const connection of open) connection.close()
    return {
      requests: this.#counted,
      errors: this.#errors,
      seconds,
      p50Ms: this.#latency.percentile(50) / NS_PER_MS,
      p99Ms: this.#latency.percentile(99) / NS_PER_MS,
      maxMs: this.#latency.max / NS_PER_MS,
      generatorCores: (used.user + used.system) / 1e6 / seconds,
    }
  }

  readonly #enough = Promise.withResolvers<void>()

  replied(connection: Connection, status: number, latencyMs: number): void {
    if (this.#stopped) return
    if (this.#counting) this.#count(status, latencyMs)
    if (this.#plan.ratePerSecond === undefined) this.#send(connection)
    else if (this.#waiting.length > 0) this.#send(connection, this.#waiting.shift())
    else this.#idle.push(connection)
  }

  broke(why: string): void {
    if (this.#stopped) return
    this.#stopped = true
    tell({ type: 'failed', why })
    process.exit(1)
  }

  #count(status: number, latencyMs: number): void {
    this.#counted++
    if (status !== this.#plan.status) this.#errors++
    this.#latency.record(Math.max(1, Math.round(latencyMs * NS_PER_MS)))
    if (this.#counted === this.#plan.maxRequests) {
      this.#stopped = true
      this.#enough.resolve()
    }
  }

  #send(connection: Connection, due = performance.now()): void {
    const request = this.#requests[this.#next]
    if (request === undefined) return
    this.#next = (this.#next + 1) % this.#requests.length
    connection.send(this.#plan.numbered === undefined ? request : this.#numbered(request, this.#plan.numbered), due)
  }

  #numbered(request: Buffer, { placeholder, first }: Numbering): Buffer {
    const copy = Buffer.from(request)
    const number = String(first + this.#sent++).padStart(placeholder.length, '0')
    copy.write(number, request.indexOf(placeholder), 'latin1')
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
        const connection = this.#idle.pop()
        if (connection === undefined) return
        this.#send(connection, this.#waiting.shift())
      }
    }, 1)
  }
}

class Connection {
  readonly #socket: Socket
  readonly #load: Load
  #received: Buffer = EMPTY
  #sentAt = 0

  private constructor(socket: Socket, load: Load) {
    this.#socket = socket
    this.#load = load
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('error', (err) => load.broke(err.message))
    socket.on('close', () => load.broke('the server closed a connection'))
  }

  static open(port: number, load: Load): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.off('error', reject)
        resolve(new Connection(socket, load))
      })
      socket.once('error', reject)
    })
  }

  send(request: Buffer, due: number): void {
    this.#sentAt = due
    this.#socket.write(request)
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    const reply = readReply(this.#received)
    if (reply === undefined) return
    if (reply.end !== this.#received.length) this.#load.broke('more came than was asked for')
    this.#received = EMPTY
    this.#load.replied(this, reply.status, performance.now() - this.#sentAt)
  }
}

function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
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
