import { createPublicKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { wrapKey } from '../../crypto/keys/kwp.ts'
import { systemRandom } from '../../crypto/random.ts'
import { transit } from '../../engines/transit/index.ts'
import { MountedEngine } from '../engines/mounted-engine.ts'

/** NIST's vectors of key generation (test/vectors/README.md): an imported private key has the public key it should have. */

interface KeyGen {
  readonly set: string
  /** Seed of ML-DSA and ML-KEM, the whole private key of SLH-DSA. */
  readonly private: string
  readonly public: string
}

const { keyGen } = JSON.parse(readFileSync(new URL('acvp.json', import.meta.url), 'utf8')) as {
  readonly keyGen: readonly KeyGen[]
}

/** What stands before the key in PKCS #8, by parameter set. */
const HEADS: Readonly<Record<string, string>> = {
  'ML-DSA-44': '3034020100300b060960864801650304031104228020',
  'ML-DSA-65': '3034020100300b060960864801650304031204228020',
  'ML-DSA-87': '3034020100300b060960864801650304031304228020',
  'ML-KEM-768': '3054020100300b060960864801650304040204428040',
  'ML-KEM-1024': '3054020100300b060960864801650304040304428040',
  'SLH-DSA-SHA2-128s': '3052020100300b06096086480165030403140440',
  'SLH-DSA-SHA2-192s': '3072020100300b06096086480165030403160460',
  'SLH-DSA-SHA2-256s': '308193020100300b0609608648016503040318048180',
}

test.each(Object.keys(HEADS))('%s', async (set) => {
  const mount = new MountedEngine(transit)
  const wrapping = createPublicKey(String((await mount.data('read', 'wrapping_key')).public_key))
  const vectors = keyGen.filter((vector) => vector.set === set)
  expect(vectors.length).toBeGreaterThan(0)
  for (const [n, vector] of vectors.entries()) {
    const key = Buffer.from(`${HEADS[set]}${vector.private}`, 'hex')
    const ciphertext = wrapKey(wrapping, 'sha256', key, systemRandom).toString('base64')
    await mount.call('update', `keys/k${n}/import`, { type: set.toLowerCase(), ciphertext })
    const { keys } = await mount.data('read', `export/public-key/k${n}`, { format: 'der' })
    const spki = Buffer.from((keys as Record<string, string>)['1'] ?? '', 'base64').toString('hex')
    expect(spki.endsWith(vector.public.toLowerCase())).toBe(true)
  }
})
