import { createPrivateKey, type KeyObject } from 'node:crypto'
import Type from 'typebox'
import { rsa4096 } from '../../../crypto/keys/rsa.ts'
import { document } from '../../../storage/codec.ts'
import type { Store } from '../../../storage/store.ts'
import { type EngineContext, type Reply, route } from '../../engine.ts'
import { publicKeyPem } from '../../pem.ts'

/** The pair that keys are wrapped for on their way in: one for each mount, made when it is first asked for. */
interface WrappingKey {
  /** PKCS #8. Secret. */
  readonly key: Buffer
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Buffer
}

/** Beside the named keys, so that no name reaches it. */
const PATH = 'import/wrapping-key'
const codec = document<WrappingKey>()

export const wrappingKey = route('wrapping_key', {
  summary: 'Read the public key that keys to be imported are wrapped with',
  description: 'RSA with 4096 bits. The first time it is made, which takes a moment.',
  fields: {},
  returns: Type.Object({ public_key: Type.String({ description: 'PEM.' }) }),
  auditClear: ['public_key'],
  operations: {
    read: async (_request, context): Promise<Reply> => {
      const { publicKey } = await madeWrappingKey(context)
      return { data: { public_key: publicKeyPem(publicKey) } }
    },
  },
})

export async function unwrappingKey(context: EngineContext): Promise<KeyObject> {
  const { key } = await madeWrappingKey(context)
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' })
}

async function madeWrappingKey(context: EngineContext): Promise<WrappingKey> {
  return (await context.store.get(PATH, codec)) ?? making(context)
}

/** By mount: who asks while one is being made waits for that one. */
const inMaking = new WeakMap<Store, Promise<WrappingKey>>()

function making(context: EngineContext): Promise<WrappingKey> {
  const known = inMaking.get(context.store)
  if (known !== undefined) return known
  const made = make(context).finally(() => inMaking.delete(context.store))
  inMaking.set(context.store, made)
  return made
}

/** Another node may have made one in the meantime: then that one is used. */
async function make({ store, random }: EngineContext): Promise<WrappingKey> {
  const { privateKey = Buffer.alloc(0), publicKey } = await rsa4096.generate(random)
  return store.transaction(async (tx) => {
    const there = await tx.get(PATH, codec)
    if (there !== undefined) return there
    const made = { key: privateKey, publicKey }
    tx.put(PATH, made, codec)
    return made
  })
}
