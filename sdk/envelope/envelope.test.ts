import { createDecipheriv, randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ApiError } from '../errors.ts'
import { Reply } from '../reply.ts'
import { ManualClock } from '../testing-clock.ts'
import { DataKey } from './data-key.ts'
import { Envelope, type EnvelopeSettings } from './index.ts'

/** A vault that wraps a key by remembering it, and counts how often it is asked. */
class Vault {
  calls = 0
  readonly #keys = new Map<string, string>()

  async createDataKey({ plaintext, bits }: { plaintext: string; bits?: number }) {
    this.calls++
    expect([plaintext, bits]).toEqual(['plaintext', 256])
    const ciphertext = `vault:v1:${randomBytes(60).toString('base64')}`
    const key = randomBytes(32).toString('base64')
    this.#keys.set(ciphertext, key)
    return new Reply(200, {}, { ciphertext, key_version: 1, plaintext: key })
  }

  async decrypt({ ciphertext = '' }: { ciphertext?: string }) {
    this.calls++
    const plaintext = this.#keys.get(ciphertext)
    if (plaintext !== undefined) return new Reply(200, {}, { plaintext })
    const asked = { method: 'POST', url: 'http://x/v1/transit/decrypt/k', namespace: '' } as const
    throw new ApiError(asked, { status: 400, code: 'invalid_request', errors: ['invalid ciphertext'] })
  }

  keyOf(wrapped: string): Buffer {
    return Buffer.from(this.#keys.get(wrapped) ?? '', 'base64')
  }
}

function envelope(settings: Partial<EnvelopeSettings> = {}) {
  const vault = new Vault()
  const whole = { transit: vault as unknown as EnvelopeSettings['transit'], key: 'k', clock: new ManualClock() }
  return { vault, open: () => new Envelope({ ...whole, ...settings }) }
}

test('whatever is encrypted is read again, with the same associated data only', async () => {
  const { open } = envelope()
  const [writer, reader] = [open(), open()]
  const bytes = fc.uint8Array({ maxLength: 300 })
  await fc.assert(
    fc.asyncProperty(bytes, bytes, bytes, async (plaintext, associatedData, other) => {
      const message = await writer.encrypt(plaintext, { associatedData })
      expect(Buffer.compare(await reader.decrypt(message, { associatedData }), plaintext)).toBe(0)
      if (Buffer.compare(associatedData, other) === 0) return
      await expect(reader.decrypt(message, { associatedData: other })).rejects.toMatchObject({ code: 'undecryptable' })
    }),
    { numRuns: 200 },
  )
})

test('a message that is changed anywhere, cut or made up is refused, all alike', async () => {
  const { open } = envelope()
  const [writer, reader] = [open(), open()]
  const message = await writer.encrypt('a secret', { associatedData: 'row 7' })
  const refused = async (bytes: Uint8Array) => {
    const error = await reader.decrypt(bytes, { associatedData: 'row 7' }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'EnvelopeError', message: 'the message cannot be decrypted' })
    expect(inspect(error)).not.toContain('vault:v1')
  }
  for (let at = 0; at < message.length; at++) {
    const changed = Buffer.from(message)
    changed[at] = (changed[at] ?? 0) ^ 1
    await refused(changed)
    await refused(message.subarray(0, at))
  }
  await refused(Buffer.concat([message, Buffer.alloc(1)]))
  await refused(Buffer.alloc(0))
  expect((await reader.decrypt(message, { associatedData: 'row 7' })).toString()).toBe('a secret')
})

test('the form of a message is as it is written down', async () => {
  const { vault, open } = envelope()
  const message = await open().encrypt('hello', { associatedData: 'id' })
  expect(message.subarray(0, 4).toString('latin1')).toBe('EGE\u0001')
  const bodyAt = 6 + message.readUInt16BE(4)
  const wrapped = message.toString('latin1', 6, bodyAt)
  const nonce = message.subarray(bodyAt, bodyAt + 12)
  const decipher = createDecipheriv('aes-256-gcm', vault.keyOf(wrapped), nonce, { authTagLength: 16 })
  decipher.setAAD(Buffer.concat([message.subarray(0, bodyAt), Buffer.from('id')]))
  decipher.setAuthTag(message.subarray(-16))
  const plaintext = Buffer.concat([decipher.update(message.subarray(bodyAt + 12, -16)), decipher.final()])
  expect(plaintext.toString()).toBe('hello')
})

test('no two messages have the same nonce', async () => {
  const { open } = envelope()
  const writer = open()
  const all = await Promise.all(Array.from({ length: 2000 }, () => writer.encrypt('')))
  const nonces = all.map((message) => message.subarray(-28, -16).toString('hex'))
  expect(new Set(nonces).size).toBe(2000)
})

test('ten thousand items cost a few calls', async () => {
  const { vault, open } = envelope({ encrypt: { maxMessages: 1000 } })
  const [writer, reader] = [open(), open()]
  const items = Array.from({ length: 10_000 }, (_, at) => `item ${at}`)
  const messages = await Promise.all(items.map((item) => writer.encrypt(item)))
  expect(vault.calls).toBe(10)
  const back = await Promise.all(messages.map((message) => reader.decrypt(message)))
  expect(back.map(String)).toEqual(items)
  expect(vault.calls).toBe(20)
})

test('a vault that refuses, or gives no key, is told as it is', async () => {
  const denied = new ApiError({ method: 'POST', url: '', namespace: '' }, { status: 403, code: 'permission_denied' })
  const transit = (createDataKey: () => Promise<unknown>) =>
    ({ createDataKey, decrypt: createDataKey }) as unknown as EnvelopeSettings['transit']
  const refused = new Envelope({ transit: transit(() => Promise.reject(denied)), key: 'k' })
  await expect(refused.encrypt('x')).rejects.toBe(denied)
  const { open } = envelope()
  await expect(refused.decrypt(await open().encrypt('x'))).rejects.toBe(denied)
  for (const plaintext of ['', 'AAAA', `${'A'.repeat(44)}`, '!'.repeat(44), undefined]) {
    const reply = new Reply(200, {}, { ciphertext: 'vault:v1:x', plaintext })
    const short = new Envelope({ transit: transit(async () => reply), key: 'k' })
    await expect(short.encrypt('x')).rejects.toThrow(RangeError)
  }
})

test('a closed envelope does nothing any more, and nothing of one is shown', async () => {
  const { open } = envelope()
  const one = open()
  const message = await one.encrypt('x')
  expect(inspect(one, { depth: 9, showHidden: true })).not.toContain('vault:v1')
  one.close()
  await expect(one.encrypt('x')).rejects.toMatchObject({ code: 'closed' })
  await expect(one.decrypt(message)).rejects.toMatchObject({ code: 'closed' })
})

test('a key that is erased encrypts nothing', () => {
  const bytes = randomBytes(32)
  const key = new DataKey('vault:v1:x', bytes)
  expect(inspect(key, { showHidden: true })).not.toContain(bytes.toString('hex').slice(0, 8))
  key.erase()
  expect(bytes.every((byte) => byte === 0)).toBe(true)
  expect(() => key.encrypt(Buffer.from('x'), Buffer.alloc(0))).toThrow('erased')
})
