import { generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'

/**
 * A new pair as handles, made on a thread of Node's pool. Kinds and options are those of `generateKeyPair`. Its types have an
 * overload for each kind, of which `promisify` keeps the last alone: hence the cast.
 */
export const generateKeyObjects = promisify(generateKeyPair) as unknown as (
  type: string,
  options?: object,
) => Promise<{ readonly publicKey: KeyObject; readonly privateKey: KeyObject }>
