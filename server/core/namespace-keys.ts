import type { Random } from '../../engines/engine.ts'
import { document } from '../../storage/codec.ts'
import type { Store } from '../../storage/store.ts'

interface NamespaceSecrets {
  /** Key of the HMAC that names tokens. */
  readonly tokenKey: Buffer
}

const secretsCodec = document<NamespaceSecrets>()
const PATH = 'keys/tokens'
const KEY_BYTES = 32

/** A copy of the key that this namespace's tokens are hashed under, for the caller to zero; made when there is none yet. */
export async function tokenKeyOf(store: Store, random: Random): Promise<Buffer> {
  const { tokenKey } = await store.transaction(async (tx) => {
    const known = await tx.get(PATH, secretsCodec)
    if (known !== undefined) return known
    const made: NamespaceSecrets = { tokenKey: random.bytes(KEY_BYTES) }
    tx.put(PATH, made, secretsCodec)
    return made
  })
  const key = Buffer.alloc(KEY_BYTES)
  tokenKey.copy(key)
  return key
}
