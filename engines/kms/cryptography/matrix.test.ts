import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { HELLO, withKey } from '../../../test/engines/kms.ts'
import type { MountedEngine } from '../../../test/engines/mounted-engine.ts'
import { EgideError } from '../../errors.ts'
import { kindOf } from '../errors.ts'
import { askedSpec, KEY_SPECS, KEY_USAGES, type KeyUsage } from '../keys/key-specs.ts'
import { DATA_KEY_PAIR_SPECS } from './data-keys.ts'

/** Every spec of keys with every use, operation and flag: it works, or is refused with a reason. Anything else fails. */

type Flags = Readonly<Record<string, unknown>>
type Answer = Readonly<Record<string, unknown>> | undefined

/** The reply's data, or undefined where it was refused with a kind. */
async function outcome(mount: MountedEngine, path: string, data: Flags = {}, operation: 'update' | 'read' = 'update') {
  try {
    return (await mount.call(operation, path, data)).data ?? {}
  } catch (error) {
    if (!(error instanceof EgideError)) throw new Error(`${path} ${JSON.stringify(data)}`, { cause: error })
    expect([path, data, error.code, kindOf(error)]).toEqual([path, data, 'invalid_request', expect.any(String)])
    expect(error.message).not.toBe('')
    return undefined
  }
}

const bytes = (length: number): string => Buffer.alloc(length, 7).toString('base64')
const ALGORITHMS = [...new Set(KEY_SPECS.flatMap((name) => Object.values(askedSpec(name).algorithms).flat())), 'ROT13']
const LENGTHS = [0, 1, 20, 28, 32, 48, 64, 190, 191, 214, 215, 446, 447, 4096, 4097]
const MESSAGE_TYPES = ['RAW', 'DIGEST', 'EXTERNAL_MU']

async function encrypts(mount: MountedEngine): Promise<boolean> {
  let works = false
  for (const algorithm of [undefined, ...ALGORITHMS]) {
    for (const context of [{}, { a: '1' }]) {
      const flags = { encryption_context: context, ...(algorithm && { encryption_algorithm: algorithm }) }
      for (const length of algorithm === undefined ? LENGTHS : [5]) {
        const plaintext = bytes(length)
        const sealed = await outcome(mount, 'encrypt/k', { ...flags, plaintext })
        if (sealed === undefined) continue
        works = true
        expect(await outcome(mount, 'decrypt/k', { ...flags, ciphertext: sealed.ciphertext })).toMatchObject({
          plaintext,
        })
        const again = { ciphertext: sealed.ciphertext, source_encryption_context: context }
        const moved = await outcome(mount, 're-encrypt/k/other', {
          ...again,
          ...(algorithm && { source_encryption_algorithm: algorithm }),
        })
        expect(moved).toBeDefined()
      }
      await outcome(mount, 'decrypt/k', { ...flags, ciphertext: bytes(300) })
      await outcome(mount, 'decrypt', { ...flags, ciphertext: bytes(300) })
    }
  }
  for (const flags of [
    {},
    { key_spec: 'AES_128' },
    { number_of_bytes: 5 },
    { number_of_bytes: -1 },
    { plaintext: false },
  ]) {
    await outcome(mount, 'datakey/k', flags)
  }
  for (const spec of [...DATA_KEY_PAIR_SPECS.filter((name) => !name.startsWith('RSA')), 'ML_DSA_44', 'SM2']) {
    await outcome(mount, 'datakeypair/k', { key_pair_spec: spec })
  }
  return works
}

async function signs(mount: MountedEngine): Promise<boolean> {
  let works = false
  for (const algorithm of [undefined, ...ALGORITHMS]) {
    for (const type of MESSAGE_TYPES) {
      for (const length of [0, 5, 20, 32, 48, 64, 4097]) {
        const flags = {
          message: bytes(length),
          message_type: type,
          ...(algorithm && { signing_algorithm: algorithm }),
        }
        const signed = await outcome(mount, 'sign/k', flags)
        const signature = signed?.signature ?? bytes(256)
        const found = await outcome(mount, 'verify/k', { ...flags, signature })
        if (signed === undefined) continue
        works = true
        expect(found).toMatchObject({ valid: true })
        expect(await outcome(mount, 'verify/k', { ...flags, signature: bytes(70) })).toMatchObject({ valid: false })
      }
    }
  }
  return works
}

async function authenticates(mount: MountedEngine): Promise<boolean> {
  let works = false
  for (const algorithm of [undefined, ...ALGORITHMS]) {
    for (const length of [0, 5, 4096, 4097]) {
      const flags = { message: bytes(length), ...(algorithm && { mac_algorithm: algorithm }) }
      const made = await outcome(mount, 'mac/k', flags)
      const found = await outcome(mount, 'verify-mac/k', { ...flags, mac: made?.mac ?? bytes(32) })
      if (made === undefined) continue
      works = true
      expect(found).toMatchObject({ valid: true })
      expect(await outcome(mount, 'verify-mac/k', { ...flags, mac: bytes(32) })).toMatchObject({ valid: false })
    }
  }
  return works
}

const PEERS = ['P-256', 'P-384', 'P-521', 'secp256k1'].map((namedCurve) =>
  generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'pem', type: 'spki' }),
)

async function agrees(mount: MountedEngine): Promise<boolean> {
  const found: Answer[] = []
  for (const key of [...PEERS, bytes(91), '-----BEGIN', ''])
    found.push(await outcome(mount, 'derive/k', { public_key: key }))
  await outcome(mount, 'derive/k', { public_key: PEERS[0], key_agreement_algorithm: 'ROT13' })
  return found.some((answer) => answer !== undefined)
}

const WORK: Readonly<Record<KeyUsage, (mount: MountedEngine) => Promise<boolean>>> = {
  ENCRYPT_DECRYPT: encrypts,
  SIGN_VERIFY: signs,
  GENERATE_VERIFY_MAC: authenticates,
  KEY_AGREEMENT: agrees,
}

const KINDS = KEY_SPECS.flatMap((spec) => KEY_USAGES.map((usage) => [spec, usage] as const))

test.each(KINDS)('%s for %s', async (spec, usage) => {
  const isMeant = askedSpec(spec).algorithms[usage] !== undefined
  if (!isMeant) {
    const { mount } = await withKey()
    expect(await outcome(mount, 'keys/wrong', { key_spec: spec, key_usage: usage })).toBeUndefined()
    return
  }
  const { mount } = await withKey({ key_spec: spec, key_usage: usage, exportable: true })
  await mount.call('update', 'keys/other')
  for (const [kind, work] of Object.entries(WORK)) expect([kind, await work(mount)]).toEqual([kind, kind === usage])
  const isPair = (await outcome(mount, 'keys/k/public', {}, 'read')) !== undefined
  expect(isPair).toBe(!/^(SYMMETRIC|HMAC)/.test(spec))
  expect(await outcome(mount, 'keys/k/export', {}, 'read')).toBeDefined()
  for (const [path, data] of [
    ['keys/k/rotate', {}],
    ['keys/k/rotation', {}],
    ['keys/k/rotation', { automatic: false }],
    ['keys/k/import/parameters', {}],
    ['keys/k/grants', { grantee_principal: 'policy:x', operations: ['Encrypt', 'Decrypt'] }],
    [
      'keys/k/grants',
      { grantee_principal: 'policy:x', operations: ['DescribeKey'], encryption_context_equals: { a: '1' } },
    ],
    ['keys/k/disable', {}],
    ['encrypt/k', { plaintext: HELLO }],
    ['sign/k', { message: HELLO }],
    ['mac/k', { message: HELLO }],
    ['derive/k', { public_key: PEERS[0] }],
    ['datakey/k', {}],
  ] as const) {
    await outcome(mount, path, data)
  }
})
