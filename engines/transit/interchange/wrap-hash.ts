import type { WrapHash } from '../../../crypto/keys/kwp.ts'
import { invalid } from '../../errors.ts'

const HASHES: Readonly<Record<string, WrapHash>> = {
  SHA1: 'sha1',
  SHA224: 'sha224',
  SHA256: 'sha256',
  SHA384: 'sha384',
  SHA512: 'sha512',
}

export const WRAP_HASHES = Object.keys(HASHES).join(', ')

/** The hash of RSA-OAEP that a caller names. */
export function wrapHash(name: string): WrapHash {
  const hash = HASHES[name.toUpperCase()]
  if (hash === undefined) throw invalid(`unknown hash function: it is one of ${WRAP_HASHES}`)
  return hash
}
