import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { KeysBusy } from './errors.ts'
import { TurnGate } from './turn-gate.ts'

/** A checkout runs the sources, a package what was compiled of them. */
const WORKER = new URL(
  import.meta.url.endsWith('.ts') ? './rsa-pool-worker.ts' : './rsa-pool-worker.js',
  import.meta.url,
)

export interface RsaPair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
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
 * Keys given out in one turn of the event loop. What follows each is a certificate, a third of a millisecond of the thread that
 * serves requests: of a burst, all that lie ready would be one piece of work, behind which everybody else waits.
 */
const PER_TURN = 4

const generateAside = promisify(generateKeyPair)

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
  readonly #ready = new Map<number, Uint8Array[]>()
  readonly #waiting = new Map<number, Waiting[]>()
  /** Being made for who waits, by bits. */
  readonly #making = new Map<number, number>()
  readonly #gate = new TurnGate(PER_TURN)
  #worker: Worker | undefined

  /** Keys that lie ready. */
  ready(bits: number): number {
    return this.#ready.get(bits)?.length ?? 0
  }

  /** A key that nobody else gets. Rejects with KeysBusy when too many wait. */
  async pair(bits: number): Promise<RsaPair> {
    if (!READY_MAX.has(bits)) return generateAside('rsa', { modulusLength: bits })
    await this.#gate.pass()
    const bytes = this.#kept(bits).pop()
    this.#fill()
    return bytes === undefined ? this.#waitFor(bits) : pairOf(bytes)
  }

  /** Zeroes what lies ready; it begins anew with the next key that is asked for. */
  empty(): void {
    const worker = this.#worker
    this.#worker = undefined
    void worker?.terminate()
    for (const keys of this.#ready.values()) for (const bytes of keys) bytes.fill(0)
    this.#ready.clear()
  }

  #kept(bits: number): Uint8Array[] {
    const known = this.#ready.get(bits)
    if (known !== undefined) return known
    const made: Uint8Array[] = []
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
      const pair = await generateAside('rsa', { modulusLength: bits })
      queue.shift()?.resolve(pair)
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
    const worker = new Worker(WORKER, {
      name: 'rsa-keys',
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
    })
    this.#worker = worker
    // A key that is not yet made keeps no process alive.
    worker.unref()
    let asked = bits
    worker.on('message', (bytes: Uint8Array) => {
      if (this.#worker !== worker) {
        bytes.fill(0)
        return
      }
      const next = this.#take(asked, bytes)
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
  #take(bits: number, bytes: Uint8Array): number | undefined {
    const waiting = this.#waiting.get(bits)?.shift()
    if (waiting === undefined) this.#kept(bits).push(bytes)
    else waiting.resolve(pairOf(bytes))
    return this.#lacking(1)
  }

  /** The size, of those that were asked for, of which less than a share of what there should be lies ready. */
  #lacking(share: number): number | undefined {
    for (const [bits, keys] of this.#ready) if (keys.length < (READY_MAX.get(bits) ?? 0) * share) return bits
    return undefined
  }
}

function pairOf(bytes: Uint8Array): RsaPair {
  const privateKey = createPrivateKey({ key: Buffer.from(bytes.buffer), format: 'der', type: 'pkcs8' })
  bytes.fill(0)
  return { privateKey, publicKey: createPublicKey(privateKey) }
}
