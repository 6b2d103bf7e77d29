import { Worker } from 'node:worker_threads'
import { threadModule } from '../../../crypto/thread-module.ts'
import { EgideError } from '../../../engines/errors.ts'

/** Hashes of bcrypt, which others made: compared on a thread of its own, as it is JavaScript that takes its time. */

export interface BcryptTask {
  readonly id: number
  readonly password: string
  readonly hash: string
}

export interface BcryptAnswer {
  readonly id: number
  readonly isEqual: boolean
}

/** Version, cost, 22 characters of salt and 31 of hash. Each cost takes twice the time of the one before it. */
const HASH = /^\$2[aby]\$(?:0[4-9]|1[0-4])\$[./A-Za-z0-9]{53}$/

export function isBcryptHash(text: string): boolean {
  return HASH.test(text)
}

const WORKER = threadModule('bcrypt-worker', import.meta.url)

interface Waiting {
  readonly resolve: (isEqual: boolean) => void
  readonly reject: (error: Error) => void
}

/** One thread of the process, started by the first that needs it. Whoever asks bounds how many do so at a time. */
class BcryptThread {
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #asked = 0

  compare(password: string, hash: string): Promise<boolean> {
    const id = ++this.#asked
    this.#worker ??= this.#start()
    this.#worker.ref()
    this.#worker.postMessage({ id, password, hash } satisfies BcryptTask)
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }))
  }

  #start(): Worker {
    const worker = new Worker(WORKER, { name: 'bcrypt' })
    worker.on('message', ({ id, isEqual }: BcryptAnswer) => {
      this.#waiting.get(id)?.resolve(isEqual)
      this.#waiting.delete(id)
      if (this.#waiting.size === 0) worker.unref()
    })
    worker.on('error', (cause) => {
      if (this.#worker === worker) this.#worker = undefined
      const error = new EgideError('unavailable', 'passwords cannot be checked', { cause })
      for (const { reject } of this.#waiting.values()) reject(error)
      this.#waiting.clear()
    })
    return worker
  }
}

const thread = new BcryptThread()

/** Bytes of a password that count. Shorter ones are repeated, with a NUL after each. */
const LOOKED_AT_BYTES = 72

/** Whether no other password has the hashes of this one: those of longer ones, and of repeated ones, are the same. */
export function isUniqueToBcrypt(password: string): boolean {
  return Buffer.byteLength(password) <= LOOKED_AT_BYTES && !password.includes('\0')
}

/** Whether the password is the one of the hash, as far as bcrypt looks. */
export function isOfBcryptHash(password: string, hash: string): Promise<boolean> {
  return thread.compare(password, hash)
}
