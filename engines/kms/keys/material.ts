import type { Random } from '../../engine.ts'
import { refusing } from '../errors.ts'
import type { KeyVersion } from './key.ts'
import type { KeySpec } from './key-specs.ts'

/** The bytes of a version of a key. */
export type Material = Pick<KeyVersion, 'secret' | 'publicKey'>

/** New bytes. Not within a transaction: it may take seconds. Throws Busy. */
export async function newMaterial({ material }: KeySpec, random: Random): Promise<Material> {
  if (material.kind === 'aead') return { secret: random.bytes(material.algorithm.keyBytes.usual) }
  if (material.kind === 'mac') return { secret: random.bytes(material.keyBytes.min) }
  const { privateKey, publicKey } = await refusing(() => material.algorithm.generate(random))
  if (privateKey === undefined) throw new Error('a new pair has a private key')
  return { secret: privateKey, publicKey }
}
