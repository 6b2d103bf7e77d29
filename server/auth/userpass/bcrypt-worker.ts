import { parentPort } from 'node:worker_threads'
import { compareSync } from 'bcryptjs'
import type { BcryptAnswer, BcryptTask } from './bcrypt.ts'

/** The thread of `bcrypt.ts`. */
parentPort?.on('message', ({ id, password, hash }: BcryptTask) => {
  parentPort?.postMessage({ id, isEqual: compareSync(password, hash) } satisfies BcryptAnswer)
})
