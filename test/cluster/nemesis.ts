import { setTimeout as sleep } from 'node:timers/promises'
import type { CommitFate, TestingProxy } from '../../storage/postgres/testing-proxy.ts'
import { TestingServer, type TestingServerOptions } from '../../storage/postgres/testing-server.ts'
import type { SeededRandom } from '../harness/random.ts'
import type { Server } from '../harness/server.ts'

/** A server, and the wire to its database. */
export interface Node {
  readonly server: Server
  readonly proxy: TestingProxy
  /** Started and unsealed, as far as anybody knows. */
  isUp: boolean
}

/** A primary and the standby that each of its commits waits for. */
export class ReplicatedDatabase {
  primary: TestingServer
  standby: TestingServer

  private constructor(primary: TestingServer, standby: TestingServer) {
    this.primary = primary
    this.standby = standby
  }

  static async start(options: TestingServerOptions): Promise<ReplicatedDatabase> {
    const primary = await TestingServer.start(options)
    return new ReplicatedDatabase(primary, await primary.startStandby())
  }

  /** The primary dies, the standby takes over. It gets a standby of its own by `rebuild`. */
  async failOver(): Promise<void> {
    await this.primary.kill()
    await this.standby.promote()
    await this.primary.stop()
    this.primary = this.standby
  }

  /** Restarts the primary, too. */
  async rebuild(): Promise<void> {
    this.standby = await this.primary.startStandby()
  }

  async stop(): Promise<void> {
    await Promise.all([...new Set([this.primary, this.standby])].map((server) => server.stop()))
  }
}

type Fault = (nemesis: Nemesis) => Promise<void>

const FATES: readonly CommitFate[] = ['request lost', 'reply lost', 'late']

/** Does harm, as a seed says, and mends it. */
export class Nemesis {
  readonly #nodes: readonly Node[]
  readonly #database: ReplicatedDatabase
  readonly #random: SeededRandom
  /** How often each harm was done. */
  readonly done: Record<string, number> = {}

  constructor(nodes: readonly Node[], database: ReplicatedDatabase, random: SeededRandom) {
    this.#nodes = nodes
    this.#database = database
    this.#random = random
  }

  /** Does one harm. When this resolves it is mended. */
  async strike(): Promise<void> {
    const name = this.#random.of(Object.keys(FAULTS))
    this.done[name] = (this.done[name] ?? 0) + 1
    await FAULTS[name]?.(this)
  }

  readonly #pause = (mostMs: number) => sleep(20 + this.#random.below(mostMs))
  readonly #node = () => this.#random.of(this.#nodes)

  async killNode(): Promise<void> {
    const node = this.#node()
    node.isUp = false
    await node.server.kill9()
    await node.server.start()
    await this.#whileItFails(() => node.server.unseal())
    node.isUp = true
  }

  async pauseNode(): Promise<void> {
    const { server } = this.#node()
    process.kill(server.pid, 'SIGSTOP')
    await this.#pause(600)
    process.kill(server.pid, 'SIGCONT')
  }

  async restartDatabase(): Promise<void> {
    const { primary } = this.#database
    if (this.#random.below(2) === 0) await primary.kill()
    else await primary.halt()
    await this.#pause(200)
    await primary.restart()
  }

  async failOver(): Promise<void> {
    await this.#database.failOver()
    for (const { proxy } of this.#nodes) proxy.target = this.#database.primary.port
    await this.#pause(300)
    await this.#database.rebuild()
  }

  async cutWire(): Promise<void> {
    const { proxy } = this.#node()
    proxy.setDown(true)
    await this.#pause(300)
    proxy.setDown(false)
  }

  async freezeWire(): Promise<void> {
    const { proxy } = this.#node()
    proxy.setFrozen(true)
    await this.#pause(500)
    proxy.setFrozen(false)
  }

  /** Some commits of every node are lost on their way, or their replies are. */
  async loseCommits(): Promise<void> {
    for (const { proxy } of this.#nodes) {
      for (let count = 1 + this.#random.below(4); count > 0; count--) proxy.next(this.#random.of(FATES))
    }
    await this.#pause(300)
    for (const { proxy } of this.#nodes) {
      proxy.forgetFates()
      proxy.deliverLate()
    }
  }

  /** A node that starts may meet what another harm left. */
  async #whileItFails(work: () => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work()
      } catch (error) {
        if (attempt === 200) throw error
        await sleep(100)
      }
    }
  }
}

const FAULTS: Readonly<Record<string, Fault>> = {
  'node killed': (nemesis) => nemesis.killNode(),
  'node paused': (nemesis) => nemesis.pauseNode(),
  'database restarted': (nemesis) => nemesis.restartDatabase(),
  'standby promoted': (nemesis) => nemesis.failOver(),
  'wire cut': (nemesis) => nemesis.cutWire(),
  'wire frozen': (nemesis) => nemesis.freezeWire(),
  'commits lost': (nemesis) => nemesis.loseCommits(),
}
