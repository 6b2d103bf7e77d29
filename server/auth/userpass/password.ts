import { argon2, createHash, timingSafeEqual } from 'node:crypto'
import { WorkLimit } from '../../../crypto/work-limit.ts'
import type { Random } from '../../../engines/engine.ts'
import { EgideError, invalid } from '../../../engines/errors.ts'
import { isBcryptHash, isOfBcryptHash, isUniqueToBcrypt } from './bcrypt.ts'

/** A password as it is kept. */
export type PasswordHash = Argon2Hash | ImportedHash

/** Argon2id (RFC 9106), with its own salt and what it was made with. */
interface Argon2Hash {
  readonly salt: Buffer
  readonly tag: Buffer
  readonly memoryKib: number
  readonly passes: number
  /** SHA-256 of the imported hash that it took the place of; absent: none. */
  readonly replaced?: Buffer
}

/** A hash that somebody brought along, until its user logs in. */
interface ImportedHash {
  /** In its usual form: `$2b$10$…`. */
  readonly bcrypt: Buffer
}

/** Longest password; longer ones are refused before anything is computed over them. */
export const PASSWORD_MAX_BYTES = 4096

/** https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id */
const COST = { memoryKib: 19_456, passes: 2 } as const
const SALT_BYTES = 16
const TAG_BYTES = 32

/** Each one takes its memory besides a thread. */
const hashing = new WorkLimit({
  running: 2,
  waiting: 256,
  overloaded: () => new EgideError('unavailable', 'too many passwords are being checked'),
})

/** What stands in for a user that there is not: nothing has it as its hash. */
const NOBODY: Argon2Hash = { salt: Buffer.alloc(SALT_BYTES), tag: Buffer.alloc(TAG_BYTES), ...COST }

export async function hashOf(password: string, random: Random): Promise<Argon2Hash> {
  const salt = random.bytes(SALT_BYTES)
  return { salt, tag: await tagOf(password, { salt, ...COST }), ...COST }
}

/** Throws `invalid_request` for what is no hash of bcrypt, or one that takes too long to compare with. */
export function importedHash(text: string): ImportedHash {
  if (!isBcryptHash(text)) throw invalid('password_hash must be a bcrypt hash with a cost of 4 to 14')
  return { bcrypt: Buffer.from(text) }
}

/**
 * A hash of ours in the place of an imported one, which this password fits. One that bcrypt can't tell from others may not
 * be theirs to the letter: then the imported one stays.
 */
export async function renewedHash(password: string, before: PasswordHash, random: Random): Promise<PasswordHash> {
  if (!('bcrypt' in before) || !isUniqueToBcrypt(password)) return before
  return { ...(await hashOf(password, random)), replaced: digestOf(before) }
}

/** Whether the password is still the one that it was: another login may have replaced its imported hash meanwhile. */
export function isSamePassword(now: PasswordHash, before: PasswordHash): boolean {
  if ('bcrypt' in before) return digestOf(before).equals('bcrypt' in now ? digestOf(now) : (now.replaced ?? NONE))
  return !('bcrypt' in now) && now.tag.equals(before.tag)
}

const NONE = Buffer.alloc(0)

function digestOf({ bcrypt }: ImportedHash): Buffer {
  return createHash('sha256').update(bcrypt).digest()
}

/** The work is the same for a user that there is not (`hash` undefined). */
export async function isPassword(password: string, hash: PasswordHash | undefined): Promise<boolean> {
  if (hash !== undefined && 'bcrypt' in hash)
    return hashing.run(() => isOfBcryptHash(password, hash.bcrypt.toString('latin1')))
  const known = hash ?? NOBODY
  const isEqual = timingSafeEqual(await tagOf(password, known), known.tag)
  return isEqual && hash !== undefined
}

function tagOf(password: string, { salt, memoryKib, passes }: Omit<Argon2Hash, 'tag'>): Promise<Buffer> {
  const message = Buffer.from(password, 'utf8')
  const parameters = { message, nonce: salt, parallelism: 1, tagLength: TAG_BYTES, memory: memoryKib, passes }
  return hashing.run(
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
