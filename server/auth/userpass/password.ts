import { argon2, timingSafeEqual } from 'node:crypto'
import type { Random } from '../../../engines/engine.ts'
import { EgideError } from '../../../engines/errors.ts'

/** A password as it is kept: Argon2id (RFC 9106), with its own salt and what it was made with. */
export interface PasswordHash {
  readonly salt: Buffer
  readonly tag: Buffer
  readonly memoryKib: number
  readonly passes: number
}

/** Longest password; longer ones are refused before anything is computed over them. */
export const PASSWORD_MAX_BYTES = 4096

/** https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id */
const COST = { memoryKib: 19_456, passes: 2 } as const
const SALT_BYTES = 16
const TAG_BYTES = 32

/** What stands in for a user that there is not: nothing has it as its hash. */
const NOBODY: PasswordHash = { salt: Buffer.alloc(SALT_BYTES), tag: Buffer.alloc(TAG_BYTES), ...COST }

export async function hashOf(password: string, random: Random): Promise<PasswordHash> {
  const salt = random.bytes(SALT_BYTES)
  return { salt, tag: await tagOf(password, { salt, ...COST }), ...COST }
}

/** The work is the same for a user that there is not (`hash` undefined). */
export async function isPassword(password: string, hash: PasswordHash | undefined): Promise<boolean> {
  const known = hash ?? NOBODY
  const isEqual = timingSafeEqual(await tagOf(password, known), known.tag)
  return isEqual && hash !== undefined
}

function tagOf(password: string, { salt, memoryKib, passes }: Omit<PasswordHash, 'tag'>): Promise<Buffer> {
  const message = Buffer.from(password, 'utf8')
  const parameters = { message, nonce: salt, parallelism: 1, tagLength: TAG_BYTES, memory: memoryKib, passes }
  return inTurn(
    () =>
      new Promise<Buffer>((resolve, reject) => {
        argon2('argon2id', parameters, (error, tag) => {
          message.fill(0)
          if (error === null) resolve(tag)
          else reject(error)
        })
      }),
  )
}

/**
 * Each one takes its memory and a thread of the pool that files share; so only a few run at one time, a bounded number
 * waits, and who comes after those is asked to come again.
 */
const RUNNING_MAX = 2
const WAITING_MAX = 256
let running = 0
const waiting: (() => void)[] = []

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running < RUNNING_MAX) running++
  else if (waiting.length >= WAITING_MAX) throw new EgideError('unavailable', 'too many passwords are being checked')
  else await new Promise<void>((go) => waiting.push(go))
  try {
    return await work()
  } finally {
    // The place goes on to who waits longest.
    const next = waiting.shift()
    if (next === undefined) running--
    else next()
  }
}
