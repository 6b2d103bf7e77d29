import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { zeroize } from '../../crypto/zeroize.ts'
import type { Random } from '../../engines/engine.ts'
import { document } from '../../storage/codec.ts'
import type { Store } from '../../storage/store.ts'

interface SnapshotKey {
  /** Of Ed25519, RFC 8032: 32 bytes. */
  readonly seed: Buffer
}

const codec = document<SnapshotKey>()
/** Below the root namespace. */
const PATH = 'keys/snapshots'
const SEED_BYTES = 32
/** RFC 8410: what stands before the seed in PKCS #8. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex')

/** The key that this vault's snapshots are signed with; made when there is none yet. It stays the same for the vault's life. */
export async function signingKeyOf(store: Store, random: Random): Promise<KeyObject> {
  const { seed } = await store.transaction(async (tx) => {
    const known = await tx.get(PATH, codec)
    if (known !== undefined) return known
    const made: SnapshotKey = { seed: random.bytes(SEED_BYTES) }
    tx.put(PATH, made, codec)
    return made
  })
  return keyOf(seed)
}

/** As it lies in a store; undefined: no snapshot was ever taken of it. */
export async function storedSigningKey(store: Store): Promise<KeyObject | undefined> {
  const known = await store.get(PATH, codec)
  return known && keyOf(known.seed)
}

function keyOf(seed: Buffer): KeyObject {
  const der = Buffer.concat([PKCS8_HEAD, seed])
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  } finally {
    zeroize(der)
  }
}

/** The 32 bytes of an Ed25519 key's public half. */
export function publicBytesOf(key: KeyObject): Buffer {
  return Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url')
}
