import { describe, expect, test } from 'vitest'
import { document } from '../../../storage/codec.ts'
import { MountedEngine } from '../../../test/engines/mounted-engine.ts'
import { encrypted, HELLO, withKey } from '../../../test/engines/transit.ts'
import { transit } from '../index.ts'

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
      soft_deleted: false,
      min_available_version: 0,
      min_decryption_version: 1,
      min_encryption_version: 0,
      latest_version: 1,
      supports_encryption: true,
      supports_decryption: true,
      supports_signing: false,
      supports_derivation: true,
      supports_encapsulation: false,
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
    [{ type: 'hmac', key_size: 31 }, 'invalid_request: invalid key_size 31'],
    [
      { type: 'rsa-2048', derived: true },
      'invalid_request: key derivation and convergent encryption not supported for keys of type rsa-2048',
    ],
    [
      { type: 'ed25519', derived: true, convergent_encryption: true },
      'invalid_request: convergent encryption not supported for keys of type ed25519',
    ],
    [{ key_size: 32 }, 'invalid_request: key_size is not valid for algorithm aes256-gcm96'],
    [{ convergent_encryption: true }, 'invalid_request: convergent encryption requires derivation to be enabled'],
    [{ auto_rotate_period: 3599 }, 'invalid_request: auto rotate period must be 0 to disable or at least an hour'],
    [{ auto_rotate_period: -1 }, 'invalid_request: auto rotate period must be 0 to disable or at least an hour'],
  ])('are not made with %j', async (settings, refusal) => {
    const mount = new MountedEngine(transit)
    expect(await mount.refusal('update', 'keys/k', settings)).toBe(refusal)
    expect(await mount.refusal('list', 'keys/')).toBe('not_found: ')
  })

  test('of an unknown type are not made, and the known ones are named', async () => {
    const mount = new MountedEngine(transit)
    const refusal = await mount.refusal('update', 'keys/k', { type: 'rsa-1024' })
    expect(refusal).toMatch(/^invalid_request: unknown key type: type must be one of aes256-gcm96, .*ml-dsa-65/)
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
    expect(await mount.context.store.scan('rotations/')).toEqual([])
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
