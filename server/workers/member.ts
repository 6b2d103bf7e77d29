import type { Duplex } from 'node:stream'
import type { Log } from '../../engines/engine.ts'
import type { InFlightRequest, LogLevel, MetricsService } from '../../engines/system/services/operations.ts'
import type { SealOperations } from '../../engines/system/services/seal.ts'
import type { Families, Metrics } from '../observe/metrics.ts'
import { renderFamilies, summaryOfFamilies, withWorker } from '../observe/shared-metrics.ts'
import type { HandedKeys, HandedSealing } from '../seal/handed-keys.ts'
import type { SealManager, StartOutcome } from '../seal/manager.ts'
import { eraseBytes } from './frames.ts'
import { Peer } from './peer.ts'
import { runForwarded, sharedSeal } from './shared-seal.ts'

/** What the supervisor tells each worker when it starts. */
export interface WorkerStart {
  /** From 1; the worker that takes the place of one that died gets its number. */
  readonly worker: number
  /** Where clients reach the server, once that is known: '' for the first worker. */
  readonly apiAddress: string
  /** Whether a seal that opens by itself may: not once operators have sealed the server. */
  readonly mayUnseal: boolean
  /** Of the log, where an operator has changed it since the configuration was read. */
  readonly logLevel: LogLevel | undefined
}

/** What a worker has that its siblings ask for. */
interface Parts {
  readonly seal: SealManager
  readonly metrics: Metrics
  readonly inFlight: () => readonly InFlightRequest[]
  readonly log: Log & { change(level: LogLevel | undefined): void }
}

/** What the rest of the process does when it is told to. */
interface Orders {
  /** Resolves with what could not be read again. */
  reload(): Promise<readonly string[]>
  stop(): void
}

/** Operations after which all workers have a namespace unsealed, or sealed. */
const CHANGES_NAMESPACE: ReadonlySet<string> = new Set(['namespaces.unseal', 'namespaces.seal'])

/** One of several processes that are one server, as it sees the others. */
export class Member {
  readonly #peer: Peer
  readonly #start = Promise.withResolvers<WorkerStart>()
  readonly #parts = Promise.withResolvers<Parts>()
  readonly #orders = Promise.withResolvers<Orders>()
  #sealingForOthers = false
  #isOpen = false
  #worker = 0
  #mayUnseal = true
  apiAddress = ''
  #logLevel: LogLevel | undefined

  /** `onAlone`: the process that started this one is gone. */
  constructor(pipe: Duplex, onAlone: () => void) {
    this.#peer = new Peer(pipe, (method, args) => this.#handle(method, args), onAlone)
  }

  get worker(): number {
    return this.#worker
  }

  /** As an operator has it since the configuration was read, when this process began. */
  get logLevel(): LogLevel | undefined {
    return this.#logLevel
  }

  /** Resolves when the process knows which worker it is. */
  async startReceived(): Promise<void> {
    const { worker, apiAddress, mayUnseal, logLevel } = await this.#start.promise
    this.#worker = worker
    if (!mayUnseal) this.#mayUnseal = false
    this.apiAddress = apiAddress
    this.#logLevel = logLevel ?? undefined
  }

  /** From here on siblings are answered; opens the vault if it is open elsewhere. Rejects when that fails. */
  async join(parts: Parts): Promise<void> {
    this.#parts.resolve(parts)
    const handed = (await this.#peer.call('keys')) as HandedKeys | null | undefined
    if (handed === undefined || handed === null) return
    await parts.seal.adopt(handed)
    parts.log.info({}, 'opened with the keys of the other workers')
  }

  /** Unseals without operators, all workers or none. */
  async start(seal: SealManager): Promise<StartOutcome> {
    if (!this.#mayUnseal) return 'needs shares'
    const before = seal.openedWith
    const outcome = await seal.start()
    if (seal.openedWith === undefined || before !== undefined) return outcome
    if (!this.#mayUnseal) {
      await seal.seal() // which it was told while its service was asked
      return 'needs shares'
    }
    await this.#handOut(seal)
    return outcome
  }

  /** Tells that this worker serves. */
  async ready(addresses: readonly string[], apiAddress: string, orders: Orders): Promise<void> {
    this.#orders.resolve(orders)
    await this.#peer.call('ready', addresses, apiAddress)
  }

  /** The seal of the whole server. */
  seal(local: SealOperations): SealOperations {
    return sharedSeal((name, args) => {
      const done = this.#peer.call('seal', name, args)
      eraseBytes(args) // they are on their way
      return done
    }, local)
  }

  /** The metrics of all workers, each with its number. */
  metrics(local: Metrics): MetricsService {
    const all = async (): Promise<Families> => {
      const mine = withWorker(await local.families(), this.#worker)
      return [...mine, ...((await this.#peer.call('others', 'metrics')) as Families[]).flat()]
    }
    return {
      contentType: local.contentType,
      render: async () => renderFamilies(await all()),
      summary: async (timeMs) => summaryOfFamilies(await all(), timeMs),
    }
  }

  /** The requests that all workers work on. */
  async inFlight(mine: readonly InFlightRequest[]): Promise<readonly InFlightRequest[]> {
    const others = (await this.#peer.call('others', 'in-flight')) as (readonly InFlightRequest[])[]
    return [...mine, ...others.flat()]
  }

  /** The logs of all others have another level too. */
  async changeLogLevel(level: LogLevel | undefined): Promise<void> {
    await this.#peer.call('others', 'log-level', level)
  }

  onOpened(): void {
    this.#isOpen = true
  }

  /** Whoever finds that the vault has to be sealed seals it in all workers. */
  onSealed(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    if (!this.#sealingForOthers) this.#peer.call('others', 'close').catch(() => {})
  }

  /** This worker ends, and the others go on. */
  async leave(): Promise<void> {
    this.#isOpen = false
    await this.#peer.call('leaving').catch(() => {})
  }

  async #handle(method: string, args: readonly unknown[]): Promise<unknown> {
    if (method === 'start') return this.#start.resolve(args[0] as WorkerStart)
    if (method === 'stop') return (await this.#orders.promise).stop()
    if (method === 'reload') return (await this.#orders.promise).reload()
    if (method === 'heartbeat') return undefined
    const { seal, metrics, inFlight, log } = await this.#parts.promise
    switch (method) {
      case 'seal':
        return this.#sealOperation(seal, String(args[0]), args[1] as readonly unknown[])
      case 'keys':
        return seal.handOver()
      case 'open':
        return seal.adopt(args[0] as HandedKeys)
      case 'namespace':
        return seal.adoptNamespace((args[0] ?? undefined) as HandedSealing | undefined)
      case 'close':
        return this.#closeForOthers(seal)
      case 'metrics':
        return withWorker(await metrics.families(), this.#worker)
      case 'log-level':
        return log.change((args[0] ?? undefined) as LogLevel | undefined)
      case 'in-flight':
        return inFlight()
      default:
        throw new Error(`no worker is asked ${method}`)
    }
  }

  /** Runs the operation. Before the caller hears of it all workers are open with the same keys, or sealed. */
  async #sealOperation(seal: SealManager, name: string, args: readonly unknown[]): Promise<unknown> {
    const before = seal.openedWith
    try {
      // The request has seen what others changed in the worker that it came to, not in this one.
      if (name !== 'status') await seal.refresh()
      return await runForwarded(seal, name, args)
    } finally {
      const after = seal.openedWith
      if (after === undefined && before !== undefined) await this.#peer.call('others', 'close')
      if (after !== before) await this.#handOut(seal)
      else if (after !== undefined && CHANGES_NAMESPACE.has(name)) await this.#handOutNamespace(seal, String(args[0]))
    }
  }

  async #handOut(seal: SealManager): Promise<void> {
    const handed = seal.handOver()
    if (handed === undefined) return
    try {
      await this.#peer.call('others', 'open', handed)
    } finally {
      handed.rootKey.fill(0)
      handed.unsealKey?.fill(0)
      for (const { key } of handed.namespaces) key.fill(0)
    }
  }

  /** What one namespace is unsealed with, or that it is sealed. */
  async #handOutNamespace(seal: SealManager, id: string): Promise<void> {
    const handed = seal.namespaces.handOver(id)
    try {
      await this.#peer.call('others', 'namespace', handed)
    } finally {
      handed?.key.fill(0)
    }
  }

  async #closeForOthers(seal: SealManager): Promise<void> {
    this.#sealingForOthers = true
    this.#mayUnseal = false
    try {
      await seal.seal()
    } finally {
      this.#sealingForOthers = false
    }
  }
}
