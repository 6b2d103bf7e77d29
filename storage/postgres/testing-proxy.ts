import { createServer, connect as dial, type Server, type Socket } from 'node:net'

/**
 * What happens to a commit on its way. `request lost`: the server never sees it. `reply lost`: it is done, nobody hears of
 * it. `late`: the connection breaks at once, and the server gets the request when `deliverLate` is called.
 */
export type CommitFate = 'request lost' | 'reply lost' | 'late'

/** Stands in a statement's name whenever the commit function is called. */
const COMMIT = Buffer.from('\0commit\0')

/** A wire between a backend and its server that can be cut where it hurts. */
export class TestingProxy {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #late: (() => void)[] = []
  #fates: CommitFate[] = []
  #isDown = false
  #isFrozen = false
  /** The port of this machine that it leads to. */
  target: number
  /** Called when a commit has met its fate. */
  onMet: () => void = () => {}

  private constructor(server: Server, target: number) {
    this.#server = server
    this.target = target
  }

  /** To the server that listens on `port` of this machine. */
  static async open(port: number): Promise<TestingProxy> {
    const server = createServer()
    const proxy = new TestingProxy(server, port)
    server.on('connection', (client) => proxy.#join(client))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return proxy
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port
  }

  /** The next commits meet these fates, one each. */
  next(...fates: CommitFate[]): void {
    this.#fates.push(...fates)
  }

  /** What was to befall later commits no longer does. */
  forgetFates(): void {
    this.#fates = []
  }

  /** Cuts all connections, and refuses new ones while it is down. */
  setDown(isDown: boolean): void {
    this.#isDown = isDown
    if (isDown) for (const socket of this.#sockets) socket.destroy()
  }

  /** While it is frozen nothing comes through, and nobody is told. */
  setFrozen(isFrozen: boolean): void {
    this.#isFrozen = isFrozen
    for (const socket of this.#sockets)
      if (isFrozen) socket.pause()
      else socket.resume()
  }

  /** What was held back arrives at the server, on connections whose client is long gone. */
  deliverLate(): void {
    for (const deliver of this.#late.splice(0)) deliver()
  }

  #join(client: Socket): void {
    if (this.#isDown) {
      client.destroy()
      return
    }
    const upstream = dial(this.target, '127.0.0.1')
    let isReplyLost = false
    let isHeld = false
    const end = () => {
      client.destroy()
      if (!isHeld) upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      this.#sockets.add(socket)
      socket.on('error', end)
      socket.on('close', () => {
        this.#sockets.delete(socket)
        end()
      })
    }
    upstream.on('data', (bytes: Buffer) => {
      if (isReplyLost) {
        end()
        this.onMet()
      } else if (!isHeld) client.write(bytes)
    })
    client.on('data', (bytes: Buffer) => {
      const fate = bytes.includes(COMMIT) ? this.#fates.shift() : undefined
      if (fate === 'request lost') return end()
      if (fate === 'reply lost') isReplyLost = true
      if (fate === 'late') {
        isHeld = true
        this.#late.push(() => {
          upstream.end(bytes)
        })
        return end()
      }
      upstream.write(bytes)
    })
    if (this.#isFrozen) for (const socket of [client, upstream]) socket.pause()
  }

  async close(): Promise<void> {
    this.setDown(true)
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
