import { afterAll, describe, expect, test } from 'vitest'
import { openbao } from '../harness/program.ts'
import { type Server, startUnsealed } from '../harness/server.ts'
import { prepareBao } from './client-programs.ts'
import { beforeAllUnlessAbsent } from './unless-absent.ts'

/** Keys go from OpenBao to this server and back, and what one made the other opens and verifies. */

const TYPES = [
  'aes128-gcm96',
  'aes256-gcm96',
  'chacha20-poly1305',
  'xchacha20-poly1305',
  'ed25519',
  'ecdsa-p256',
  'ecdsa-p384',
  'ecdsa-p521',
  'rsa-2048',
  'rsa-3072',
  'rsa-4096',
  'hmac',
]
const DERIVED = ['aes128-gcm96', 'aes256-gcm96', 'xchacha20-poly1305', 'ed25519']

const HELLO = Buffer.from('hello').toString('base64')
const CONTEXT = Buffer.from('ctx').toString('base64')

/** RSA keys of 4096 bits, whose primes are found by luck. */
const KEY_MADE_WITHIN_MS = 180_000

let ours: Server
let theirs: Server

beforeAllUnlessAbsent(async () => {
  const command = await prepareBao()
  ours = await startUnsealed()
  theirs = await startUnsealed({ program: openbao(command) })
  await theirs.call('POST', 'sys/mounts/transit', { body: { type: 'transit' } })
})
afterAll(async () => {
  await ours?.remove()
  await theirs?.remove()
})

type Data = Readonly<Record<string, unknown>>

async function done(server: Server, method: string, path: string, body?: object): Promise<Data> {
  const options = { timeoutMs: KEY_MADE_WITHIN_MS }
  const reply = await server.call(method, `transit/${path}`, body === undefined ? options : { ...options, body })
  if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`)
  return (reply.body as { data?: Data } | undefined)?.data ?? {}
}

/** What a key made: its ciphertext, signatures, HMAC. */
interface Made {
  readonly ciphertext: unknown
  readonly signatures: readonly (readonly [object, unknown])[]
  readonly hmac: unknown
}

function flagsFor(type: string): readonly object[] {
  if (type === 'ed25519') return [{}]
  if (type.startsWith('ecdsa-')) return [{}, { marshaling_algorithm: 'jws', hash_algorithm: 'sha3-512' }]
  if (!type.startsWith('rsa-')) return []
  return [
    {},
    { salt_length: 'hash' },
    { salt_length: 7 },
    { signature_algorithm: 'pkcs1v15', hash_algorithm: 'sha2-384' },
  ]
}

async function made(server: Server, name: string, type: string, context: object): Promise<Made> {
  const seals = !/^(ed|ecdsa|hmac)/.test(type)
  const { ciphertext } = seals ? await done(server, 'POST', `encrypt/${name}`, { plaintext: HELLO, ...context }) : {}
  const signatures: [object, unknown][] = []
  for (const flags of flagsFor(type)) {
    const { signature } = await done(server, 'POST', `sign/${name}`, { input: HELLO, ...flags, ...context })
    signatures.push([flags, signature])
  }
  const { hmac } = await done(server, 'POST', `hmac/${name}`, { input: HELLO })
  return { ciphertext, signatures, hmac }
}

async function expectGood(server: Server, name: string, { ciphertext, signatures, hmac }: Made, context: object) {
  if (ciphertext !== undefined) {
    expect(await done(server, 'POST', `decrypt/${name}`, { ciphertext, ...context })).toEqual({ plaintext: HELLO })
  }
  for (const [flags, signature] of signatures) {
    const data = { input: HELLO, signature, ...flags, ...context }
    expect([flags, await done(server, 'POST', `verify/${name}`, data)]).toEqual([flags, { valid: true }])
  }
  expect(await done(server, 'POST', `verify/${name}`, { input: HELLO, hmac })).toEqual({ valid: true })
}

/** OpenBao wants the length of an HMAC key. */
const sizeOf = (type: string): object => (type === 'hmac' ? { key_size: 48 } : {})

const kinds = [
  ...TYPES.map((type) => ({ type, settings: sizeOf(type), context: {} })),
  ...DERIVED.map((type) => ({ type, settings: { derived: true }, context: { context: CONTEXT } })),
  {
    type: 'aes256-gcm96',
    settings: { derived: true, convergent_encryption: true },
    context: { context: CONTEXT },
  },
  {
    type: 'aes128-gcm96',
    settings: { derived: true, convergent_encryption: true },
    context: { context: CONTEXT },
  },
]

describe('a backup of', () => {
  test.each(kinds.map((kind, at) => ({ ...kind, name: `k${at}` })))(
    '$type $settings is restored by the other, and what one made the other opens',
    { timeout: 3 * KEY_MADE_WITHIN_MS },
    async ({ type, settings, context, name }) => {
      for (const [from, to, key] of [
        [theirs, ours, `theirs-${name}`],
        [ours, theirs, `ours-${name}`],
      ] as const) {
        await done(from, 'POST', `keys/${key}`, { type, exportable: true, allow_plaintext_backup: true, ...settings })
        const old = await made(from, key, type, context)
        await done(from, 'POST', `keys/${key}/rotate`, {})
        await done(from, 'POST', `keys/${key}/config`, { min_decryption_version: 2 })
        const { backup } = await done(from, 'GET', `backup/${key}`)
        await done(to, 'POST', 'restore', { backup })
        await expectGood(to, key, await made(from, key, type, context), context)
        await expectGood(from, key, await made(to, key, type, context), context)
        await done(to, 'POST', `keys/${key}/config`, { min_decryption_version: 1 })
        await expectGood(to, key, old, context)
        if ('convergent_encryption' in settings) {
          const one = await made(from, key, type, context)
          expect((await made(to, key, type, context)).ciphertext).toBe(one.ciphertext)
        }
      }
    },
  )
})

test.each(TYPES)(
  'a key of type %s goes to the other wrapped, and works there',
  {
    timeout: 3 * KEY_MADE_WITHIN_MS,
  },
  async (type) => {
    for (const [from, to, way] of [
      [theirs, ours, 'in'],
      [ours, theirs, 'out'],
    ] as const) {
      const name = `byok-${way}-${type}`
      await done(from, 'POST', `keys/${name}`, { type, exportable: true, ...sizeOf(type) })
      const { public_key: publicKey } = await done(to, 'GET', 'wrapping_key')
      await done(from, 'POST', `keys/w-${name}/import`, { type: 'rsa-4096', public_key: publicKey })
      const { keys } = await done(from, 'GET', `byok-export/w-${name}/${name}`)
      await done(to, 'POST', `keys/${name}/import`, { type, ciphertext: (keys as Record<string, string>)['1'] })
      const { ciphertext, signatures } = await made(from, name, type, {})
      const { hmac } = await done(to, 'POST', `hmac/${name}`, { input: HELLO })
      await expectGood(to, name, { ciphertext, signatures, hmac }, {})
    }
  },
)
