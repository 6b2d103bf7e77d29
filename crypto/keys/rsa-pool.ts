import { Worker } from 'node:worker_threads'
import { threadModule } from '../thread-module.ts'
import { zeroize } from '../zeroize.ts'
import { KeysBusy } from './errors.ts'
import { generatePair } from './pkcs8.ts'
import { Semaphore } from './semaphore.ts'

const WORKER = threadModule('rsa-pool-worker', import.meta.url)

/** In DER. */
export interface RsaPair {
  /** PKCS #8. */
  readonly privateKey: Buffer
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Buffer
}
/** Of who asked for one. */
export interface TakenRsaPair extends RsaPair {
  /** Zeroes the private key. To be called, once, when what it was asked for is made: it lets others go on who wait for theirs. */
  done(): void
}
/** As it comes from the other thread. */
export interface RsaPairBytes {
  readonly privateKey: Uint8Array<ArrayBuffer>
  readonly publicKey: Uint8Array<ArrayBuffer>
}

/** Keys kept ready, by their bits: what a burst of certificates needs. Other sizes are made when they are asked for. */
const READY_MAX: ReadonlyMap<number, number> = new Map([
  [2048, 220],
  [3072, 40],
  [4096, 20],
])
/** A size is made again when so much of it is gone. */
const REFILL_SHARE = 0.75
/** Keys made at once for who waits: they take threads that files and other keys need as well. */
const AT_ONCE = 2
const WAITING_MAX = 2_000
/**
 * Of the keys that lie ready, those whose takers are not done with them. What follows each is a certificate: commits that it
 * shares with few others, and a third of a millisecond of the thread that serves requests. Of a burst, all that lie ready
 * would be one piece of work after the other, behind which everybody else waits.
 */
const TAKEN_MAX = 2

async function generateAside(bits: number): Promise<RsaPair> {
  const { privateKey, publicKey } = await generatePair('rsa', { modulusLength: bits })
  if (privateKey === undefined) throw new Error('a key was made without its private half')
  return { privateKey, publicKey }
}

interface Waiting {
  readonly resolve: (pair: RsaPair) => void
  readonly reject: (error: unknown) => void
}

/**
 * RSA keys that are made ahead: an RSA key takes the time of a thousand other requests. A size is kept ready once it was
 * asked for. A thread of the lowest priority makes one key at a time and ends when there are enough. The keys lie in
 * memory alone, as bytes that `empty` zeroes.
 */
export class RsaKeyPool {
  readonly #ready = new Map<number, RsaPair[]>()
  readonly #waiting = new Map<number, Waiting[]>()
  /** Being made for who waits, by bits. */
  readonly #making = new Map<number, number>()
  readonly #taken = new Semaphore(TAKEN_MAX)
  readonly #module: URL
  readonly #generate: typeof generateAside
  #worker: Worker | undefined

  /** `module`: what the thread runs that makes keys ahead; `generate`: makes those for who waits. */
  constructor(module: URL = WORKER, generate = generateAside) {
    this.#module = module
    this.#generate = generate
  }

  /** Keys that lie ready. */
  ready(bits: number): number {
    return this.#ready.get(bits)?.length ?? 0
  }

  /** A key that nobody else gets. Rejects with KeysBusy when too many wait. */
  async pair(bits: number): Promise<TakenRsaPair> {
    if (!READY_MAX.has(bits)) return taken(await this.#generate(bits), nothing)
    await this.#taken.acquire()
    const pair = this.#kept(bits).pop()
    if (pair !== undefined) return taken(pair, this.#release)
    this.#release()
    return taken(await this.#waitFor(bits), nothing)
  }

  /** Zeroes what lies ready; it begins anew with the next key that is asked for. */
  empty(): void {
    const worker = this.#worker
    this.#worker = undefined
    void worker?.terminate()
    for (const keys of this.#ready.values()) for (const { privateKey } of keys) privateKey.fill(0)
    this.#ready.clear()
  }

  /** Keys are made again when nobody has one that lay ready: a burst has the processors to itself. */
  readonly #release = (): void =>
    this.#taken.release(() => {
      if (this.#taken.isIdle) this.#fill()
    })

  #kept(bits: number): RsaPair[] {
    const known = this.#ready.get(bits)
    if (known !== undefined) return known
    const made: RsaPair[] = []
    this.#ready.set(bits, made)
    return made
  }

  #waitFor(bits: number): Promise<RsaPair> {
    return new Promise((resolve, reject) => {
      const queue = this.#waiting.get(bits) ?? []
      if (queue.length >= WAITING_MAX) {
        reject(new KeysBusy())
        return
      }
      this.#waiting.set(bits, queue)
      queue.push({ resolve, reject })
      this.#make()
    })
  }

  /** For those who wait; the other thread's keys go to them too. */
  #make(): void {
    for (const [bits, queue] of this.#waiting) {
      while (this.#made() < AT_ONCE && queue.length > this.#madeOf(bits)) void this.#makeOne(bits, queue)
    }
  }

  #madeOf(bits: number): number {
    return this.#making.get(bits) ?? 0
  }

  #made(): number {
    let sum = 0
    for (const count of this.#making.values()) sum += count
    return sum
  }

  async #makeOne(bits: number, queue: Waiting[]): Promise<void> {
    this.#making.set(bits, this.#madeOf(bits) + 1)
    try {
      const pair = await this.#generate(bits)
      const waiting = queue.shift()
      // The other thread's key was there first.
      if (waiting === undefined) zeroize(pair.privateKey)
      else waiting.resolve(pair)
    } catch (error) {
      queue.shift()?.reject(error)
    } finally {
      this.#making.set(bits, this.#madeOf(bits) - 1)
      this.#make()
    }
  }

  #fill(): void {
    if (this.#worker !== undefined) return
    const bits = this.#lacking(REFILL_SHARE)
    if (bits === undefined) return
    const worker = new Worker(this.#module, {
      name: 'rsa-keys',
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
    })
    this.#worker = worker
    // A key that is not yet made keeps no process alive.
    worker.unref()
    let asked = bits
    worker.on('message', (made: RsaPairBytes) => {
      if (this.#worker !== worker) {
        made.privateKey.fill(0)
        return
      }
      const next = this.#take(asked, { privateKey: bufferOf(made.privateKey), publicKey: bufferOf(made.publicKey) })
      if (next !== undefined) {
        asked = next
        worker.postMessage(asked)
        return
      }
      this.#worker = undefined
      void worker.terminate()
    })
    // Without it keys are made when they are asked for.
    worker.on('error', () => {
      if (this.#worker === worker) this.#worker = undefined
    })
    worker.postMessage(asked)
  }

  /** Puts a key by, or gives it to who waits. Which size is next; undefined: there are enough. */
  #take(bits: number, pair: RsaPair): number | undefined {
    const waiting = this.#waiting.get(bits)?.shift()
    if (waiting === undefined) this.#kept(bits).push(pair)
    else waiting.resolve(pair)
    return this.#lacking(1)
  }

  /** The size, of those that were asked for, of which less than a share of what there should be lies ready. */
  #lacking(share: number): number | undefined {
    for (const [bits, keys] of this.#ready) if (keys.length < (READY_MAX.get(bits) ?? 0) * share) return bits
    return undefined
  }
}

const bufferOf = ({ buffer }: Uint8Array<ArrayBuffer>): Buffer => Buffer.from(buffer)

function nothing(): void {}

const taken = ({ privateKey, publicKey }: RsaPair, release: () => void): TakenRsaPair => ({
  privateKey,
  publicKey,
  done() {
    zeroize(privateKey)
    release()
  },
})
