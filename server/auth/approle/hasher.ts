import { hmacSha256 } from '../../../crypto/hmac.ts'
import type { EngineContext } from '../../../engines/engine.ts'
import type { Awaitable } from '../../../storage/backend.ts'
import { document } from '../../../storage/codec.ts'

interface MountKey {
  readonly key: Buffer
}

const codec = document<MountKey>()
const PATH = 'key'
const KEY_BYTES = 32

/** Hashers of keys that are in the store's cache; they go with them. */
const hashers = new WeakMap<MountKey, Hasher>()

/**
 * Names role ids and secret ids by HMAC-SHA256 under a key of the mount that only the unsealed store holds: neither the
 * database nor a backup of it can be searched for one, and finding a secret id is looking up its hash, so that how long
 * it takes says nothing of the ids that there are.
 */
export class Hasher {
  /** That of the document in the store's cache, which zeroes it with the seal. */
  readonly #key: Buffer

  constructor(key: Buffer) {
    this.#key = key
  }

  roleId(id: string): string {
    return this.#hash(`role-id ${id}`)
  }

  /** `uid` is the role's, so that one role's secret id is nothing at another. */
  secretId(uid: string, id: string): string {
    return this.#hash(`secret-id ${uid} ${id}`)
  }

  #hash(text: string): string {
    return hmacSha256(this.#key, text, 'base64url')
  }
}

/** The mount's; its key is made when there is none. */
export function hasherOf(context: Pick<EngineContext, 'store' | 'random'>): Awaitable<Hasher> {
  const known = context.store.get(PATH, codec)
  if (known instanceof Promise) return known.then((late) => (late === undefined ? made(context) : over(late)))
  return known === undefined ? made(context) : over(known)
}

function over(key: MountKey): Hasher {
  let hasher = hashers.get(key)
  if (hasher === undefined) {
    hasher = new Hasher(key.key)
    hashers.set(key, hasher)
  }
  return hasher
}

async function made({ store, random }: Pick<EngineContext, 'store' | 'random'>): Promise<Hasher> {
  const key = await store.transaction(async (tx) => {
    const known = await tx.get(PATH, codec)
    if (known !== undefined) return known
    const fresh: MountKey = { key: random.bytes(KEY_BYTES) }
    tx.put(PATH, fresh, codec)
    return fresh
  })
  return over(key)
}
