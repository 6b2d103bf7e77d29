import { describe, expect, test, vi } from 'vitest'
import { MountedEngine } from '../../test/engines/mounted-engine.ts'
import { encrypted, HELLO, withKey } from '../../test/engines/transit.ts'
import { EgideError } from '../errors.ts'
import { eachItem } from './batch.ts'
import { transit } from './index.ts'

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

  test('an item of a rewrap that holds no ciphertext is told of in its place, as peers do', async () => {
    const mount = await withKey()
    const { status, data } = await mount.call('update', 'rewrap/k', {
      batch_input: [{ ciphertext: await encrypted(mount) }, { reference: 'none' }],
    })
    expect(status).toBeUndefined()
    expect(data?.batch_results).toEqual([
      { ciphertext: expect.stringMatching(/^vault:v1:/), key_version: 1, reference: '' },
      { error: 'missing ciphertext to decrypt', reference: 'none' },
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

  test.each([
    ['rsa-2048', 'decrypt', 33, 2],
    ['rsa-2048', 'rewrap', 33, 2],
    ['rsa-2048', 'encrypt', 33, 2],
    ['ecdsa-p521', 'sign', 11, 2],
    ['ecdsa-p521', 'verify', 11, 2],
    ['ecdsa-p521', 'hmac', 128, 0],
    ['aes256-gcm96', 'decrypt', 129, 1],
    ['aes256-gcm96', 'decrypt', 128, 0],
  ] as const)('of %s keys %s others have their turn by what an item takes', async (type, use, count, turns) => {
    const mount = await withKey({ type })
    const input = HELLO
    const item = {
      encrypt: () => ({ plaintext: HELLO }),
      decrypt: async () => ({ ciphertext: await encrypted(mount) }),
      rewrap: async () => ({ ciphertext: await encrypted(mount) }),
      sign: () => ({ input }),
      verify: async () => ({ input, signature: (await mount.data('update', 'sign/k', { input })).signature }),
      hmac: () => ({ input }),
    }[use]
    const one = await item()
    const during = async (length: number): Promise<number> => {
      let ticks = 0
      let next = setImmediate(function tick() {
        ticks++
        next = setImmediate(tick)
      })
      const answer = await mount.call('update', `${use}/k`, { batch_input: Array(length).fill(one) })
      clearImmediate(next)
      expect(answer.data?.batch_results).toHaveLength(length)
      return ticks
    }
    expect((await during(count)) - (await during(1))).toBe(turns)
  })

  test('a big batch lets others have their turn', async () => {
    const mount = await withKey()
    let turns = 0
    const ticking = setInterval(() => turns++, 0)
    await mount.call('update', 'encrypt/k', { batch_input: Array(5000).fill({ plaintext: HELLO }) })
    clearInterval(ticking)
    expect(turns).toBeGreaterThan(3)
  })

  test('what another thread has no room for fails the batch alone, while others have their turn too', async () => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    const busy = async () => {
      throw new EgideError('unavailable', 'busy')
    }
    const item = { reference: '' }
    await expect(eachItem([item, item], 1, busy)).rejects.toThrow('busy')
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  })
})

test.each(['hash', 'hash/sha2-512'])('%s wants an input, which may be empty', async (path) => {
  const mount = await withKey()
  expect(await mount.refusal('update', path, {})).toBe('invalid_request: input missing')
  expect(await mount.data('update', path, { input: '' })).toEqual({
    sum: expect.stringMatching(/^(e3b0c442|cf83e135)/),
  })
})
