import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { document } from '../../storage/codec.ts'
import { MountedEngine } from '../../test/engines/mounted-engine.ts'
import { transit } from './index.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')
const HELLO = base64('hello')

async function withKey(settings: object = {}): Promise<MountedEngine> {
  const mount = new MountedEngine(transit)
  await mount.call('update', 'keys/k', settings)
  return mount
}

async function encrypted(mount: MountedEngine, extra: object = {}): Promise<string> {
  return String((await mount.data('update', 'encrypt/k', { plaintext: HELLO, ...extra })).ciphertext)
}

describe('keys', () => {
  test('are made once, with what was asked for', async () => {
    const mount = new MountedEngine(transit)
    const made = await mount.call('update', 'keys/k', { exportable: true, auto_rotate_period: '2h' })
    expect(made.data).toEqual({
      name: 'k',
      type: 'aes256-gcm96',
      derived: false,
      exportable: true,
      allow_plaintext_backup: false,
      deletion_allowed: false,
      auto_rotate_period: 7200,
      imported_key: false,
      min_available_version: 0,
      min_decryption_version: 1,
      min_encryption_version: 0,
      latest_version: 1,
      supports_encryption: true,
      supports_decryption: true,
      supports_signing: false,
      supports_derivation: true,
      keys: { '1': Math.floor(mount.time.nowMs / 1000) },
    })
    const again = await mount.call('update', 'keys/k', { derived: true })
    expect(again.data).toEqual(made.data)
    expect(again.warnings).toEqual(['key k already existed'])
    expect(await mount.data('read', 'keys/k')).toEqual(made.data)
    expect(await mount.data('list', 'keys/')).toEqual({ keys: ['k'] })
  })

  test('tell how they are derived', async () => {
    const mount = await withKey({ derived: true, convergent_encryption: true })
    expect(await mount.data('read', 'keys/k')).toMatchObject({
      derived: true,
      kdf: 'hkdf_sha256',
      convergent_encryption: true,
      convergent_encryption_version: -1,
    })
  })

  test.each([
    [{ type: 'rsa-2048' }, 'invalid_request: unknown key type: type must be one of aes256-gcm96'],
    [{ key_size: 32 }, 'invalid_request: key_size is not valid for symmetric encryption keys'],
    [{ context: HELLO }, 'invalid_request: context is only used when reading keys that have a public part'],
    [{ convergent_encryption: true }, 'invalid_request: convergent encryption requires derivation to be enabled'],
    [{ auto_rotate_period: 3599 }, 'invalid_request: auto rotate period must be 0 to disable or at least an hour'],
    [{ auto_rotate_period: -1 }, 'invalid_request: auto rotate period must be 0 to disable or at least an hour'],
  ])('are not made with %j', async (settings, refusal) => {
    const mount = new MountedEngine(transit)
    expect(await mount.refusal('update', 'keys/k', settings)).toBe(refusal)
    expect(await mount.refusal('list', 'keys/')).toBe('not_found: ')
  })

  test.each(['-k', 'k-', '.', 'a b', 'k!', 'ключ', 'x'.repeat(513)])('have no name like %j', async (name) => {
    const mount = new MountedEngine(transit)
    for (const path of [`keys/${name}`, `encrypt/${name}`, `decrypt/${name}`, `keys/${name}/rotate`]) {
      expect(await mount.refusal('update', path, { plaintext: HELLO, ciphertext: 'vault:v1:' })).toBe(
        'not_found: unsupported path',
      )
    }
  })

  test('are deleted only where that is allowed', async () => {
    const mount = await withKey({ auto_rotate_period: '1h' })
    expect(await mount.refusal('delete', 'keys/k')).toBe(
      'invalid_request: error deleting policy k: deletion is not allowed for this key',
    )
    await mount.call('update', 'keys/k/config', { deletion_allowed: true })
    await mount.call('delete', 'keys/k')
    expect(await mount.refusal('read', 'keys/k')).toBe('not_found: ')
    expect(await mount.context.store.scan('')).toEqual([])
    expect(await mount.refusal('delete', 'keys/k')).toBe(
      'invalid_request: error deleting policy k: could not delete key; not found',
    )
    expect(await mount.refusal('update', 'decrypt/k', { ciphertext: 'vault:v1:AAAA' })).toBe(
      'invalid_request: encryption key not found',
    )
  })

  test('missing ones are named in the words that clients know', async () => {
    const mount = new MountedEngine(transit)
    expect(await mount.refusal('update', 'keys/k/rotate')).toBe('invalid_request: key not found')
    expect(await mount.refusal('update', 'keys/k/config')).toBe(
      'invalid_request: no existing key named k could be found',
    )
    for (const path of ['decrypt/k', 'rewrap/k', 'datakey/wrapped/k']) {
      expect(await mount.refusal('update', path, { ciphertext: 'vault:v1:AAAA' })).toBe(
        'invalid_request: encryption key not found',
      )
    }
  })
})

describe('versions', () => {
  test('a rotated key encrypts with the new version and decrypts with all', async () => {
    const mount = await withKey()
    const old = await encrypted(mount)
    mount.pass(10)
    const rotated = await mount.data('update', 'keys/k/rotate')
    expect(rotated).toMatchObject({ latest_version: 2 })
    expect(Object.keys(rotated.keys as object)).toEqual(['1', '2'])
    const fresh = await mount.data('update', 'encrypt/k', { plaintext: HELLO })
    expect(fresh).toMatchObject({ key_version: 2, ciphertext: expect.stringMatching(/^vault:v2:/) })
    for (const ciphertext of [old, fresh.ciphertext, old.replace('v1', 'v0'), old.replace('v1', 'v01')]) {
      // Version 0 is how the very first keys were numbered.
      expect(await mount.data('update', 'decrypt/k', { ciphertext })).toEqual({ plaintext: HELLO })
    }
    expect(await mount.data('update', 'encrypt/k', { plaintext: HELLO, key_version: 1 })).toMatchObject({
      key_version: 1,
    })
  })

  test('minimum versions hold back what is older', async () => {
    const mount = await withKey()
    const old = await encrypted(mount)
    for (let i = 0; i < 2; i++) await mount.call('update', 'keys/k/rotate')
    const after = await mount.data('update', 'keys/k/config', {
      min_decryption_version: 2,
      min_encryption_version: '3',
    })
    expect(after).toMatchObject({ min_decryption_version: 2, min_encryption_version: 3, latest_version: 3 })
    expect(Object.keys(after.keys as object)).toEqual(['2', '3'])
    expect(await mount.refusal('update', 'decrypt/k', { ciphertext: old })).toBe(
      'invalid_request: ciphertext or signature version is disallowed by policy (too old)',
    )
    expect(await mount.refusal('update', 'encrypt/k', { plaintext: HELLO, key_version: 2 })).toBe(
      'invalid_request: requested version for encryption is less than the minimum encryption key version',
    )
    expect(await mount.refusal('update', 'encrypt/k', { plaintext: HELLO, key_version: 4 })).toBe(
      'invalid_request: requested version for encryption is higher than the latest key version',
    )
    expect(await mount.refusal('update', 'encrypt/k', { plaintext: HELLO, key_version: -1 })).toBe(
      'invalid_request: requested version for encryption is negative',
    )
    await mount.call('update', 'keys/k/config', { min_decryption_version: 1 })
    expect(await mount.data('update', 'decrypt/k', { ciphertext: old })).toEqual({ plaintext: HELLO })
  })

  test.each([
    [{ min_decryption_version: -1 }, 'min decryption version cannot be negative'],
    [{ min_decryption_version: 3 }, 'cannot set min decryption version of 3, latest key version is 2'],
    [{ min_encryption_version: -1 }, 'min encryption version cannot be negative'],
    [{ min_encryption_version: 3 }, 'cannot set min encryption version of 3, latest key version is 2'],
    [
      { min_decryption_version: 2, min_encryption_version: 1 },
      'cannot set min encryption/decryption values; min encryption version of 1 must be greater than or equal to min ' +
        'decryption version of 2',
    ],
    [{ auto_rotate_period: '59m' }, 'auto rotate period must be 0 to disable or at least an hour'],
  ])('config refuses %j and changes nothing', async (change, refusal) => {
    const mount = await withKey()
    await mount.call('update', 'keys/k/rotate')
    const before = await mount.data('read', 'keys/k')
    expect(await mount.refusal('update', 'keys/k/config', { deletion_allowed: true, ...change })).toBe(
      `invalid_request: ${refusal}`,
    )
    expect(await mount.data('read', 'keys/k')).toEqual(before)
  })

  test('config sets one-way flags for good and warns of version 0', async () => {
    const mount = await withKey()
    await mount.call('update', 'keys/k/config', { exportable: true, allow_plaintext_backup: true })
    const after = await mount.call('update', 'keys/k/config', {
      exportable: false,
      allow_plaintext_backup: false,
      min_decryption_version: 0,
    })
    expect(after.data).toMatchObject({ exportable: true, allow_plaintext_backup: true, min_decryption_version: 1 })
    expect(after.warnings).toHaveLength(1)
  })

  test('trimmed versions are gone from the store', async () => {
    const mount = await withKey()
    for (let i = 0; i < 2; i++) await mount.call('update', 'keys/k/rotate')
    const trim = (version?: number) =>
      mount.refusal('update', 'keys/k/trim', version === undefined ? {} : { min_available_version: version })
    expect(await trim()).toContain('missing min_available_version')
    expect(await trim(1)).toContain('when minimum encryption version is not set')
    await mount.call('update', 'keys/k/config', { min_decryption_version: 2, min_encryption_version: 3 })
    expect(await trim(3)).toContain('cannot be greater than minimum decryption version')
    expect(await trim(4)).toContain('cannot be greater than minmum encryption version')
    expect(await trim(0)).toContain('should be positive')
    expect(await trim(-1)).toContain('cannot be negative')
    const trimmed = await mount.data('update', 'keys/k/trim', { min_available_version: 2 })
    expect(trimmed).toMatchObject({ min_available_version: 2 })
    expect(await trim(1)).toContain('cannot be decremented')
    const stored = await mount.context.store.get('keys/k', document<{ versions: { number: number }[] }>())
    expect(stored?.versions.map(({ number }) => number)).toEqual([2, 3])
    expect(await mount.refusal('update', 'keys/k/config', { min_encryption_version: 0 })).toContain(
      'min encryption version should not be less than min available version',
    )
    expect(await mount.refusal('update', 'keys/k/config', { min_decryption_version: 1 })).toContain(
      'min decryption version should not be less then min available version',
    )
    const ciphertext = await encrypted(mount)
    expect(ciphertext).toMatch(/^vault:v3:/)
    expect(await mount.data('update', 'decrypt/k', { ciphertext })).toEqual({ plaintext: HELLO })
  })

  test('keys rotate by themselves when their time has come, others never', async () => {
    const mount = await withKey({ auto_rotate_period: '24h' })
    await mount.call('update', 'keys/still')
    const latest = async (name: string) => (await mount.data('read', `keys/${name}`)).latest_version
    mount.pass(24 * 3600 - 1)
    await mount.periodic()
    expect(await latest('k')).toBe(1)
    mount.pass(1)
    await mount.periodic()
    await mount.periodic()
    expect([await latest('k'), await latest('still')]).toEqual([2, 1])
    await mount.call('update', 'keys/k/config', { auto_rotate_period: 0 })
    mount.pass(1e6)
    await mount.periodic()
    expect(await latest('k')).toBe(2)
  })

  test('one key that cannot be rotated does not hold up the others', async () => {
    const mount = await withKey({ auto_rotate_period: '1h' })
    await mount.call('update', 'keys/z', { auto_rotate_period: '1h' })
    await mount.context.store.transaction(async (tx) => tx.put('keys/k', { broken: true }, document()))
    mount.pass(3600)
    await mount.periodic()
    expect((await mount.data('read', 'keys/z')).latest_version).toBe(2)
    expect(mount.logged.filter((line) => line.includes('"key":"k"'))).toHaveLength(1)
  })

  test('rotations from many at once all count', async () => {
    const mount = await withKey()
    await Promise.all(Array.from({ length: 20 }, () => mount.call('update', 'keys/k/rotate')))
    expect(await mount.data('read', 'keys/k')).toMatchObject({ latest_version: 21 })
  })
})

describe('encrypting', () => {
  test('what was encrypted decrypts, whatever the bytes, context and associated data', async () => {
    const mount = await withKey({ derived: true })
    const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array).toString('base64'))
    const given = fc.uint8Array({ minLength: 1, maxLength: 2000 }).map((array) => Buffer.from(array).toString('base64'))
    await fc.assert(
      fc.asyncProperty(bytes, given, fc.option(given), async (plaintext, context, associated) => {
        const circumstances = associated === null ? { context } : { context, associated_data: associated }
        const { ciphertext } = await mount.data('update', 'encrypt/k', { plaintext, ...circumstances })
        expect(await mount.data('update', 'decrypt/k', { ciphertext, ...circumstances })).toEqual({ plaintext })
        const other = { ...circumstances, context: base64(`${context}x`) }
        expect(await mount.refusal('update', 'decrypt/k', { ciphertext, ...other })).toBe(FAILED)
      }),
      { numRuns: 60, seed: 7 },
    )
  })

  test('the empty plaintext is one, no plaintext is not', async () => {
    const mount = await withKey()
    const { ciphertext } = await mount.data('update', 'encrypt/k', { plaintext: '' })
    expect(await mount.data('update', 'decrypt/k', { ciphertext })).toEqual({ plaintext: '' })
    for (const data of [{}, { plaintext: null }]) {
      expect(await mount.refusal('update', 'encrypt/k', data)).toBe('invalid_request: missing plaintext to encrypt')
    }
  })

  test.each(['aGVsbG8', 'aGVs-G8=', 'aGV=sbG8', '====', 'a', 'aGVsbG8= '])('%j is no base64', async (plaintext) => {
    const mount = await withKey()
    expect(await mount.refusal('update', 'encrypt/k', { plaintext })).toMatch(/illegal base64 data at input byte \d+$/)
  })

  test('line breaks in base64 are skipped', async () => {
    const mount = await withKey()
    const { ciphertext } = await mount.data('update', 'encrypt/k', { plaintext: 'aGVs\r\nbG8=\n' })
    expect(await mount.data('update', 'decrypt/k', { ciphertext })).toEqual({ plaintext: HELLO })
  })

  test('a missing key is made on the way, and only then it is a create', async () => {
    const mount = new MountedEngine(transit)
    const first = await mount.call('update', 'encrypt/k', { plaintext: HELLO })
    expect([first.operation, first.warnings]).toEqual(['create', []])
    expect((await mount.call('update', 'encrypt/k', { plaintext: HELLO })).operation).toBe('update')
    const derived = await mount.call('update', 'encrypt/d', {
      plaintext: HELLO,
      context: HELLO,
      convergent_encryption: true,
    })
    expect(derived.operation).toBe('create')
    expect(await mount.data('read', 'keys/d')).toMatchObject({ derived: true, convergent_encryption: true })
  })

  test('of many who would make the key one does, and all can decrypt each other', async () => {
    const mount = new MountedEngine(transit)
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => mount.call('update', 'encrypt/k', { plaintext: HELLO })),
    )
    expect(answers.filter(({ warnings }) => warnings?.length === 0)).toHaveLength(1)
    for (const { data } of answers) {
      expect(await mount.data('update', 'decrypt/k', { ciphertext: data?.ciphertext })).toEqual({ plaintext: HELLO })
    }
  })

  test.each([
    { plaintext: 'not base64!' },
    { plaintext: HELLO, type: 'rsa-2048' },
    { plaintext: HELLO, convergent_encryption: true },
    { plaintext: HELLO, context: '!' },
    { plaintext: HELLO, nonce: HELLO },
    {},
  ])('no key is made for %j', async (data) => {
    const mount = new MountedEngine(transit)
    expect(await mount.refusal('update', 'encrypt/k', data)).toMatch(/^invalid_request: /)
    expect(await mount.context.store.scan('')).toEqual([])
  })

  test('a derived key needs a context', async () => {
    const mount = await withKey({ derived: true })
    expect(await mount.refusal('update', 'encrypt/k', { plaintext: HELLO })).toMatch(
      /missing 'context' for key derivation/,
    )
  })

  test('convergent: alike in one context, different in another, and never one nonce for two associated data', async () => {
    const mount = await withKey({ derived: true, convergent_encryption: true })
    const inContext = (context: string, extra: object = {}) => encrypted(mount, { context: base64(context), ...extra })
    const first = await inContext('a')
    expect(await inContext('a')).toBe(first)
    expect(await inContext('b')).not.toBe(first)
    const nonceOf = (text: string) =>
      Buffer.from(text.slice('vault:v1:'.length), 'base64').subarray(0, 12).toString('hex')
    const bound = await Promise.all(['', 'x', 'y'].map((text) => inContext('a', { associated_data: base64(text) })))
    expect(new Set(bound.map(nonceOf)).size).toBe(3)
    expect(await inContext('a', { associated_data: base64('x') })).toBe(bound[1])
    expect(
      await mount.data('update', 'decrypt/k', {
        ciphertext: bound[1],
        context: base64('a'),
        associated_data: base64('x'),
      }),
    ).toEqual({ plaintext: HELLO })
  })

  test('the same plaintext never gives the same ciphertext where a key is not convergent', async () => {
    const mount = await withKey()
    const all = await Promise.all(Array.from({ length: 200 }, () => encrypted(mount)))
    expect(new Set(all).size).toBe(200)
  })
})

const FAILED = 'invalid_request: cipher: message authentication failed'

describe('decrypting', () => {
  test('a changed bit anywhere, a cut, and other associated data read the same', async () => {
    const mount = await withKey()
    const ciphertext = await encrypted(mount, { associated_data: HELLO })
    const sealed = Buffer.from(ciphertext.slice('vault:v1:'.length), 'base64')
    const attacks: Buffer[] = []
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      attacks.push(changed)
    }
    for (let length = 0; length < sealed.length; length++) attacks.push(sealed.subarray(0, length))
    for (const attack of attacks) {
      const data = { ciphertext: `vault:v1:${attack.toString('base64')}`, associated_data: HELLO }
      expect(await mount.refusal('update', 'decrypt/k', data)).toBe(FAILED)
    }
    expect(await mount.refusal('update', 'decrypt/k', { ciphertext })).toBe(FAILED)
    expect(await mount.refusal('update', 'decrypt/k', { ciphertext, associated_data: base64('hellO') })).toBe(FAILED)
  })

  test.each([
    ['', 'missing ciphertext to decrypt'],
    ['hello', 'invalid ciphertext: no prefix'],
    ['Vault:v1:AAAA', 'invalid ciphertext: no prefix'],
    ['vault:v1', 'invalid ciphertext: wrong number of fields'],
    ['vault:vx:AAAA', 'invalid ciphertext: version number could not be decoded'],
    ['vault:v:AAAA', 'invalid ciphertext: version number could not be decoded'],
    ['vault:v1e3:AAAA', 'invalid ciphertext: version number could not be decoded'],
    ['vault:v99999999999999999999:AAAA', 'invalid ciphertext: version number could not be decoded'],
    ['vault:v2:AAAA', 'invalid ciphertext: version is too new'],
    ['vault:v-1:AAAA', 'ciphertext or signature version is disallowed by policy (too old)'],
    ['vault:v1:***', 'invalid ciphertext: could not decode base64'],
    ['vault:v1:AAAA:AAAA', 'invalid ciphertext: could not decode base64'],
    ['vault:v1:', 'cipher: message authentication failed'],
  ])('%j: %s', async (ciphertext, refusal) => {
    const mount = await withKey()
    expect(await mount.refusal('update', 'decrypt/k', { ciphertext })).toBe(`invalid_request: ${refusal}`)
  })

  test('no text, however odd, is answered with anything but a refusal that does not repeat it', async () => {
    const mount = await withKey()
    const tails = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.base64String(),
      fc.string().map((text) => `1:${text}`),
    )
    await fc.assert(
      fc.asyncProperty(tails, async (tail) => {
        const refusal = await mount.refusal('update', 'decrypt/k', { ciphertext: `vault:v${tail}` })
        expect(refusal).toMatch(/^invalid_request: (invalid ciphertext|cipher|ciphertext)[ a-z0-9:()]+$/)
      }),
      { numRuns: 200, seed: 3 },
    )
  })
})

describe('rewrap and data keys', () => {
  test('rewrap moves a ciphertext to the newest version and never shows the plaintext', async () => {
    const mount = await withKey({ derived: true })
    const circumstances = { context: HELLO, associated_data: HELLO }
    const old = await encrypted(mount, circumstances)
    await mount.call('update', 'keys/k/rotate')
    const fresh = await mount.data('update', 'rewrap/k', { ciphertext: old, ...circumstances })
    expect(Object.keys(fresh)).toEqual(['ciphertext', 'key_version'])
    expect(fresh.ciphertext).toMatch(/^vault:v2:/)
    expect(await mount.data('update', 'decrypt/k', { ciphertext: fresh.ciphertext, ...circumstances })).toEqual({
      plaintext: HELLO,
    })
    const back = await mount.data('update', 'rewrap/k', { ciphertext: old, key_version: 1, ...circumstances })
    expect(back).toMatchObject({ key_version: 1 })
    expect(await mount.refusal('update', 'rewrap/k', {})).toBe('invalid_request: missing ciphertext to decrypt')
    const batch = await mount.call('update', 'rewrap/k', {
      batch_input: [
        { ciphertext: old, ...circumstances, reference: 'r' },
        { ciphertext: 'x', ...circumstances },
      ],
    })
    expect(batch.status).toBeUndefined()
    expect(batch.data?.batch_results).toEqual([
      { ciphertext: expect.stringMatching(/^vault:v2:/), key_version: 2, reference: 'r' },
      { error: 'invalid ciphertext: no prefix', reference: '' },
    ])
  })

  test.each([
    [128, 16],
    [256, 32],
    [512, 64],
  ])('a data key of %d bits', async (bits, bytes) => {
    const mount = await withKey()
    const { plaintext, ciphertext } = await mount.data('update', 'datakey/plaintext/k', {
      bits,
      associated_data: HELLO,
    })
    expect(Buffer.from(String(plaintext), 'base64')).toHaveLength(bytes)
    expect(Buffer.from(String(plaintext), 'base64').every((byte) => byte === 0)).toBe(false)
    expect(await mount.data('update', 'decrypt/k', { ciphertext, associated_data: HELLO })).toEqual({ plaintext })
    const wrapped = await mount.data('update', 'datakey/wrapped/k', { bits })
    expect(Object.keys(wrapped)).toEqual(['ciphertext', 'key_version'])
  })

  test('other forms and lengths are refused', async () => {
    const mount = await withKey()
    expect(await mount.refusal('update', 'datakey/clear/k')).toContain("must be 'plaintext' or 'wrapped'")
    expect(await mount.refusal('update', 'datakey/wrapped/k', { bits: 257 })).toContain('invalid bit length')
  })
})

describe('batches', () => {
  test('keep their order and references, and tell of each failure', async () => {
    const mount = await withKey()
    const batch = await mount.call('update', 'encrypt/k', {
      batch_input: [
        { plaintext: HELLO, reference: 'first', associated_data: HELLO },
        { plaintext: '!', reference: 'bad' },
        { plaintext: HELLO, key_version: 7 },
      ],
    })
    expect(batch.status).toBe(400)
    const results = batch.data?.batch_results as readonly Record<string, unknown>[]
    expect(results).toEqual([
      { ciphertext: expect.stringMatching(/^vault:v1:/), key_version: 1, reference: 'first' },
      { error: 'illegal base64 data at input byte 0', reference: 'bad' },
      { error: 'requested version for encryption is higher than the latest key version', reference: '' },
    ])
    const back = await mount.call('update', 'decrypt/k', {
      batch_input: [
        { ciphertext: results[0]?.ciphertext, associated_data: HELLO, reference: 'x' },
        { ciphertext: '' },
        { ciphertext: results[0]?.ciphertext },
      ],
      partial_failure_response_code: 207,
    })
    expect(back.status).toBe(207)
    expect(back.data?.batch_results).toEqual([
      { plaintext: HELLO, reference: 'x' },
      { plaintext: '', error: 'missing ciphertext to decrypt', reference: '' },
      { plaintext: '', error: 'cipher: message authentication failed', reference: '' },
    ])
  })

  test('the status is 400 when all failed or the asked-for status is none', async () => {
    const mount = await withKey()
    const status = async (code: number, texts: readonly string[]) => {
      const items = texts.map((plaintext) => ({ plaintext }))
      const answer = await mount.call('update', 'encrypt/k', {
        batch_input: items,
        partial_failure_response_code: code,
      })
      return [answer.status, answer.warnings?.length ?? 0]
    }
    expect(await status(202, ['!', '!'])).toEqual([400, 0])
    expect(await status(202, [HELLO, '!'])).toEqual([202, 0])
    expect(await status(202, [HELLO])).toEqual([undefined, 0])
    for (const code of [0, 100, 600, -1]) expect(await status(code, [HELLO, '!'])).toEqual([400, 1])
  })

  test('a batch can make the key, and its warnings are kept', async () => {
    const mount = new MountedEngine(transit)
    const answer = await mount.call('update', 'encrypt/k', {
      batch_input: [
        { plaintext: HELLO, context: HELLO },
        { plaintext: '!', context: HELLO },
      ],
      partial_failure_response_code: 999,
    })
    expect([answer.operation, answer.status]).toEqual(['create', 400])
    expect(answer.warnings?.join()).toContain('partial_failure_response_code')
    expect(await mount.data('read', 'keys/k')).toMatchObject({ derived: true })
  })

  test.each([
    [[], 'missing batch input to process'],
    ['x', 'failed to parse batch input: expected a list'],
    [{}, 'failed to parse batch input: expected a list'],
    [[1], 'failed to parse batch input: [0] expected a map'],
    [[null], 'failed to parse batch input: [0] expected a map'],
    [[{}], "failed to parse batch input: '[0].plaintext' missing plaintext to encrypt"],
    [[{ plaintext: 1 }], "failed to parse batch input: '[0].plaintext' expected type 'string'"],
    [[{ plaintext: '', context: 1 }], "failed to parse batch input: '[0].context' expected type 'string'"],
    [[{ plaintext: '', key_version: 'x' }], "failed to parse batch input: '[0].key_version' expected type 'int'"],
    [[{ plaintext: '', reference: {} }], "failed to parse batch input: '[0].reference' expected type 'string'"],
    [
      [{ plaintext: '' }, { plaintext: '', context: HELLO }],
      'context should be set either in all the request blocks or in none',
    ],
    [Array(10_001).fill({ plaintext: '' }), 'batch_input has 10001 items, more than the 10000 allowed'],
  ])('%j is refused', async (batch, refusal) => {
    const mount = await withKey()
    expect(await mount.refusal('update', 'encrypt/k', { batch_input: batch })).toBe(`invalid_request: ${refusal}`)
  })

  test('a big batch lets others have their turn', async () => {
    const mount = await withKey()
    let turns = 0
    const ticking = setInterval(() => turns++, 0)
    await mount.call('update', 'encrypt/k', { batch_input: Array(5000).fill({ plaintext: HELLO }) })
    clearInterval(ticking)
    expect(turns).toBeGreaterThan(3)
  })
})
