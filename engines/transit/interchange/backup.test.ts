import { createCipheriv, createHmac, hkdfSync } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { ALGORITHMS } from '../../../crypto/keys/algorithms.ts'
import type { Codec } from '../../../storage/store.ts'
import { MountedEngine } from '../../../test/engines/mounted-engine.ts'
import { base64, HELLO } from '../../../test/engines/transit.ts'
import { transit } from '../index.ts'

const OPEN = { exportable: true, allow_plaintext_backup: true }

async function backupOf(mount: MountedEngine, name = 'k'): Promise<string> {
  return String((await mount.data('read', `backup/${name}`)).backup)
}

/** What a key shows, but for what a backup adds. */
async function shown(mount: MountedEngine, name = 'k'): Promise<object> {
  const { backup_info: _backup, restore_info: _restore, ...rest } = await mount.data('read', `keys/${name}`)
  return rest
}

test.each(ALGORITHMS.map(({ name }) => name))('a key of type %s is restored whole', async (type) => {
  const mount = new MountedEngine(transit)
  await mount.call('update', 'keys/k', { type, ...OPEN })
  await mount.call('update', 'keys/k/rotate')
  await mount.call('update', 'keys/k/config', { min_decryption_version: 2, deletion_allowed: true })
  const other = new MountedEngine(transit)
  await other.call('update', 'restore', { backup: await backupOf(mount) })
  expect(await shown(other)).toEqual(await shown(mount))
  expect(await other.data('read', 'keys/k')).toMatchObject({
    restore_info: { version: 2 },
    backup_info: { version: 2 },
  })
  // Versions below the minimum are in the backup as well.
  for (const each of [mount, other]) await each.call('update', 'keys/k/config', { min_decryption_version: 1 })
  const secrets = async (each: MountedEngine) =>
    Promise.all(
      ['encryption-key', 'signing-key', 'hmac-key'].map((kind) =>
        each.data('read', `export/${kind}/k`).then(
          ({ keys }) => keys,
          (error: unknown) => String(error),
        ),
      ),
    )
  expect(await secrets(other)).toEqual(await secrets(mount))
})

test('what was trimmed is in no backup, and stays away', async () => {
  const mount = new MountedEngine(transit)
  await mount.call('update', 'keys/k', OPEN)
  for (let n = 0; n < 3; n++) await mount.call('update', 'keys/k/rotate')
  await mount.call('update', 'keys/k/config', { min_decryption_version: 3, min_encryption_version: 3 })
  await mount.call('update', 'keys/k/trim', { min_available_version: 3 })
  const other = new MountedEngine(transit)
  await other.call('update', 'restore/copy', { backup: await backupOf(mount) })
  expect(await other.data('read', 'keys/copy')).toMatchObject({
    min_available_version: 3,
    latest_version: 4,
    name: 'copy',
  })
  const { ciphertext } = await mount.data('update', 'encrypt/k', { plaintext: HELLO, key_version: 3 })
  expect(await other.data('update', 'decrypt/copy', { ciphertext })).toEqual({ plaintext: HELLO })
})

test('a name that is taken is replaced only by force', async () => {
  const mount = new MountedEngine(transit)
  await mount.call('update', 'keys/k', OPEN)
  const backup = await backupOf(mount)
  const { ciphertext } = await mount.data('update', 'encrypt/k', { plaintext: HELLO })
  await mount.call('update', 'keys/other', OPEN)
  expect(await mount.refusal('update', 'restore/other', { backup })).toBe('invalid_request: key "other" already exists')
  await mount.call('update', 'restore/other', { backup, force: true })
  expect(await mount.data('update', 'decrypt/other', { ciphertext })).toEqual({ plaintext: HELLO })
})

test('others have their turn while a key of many versions is read', async () => {
  const backup = await changed({ type: 'ed25519' }, (policy) => {
    const keys = Array.from({ length: 200 }, (_, at) => [at + 1, firstEntry(policy)])
    Object.assign(policy, { keys: Object.fromEntries(keys), latest_version: 200, min_decryption_version: 1 })
  })
  const mount = new MountedEngine(transit)
  let isDone = false
  const restored = mount.call('update', 'restore', { backup }).finally(() => {
    isDone = true
  })
  let turns = 0
  for (; !isDone; turns++) await nextTurn()
  await restored
  expect(turns).toBeGreaterThanOrEqual(200)
  expect(await mount.data('read', 'keys/k')).toMatchObject({ latest_version: 200, min_decryption_version: 1 })
})

test('the size of a key that has but one says nothing', async () => {
  const backup = await changed({}, (policy) => void Object.assign(policy, { key_size: 3 }))
  const mount = new MountedEngine(transit)
  await mount.call('update', 'restore', { backup })
  await mount.call('update', 'keys/k/rotate')
  const { ciphertext } = await mount.data('update', 'encrypt/k', { plaintext: HELLO })
  expect(await mount.data('update', 'decrypt/k', { ciphertext })).toEqual({ plaintext: HELLO })
})

test.each([
  [{}, 'exporting is disallowed on the policy'],
  [{ exportable: true }, 'plaintext backup is disallowed on the policy'],
])('a key with %j has no backup', async (settings, refusal) => {
  const mount = new MountedEngine(transit)
  await mount.call('update', 'keys/k', settings)
  expect(await mount.refusal('read', 'backup/k')).toBe(`invalid_request: ${refusal}`)
  expect(await mount.refusal('read', 'backup/none')).toBe('invalid_request: key "none" not found')
})

type Policy = Record<string, unknown>

/** The backup of a key, as text and changed. */
async function changed(settings: object, change: (policy: Policy) => void): Promise<string> {
  const mount = new MountedEngine(transit)
  await mount.call('update', 'keys/k', { ...OPEN, ...settings })
  const data = JSON.parse(Buffer.from(await backupOf(mount), 'base64').toString()) as { policy: Policy }
  change(data.policy)
  return base64(JSON.stringify(data))
}

const firstEntry = (policy: Policy) => (policy.keys as Record<string, Policy>)['1'] ?? {}

describe('what is no backup is refused, without a word of what it holds', () => {
  const SECRET = 'c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0'
  const ZEROS = Buffer.alloc(32).toString('base64')
  const changes: Record<string, (policy: Policy) => void> = {
    'without a name': (policy) => void delete policy.name,
    'of an unknown type': (policy) => void Object.assign(policy, { type: 10_000 }),
    'without keys': (policy) => void Object.assign(policy, { keys: {}, latest_version: 2 }),
    'with a key that is too short': (policy) => void Object.assign(firstEntry(policy), { key: SECRET }),
    'with a key that is no base64': (policy) => void Object.assign(firstEntry(policy), { key: `${SECRET}!` }),
    'with a time that is none': (policy) => void Object.assign(firstEntry(policy), { time: SECRET }),
    'with too many versions': (policy) => void Object.assign(policy, { latest_version: 1e9 }),
    'with a minimum above the latest': (policy) => void Object.assign(policy, { min_decryption_version: 2 }),
    'with numbers that are none': (policy) => void Object.assign(policy, { latest_version: SECRET }),
    'with a derivation that is not known': (policy) => void Object.assign(policy, { derived: true, kdf: 2 }),
    'convergent with the older derivation': (policy) =>
      void Object.assign(policy, { derived: true, convergent_encryption: true, kdf: 0 }),
    'whose keys are of another length than the older derivation gives': (policy) =>
      void Object.assign(policy, { type: 8, derived: true, kdf: 0 }),
    'with a minimum below none': (policy) => void Object.assign(policy, { min_encryption_version: -1 }),
    'with HMACs that anybody could make': (policy) => void Object.assign(firstEntry(policy), { hmac_key: 'AAAA' }),
    'with a key of nothing but zeros': (policy) => void Object.assign(firstEntry(policy), { key: ZEROS }),
    'with an HMAC key of nothing but zeros': (policy) => void Object.assign(firstEntry(policy), { hmac_key: ZEROS }),
    'to be rotated each second': (policy) => void Object.assign(policy, { auto_rotate_period: 1e9 }),
    'to be rotated after more than any duration': (policy) =>
      void Object.assign(policy, { auto_rotate_period: JSON.rawJSON('9'.repeat(400)) }),
    'named after a path': (policy) => void Object.assign(policy, { name: '../k' }),
  }
  for (const [what, change] of Object.entries(changes)) {
    test(what, async () => {
      const backup = await changed({}, change)
      const refusal = await new MountedEngine(transit).refusal('update', 'restore', { backup })
      expect(refusal).toMatch(/^(invalid_request|not_found): [a-z]/)
      expect(refusal).not.toContain(SECRET)
    })
  }

  test.each([31, 513, 2 ** 31 - 1, Number.MAX_SAFE_INTEGER])(
    'with %d bytes for the next version of an HMAC key, which rotating would make at once',
    async (size) => {
      const backup = await changed({ type: 'hmac' }, (policy) => void Object.assign(policy, { key_size: size }))
      expect(await new MountedEngine(transit).refusal('update', 'restore', { backup })).toMatch(/^invalid_request: /)
    },
  )

  test.each(['', 'x', base64('x'), base64('{}'), base64('{"policy":1}'), base64('[]'), base64('null')])(
    '%j',
    async (backup) => {
      expect(await new MountedEngine(transit).refusal('update', 'restore', { backup })).toMatch(/^invalid_request: /)
    },
  )

  test('an RSA key whose numbers do not belong together', async () => {
    const backup = await changed({ type: 'rsa-2048' }, () => undefined)
    const text = Buffer.from(backup, 'base64').toString()
    const broken = text.replace(/"D":(\d+)/g, (_all, digits: string) => `"D":${digits.slice(0, -1)}3`)
    expect(await new MountedEngine(transit).refusal('update', 'restore', { backup: base64(broken) })).toMatch(
      /^invalid_request: /,
    )
  })
})

test('a key with the older derivation, which imported ones have, comes and goes with it', async () => {
  const bytes = Buffer.from(Array.from({ length: 32 }, (_, at) => at + 1))
  const backup = await changed({ derived: true }, (policy) => {
    Object.assign(policy, { kdf: 0 })
    Object.assign(firstEntry(policy), { key: bytes.toString('base64') })
  })
  const mount = new MountedEngine(transit)
  await mount.call('update', 'restore', { backup })
  /** By OpenBao 2.7.2. Plaintext `a`, context `ctx`. */
  const sealed = { ciphertext: 'vault:v1:0vu/7cPvPRWv0zm2Ksn0gDIdHJu0lLYGsTg63i0=', context: base64('ctx') }
  expect(await mount.data('update', 'decrypt/k', sealed)).toEqual({ plaintext: 'YQ==' })
  const other = new MountedEngine(transit)
  await other.call('update', 'restore', { backup: await backupOf(mount) })
  expect(await shown(other)).toEqual(await shown(mount))
  expect(await other.data('update', 'decrypt/k', sealed)).toEqual({ plaintext: 'YQ==' })
})

describe('convergent keys of older schemes, which only backups bring', () => {
  const context = base64('ctx')

  async function withScheme(scheme: 1 | 2): Promise<{ mount: MountedEngine; key: Buffer }> {
    let key = Buffer.alloc(0)
    const backup = await changed({ derived: true, convergent_encryption: true }, (policy) => {
      key = Buffer.from(String(firstEntry(policy).key), 'base64')
      Object.assign(policy, { convergent_version: scheme })
      Object.assign(firstEntry(policy), { convergent_version: 0 })
    })
    const mount = new MountedEngine(transit)
    await mount.call('update', 'restore', { backup })
    return { mount, key: Buffer.from(hkdfSync('sha256', key, '', 'ctx', 32)) }
  }

  const sealed = (key: Buffer, nonce: Buffer): Buffer => {
    const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 })
    return Buffer.concat([cipher.update('hello'), cipher.final(), cipher.getAuthTag()])
  }

  test('1: the caller gives the nonce, which is no part of the ciphertext', async () => {
    const { mount, key } = await withScheme(1)
    const nonce = Buffer.from('twelve bytes')
    const data = { plaintext: HELLO, context, nonce: nonce.toString('base64') }
    const { ciphertext } = await mount.data('update', 'encrypt/k', data)
    expect(ciphertext).toBe(`vault:v1:${sealed(key, nonce).toString('base64')}`)
    expect(await mount.data('update', 'decrypt/k', { ...data, ciphertext })).toEqual({ plaintext: HELLO })
    const batch = await mount.data('update', 'encrypt/k', { batch_input: [data] })
    expect(batch.batch_results).toMatchObject([{ ciphertext }])
    expect(await mount.refusal('update', 'encrypt/k', { plaintext: HELLO, context })).toBe(
      'invalid_request: base64-decoded nonce must be 12 bytes long but given 0 bytes',
    )
    await mount.call('update', 'keys/k/rotate')
    expect((await mount.data('update', 'encrypt/k', data)).ciphertext).toMatch(/^vault:v2:/)
    expect(await mount.refusal('update', 'encrypt/k', { plaintext: HELLO, context })).toMatch(/nonce must be 12 bytes/)
  })

  test('2: the nonce is the HMAC of the plaintext under the context; rotating brings the third scheme', async () => {
    const { mount, key } = await withScheme(2)
    const nonce = createHmac('sha256', 'ctx').update('hello').digest().subarray(0, 12)
    const { ciphertext } = await mount.data('update', 'encrypt/k', { plaintext: HELLO, context })
    expect(ciphertext).toBe(`vault:v1:${Buffer.concat([nonce, sealed(key, nonce)]).toString('base64')}`)
    expect(await mount.data('update', 'decrypt/k', { ciphertext, context })).toEqual({ plaintext: HELLO })
    const { backup } = await mount.data('read', 'backup/k')
    const again = new MountedEngine(transit)
    await again.call('update', 'restore', { backup })
    expect((await again.data('update', 'encrypt/k', { plaintext: HELLO, context })).ciphertext).toBe(ciphertext)
    await mount.call('update', 'keys/k/rotate')
    const rewrapped = await mount.data('update', 'rewrap/k', { ciphertext, context })
    const under = (text: unknown) => Buffer.from(String(text).slice(9), 'base64').subarray(0, 12)
    expect(under(rewrapped.ciphertext)).not.toEqual(nonce)
  })
})

test('the bytes of trimmed versions and deleted keys are in no entry that is stored', async () => {
  const raw: Codec<Uint8Array> = { encode: (value) => value, decode: (bytes) => Buffer.from(bytes) }
  for (const { name: type } of ALGORITHMS) {
    const mount = new MountedEngine(transit)
    await mount.call('update', 'keys/k', { type, exportable: true })
    const entries = async () => {
      // With a cache of its own: one store hands out what was decoded before.
      const { store } = new MountedEngine(transit, { with: mount, uncached: true }).context
      const paths = await store.scan('')
      return Buffer.concat(
        await Promise.all(paths.map(async (path) => (await store.get(path, raw)) ?? Buffer.alloc(0))),
      )
    }
    const secrets: Buffer[] = []
    for (const kind of ['encryption-key', 'signing-key', 'hmac-key']) {
      for (const format of ['raw', 'der']) {
        // What is stored of a pair is its PKCS #8.
        const exported = await mount.data('read', `export/${kind}/k`, { format }).catch(() => undefined)
        const [text] = Object.values((exported?.keys ?? {}) as Record<string, string>)
        if (text !== undefined && !(type === 'ed25519' && format === 'raw' && kind === 'signing-key')) {
          secrets.push(Buffer.from(text, 'base64'))
        }
      }
    }
    expect(secrets.length).toBeGreaterThan(0)
    const before = await entries()
    for (const secret of secrets) expect([type, before.includes(secret)]).toEqual([type, true])
    await mount.call('update', 'keys/k/rotate')
    const minimums = { min_decryption_version: 2, min_encryption_version: 2, deletion_allowed: true }
    await mount.call('update', 'keys/k/config', minimums)
    await mount.call('update', 'keys/k/trim', { min_available_version: 2 })
    const after = await entries()
    for (const secret of secrets) expect([type, after.includes(secret)]).toEqual([type, false])
    await mount.call('delete', 'keys/k')
    expect(await entries()).toHaveLength(0)
  }
})
