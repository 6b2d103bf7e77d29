import { setTimeout as sleep } from 'node:timers/promises'
import type { CommitFate, TestingProxy } from '../../storage/postgres/testing-proxy.ts'
import { TestingServer, type TestingServerOptions } from '../../storage/postgres/testing-server.ts'
import type { SeededRandom } from '../harness/random.ts'
import type { Server } from '../harness/server.ts'

/** A server, and the wire to its database where that is another. */
export interface Node {
  readonly server: Server
  /** How many processes serve. */
  readonly workers: number
  readonly proxy?: TestingProxy
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

const FATES: readonly CommitFate[] = ['request lost', 'reply lost', 'late']

type Harm = readonly [name: string, harm: () => Promise<void>]

/** Does harm, as a seed says, and mends it. */
export class Nemesis {
  readonly #nodes: readonly Node[]
  readonly #random: SeededRandom
  /** Those that few set-ups can do come first. */
  readonly #kinds: readonly (readonly Harm[])[]
  #coming: Harm[] = []
  /** How often each harm was done. */
  readonly done: Record<string, number> = {}

  /** Without a database that stands for itself, there is only harm to servers. */
  constructor(nodes: readonly Node[], random: SeededRandom, database?: ReplicatedDatabase) {
    this.#nodes = nodes
    this.#random = random
    this.#kinds = [
      nodes.some(({ workers }) => workers > 1) ? this.#toWorkers() : [],
      [...this.#toNodes(), ...(database === undefined ? [] : this.#toDatabase(database))],
    ]
  }

  /** Does one harm, each in its turn, in an order by chance. When this resolves it is mended. */
  async strike(): Promise<void> {
    if (this.#coming.length === 0) this.#coming = this.#kinds.flatMap((harms) => this.#random.shuffled(harms))
    const [name, harm] = this.#coming.shift() as Harm // there is always one to nodes
    this.done[name] = (this.done[name] ?? 0) + 1
    await harm()
  }

  #toNodes(): readonly Harm[] {
    return [
      ['node killed', () => this.#killNode()],
      ['node paused', () => this.#pauseNode()],
    ]
  }

  #toWorkers(): readonly Harm[] {
    return [
      ['worker killed', () => this.#killWorkers(1)],
      ['workers killed', () => this.#killWorkers(2)],
      ['worker paused', () => this.#pauseWorker()],
    ]
  }

  #toDatabase(database: ReplicatedDatabase): readonly Harm[] {
    return [
      ['database restarted', () => this.#restart(database)],
      ['standby promoted', () => this.#failOver(database)],
      ['wire cut', () => this.#cutWire()],
      ['wire frozen', () => this.#freezeWire()],
      ['commits lost', () => this.#loseCommits()],
    ]
  }

  readonly #pause = (mostMs: number) => sleep(20 + this.#random.below(mostMs))
  readonly #node = () => this.#random.of(this.#nodes)

  readonly #proxies = () => this.#nodes.flatMap(({ proxy }) => (proxy === undefined ? [] : [proxy]))

  async #killNode(): Promise<void> {
    const node = this.#node()
    node.isUp = false
    await node.server.kill9()
    await node.server.start()
    await this.#whileItFails(() => node.server.unseal())
    node.isUp = true
  }

  async #pauseNode(): Promise<void> {
    const { server, workers } = this.#node()
    await this.#pauseAll(workers > 1 ? [server.pid, ...server.workerPids()] : [server.pid])
  }

  /** The others open the one that takes its place; where there is none left, operators do. */
  async #killWorkers(count: number): Promise<void> {
    const { server } = this.#node()
    for (let killed = 0; killed < count; killed++) {
      const pids = server.workerPids()
      if (pids.length > 0) signal(this.#random.of(pids), 'SIGKILL')
    }
    await this.#pause(200)
    await this.#whileItFails(() => server.unseal())
  }

  async #pauseWorker(): Promise<void> {
    const pids = this.#node().server.workerPids()
    if (pids.length > 0) await this.#pauseAll([this.#random.of(pids)])
  }

  async #pauseAll(pids: readonly number[]): Promise<void> {
    for (const pid of pids) signal(pid, 'SIGSTOP')
    await this.#pause(600)
    for (const pid of pids) signal(pid, 'SIGCONT')
  }

  async #restart({ primary }: ReplicatedDatabase): Promise<void> {
    if (this.#random.below(2) === 0) await primary.kill()
    else await primary.halt()
    await this.#pause(200)
    await primary.restart()
  }

  async #failOver(database: ReplicatedDatabase): Promise<void> {
    await database.failOver()
    for (const proxy of this.#proxies()) proxy.target = database.primary.port
    await this.#pause(300)
    await database.rebuild()
  }

  async #cutWire(): Promise<void> {
    const proxy = this.#random.of(this.#proxies())
    proxy.setDown(true)
    await this.#pause(300)
    proxy.setDown(false)
  }

  async #freezeWire(): Promise<void> {
    const proxy = this.#random.of(this.#proxies())
    proxy.setFrozen(true)
    await this.#pause(500)
    proxy.setFrozen(false)
  }

  /** Some commits of every node are lost on their way, or their replies are. */
  async #loseCommits(): Promise<void> {
    for (const proxy of this.#proxies()) {
      for (let count = 1 + this.#random.below(4); count > 0; count--) proxy.next(this.#random.of(FATES))
    }
    await this.#pause(300)
    for (const proxy of this.#proxies()) {
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

/** One that was killed before may be gone. */
function signal(pid: number, what: NodeJS.Signals): void {
  try {
    process.kill(pid, what)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
