import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { wrapKey } from '../../crypto/keys/kwp.ts'
import { systemRandom } from '../../crypto/random.ts'
import { at, type Reply } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'

/** Keys whose bytes are known are used in every way, and are then looked for everywhere they must not be. */

const aes = randomBytes(32)
const hmac = randomBytes(48)
const ed25519 = generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' })
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'der', type: 'pkcs8' })
const KEYS: Readonly<Record<string, { type: string; spec: object; bytes: Buffer; secret: Buffer }>> = {
  aes: { type: 'aes256-gcm96', spec: {}, bytes: aes, secret: aes },
  mac: { type: 'hmac', spec: { key_spec: 'HMAC_384' }, bytes: hmac, secret: hmac },
  ed: { type: 'ed25519', spec: { key_spec: 'ECC_NIST_EDWARDS25519' }, bytes: ed25519, secret: ed25519.subarray(-32) },
  rsa: {
    type: 'rsa-2048',
    spec: { key_spec: 'RSA_2048', key_usage: 'SIGN_VERIFY' },
    bytes: rsa,
    secret: rsa.subarray(600, 632),
  },
}

/** How bytes might be spelled: raw, in hexadecimal, in base64 of either alphabet at any place in a longer text. */
function spellings(secret: Buffer): string[] {
  const shifted = [0, 1, 2].map((shift) => secret.subarray(shift, shift + 24).toString('base64'))
  const url = shifted.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))
  return [secret.toString('latin1'), secret.toString('hex'), secret.toString('hex').toUpperCase(), ...shifted, ...url]
}

let server: Server
const errors: string[] = []
/** Secrets of data keys. */
const made: Buffer[] = []

const send = (method: string, where: string, body?: object) => sendTo('transit', method, where, body)

async function sendTo(mount: string, method: string, where: string, body?: object): Promise<Reply> {
  const reply = await server.call(method, `${mount}/${where}`, body === undefined ? {} : { body })
  if (reply.status >= 400) errors.push(`${method} ${where} ${reply.text}`)
  return reply
}

/** An RSA key of 4096 bits, whose primes are found by luck. */
const KEY_MADE_WITHIN_MS = 180_000

beforeAll(async () => {
  server = await startUnsealed({ audit: true, config: 'log_level = "trace"' })
})
afterAll(() => server.remove())

test('keys are brought in, used, exported, backed up, trimmed and deleted', {
  timeout: 2 * KEY_MADE_WITHIN_MS,
}, async () => {
  const { body } = await server.call('GET', 'transit/wrapping_key', { timeoutMs: KEY_MADE_WITHIN_MS })
  const wrapping = createPublicKey(String(at(body, 'data', 'public_key')))
  for (const [name, { type, bytes }] of Object.entries(KEYS)) {
    const ciphertext = wrapKey(wrapping, 'sha256', bytes, systemRandom).toString('base64')
    const settings = { type, exportable: true, allow_plaintext_backup: true, allow_rotation: true }
    expect((await send('POST', `keys/${name}/import`, { ciphertext, ...settings })).status).toBe(204)
    // What is no wrapped key at all.
    await send('POST', `keys/${name}2/import`, { ciphertext: bytes.toString('base64'), type })
    await send('POST', `keys/${name}2/import`, { ciphertext: bytes.toString('hex'), type })
    await send('POST', `keys/${name}2/import`, { public_key: bytes.toString('base64'), type })
    for (const path of ['encrypt', 'decrypt', 'sign', 'verify', 'hmac', 'keys'].map((verb) => `${verb}/${name}`)) {
      await send('POST', path, {
        plaintext: 'aGVsbG8=',
        input: 'aGVsbG8=',
        ciphertext: 'vault:v1:AAAA',
        signature: 'x',
      })
    }
    for (const kind of ['encryption-key', 'signing-key', 'hmac-key', 'public-key', 'any']) {
      for (const format of ['', 'raw', 'der', 'pem']) await send('GET', `export/${kind}/${name}?format=${format}`)
    }
    const backup = String(at((await send('GET', `backup/${name}`)).body, 'data', 'backup'))
    expect((await send('POST', `restore/${name}-copy`, { backup })).status).toBe(204)
    const broken = Buffer.from(
      Buffer.from(backup, 'base64').toString().replace('"latest_version":1', '"latest_version":"1"'),
    )
    await send('POST', `restore/${name}-broken`, { backup: broken.toString('base64') })
    await send('POST', `restore/${name}-broken`, { backup: backup.slice(0, -40) })
    await send('POST', `keys/${name}/rotate`)
    await send('POST', `keys/${name}/config`, {
      min_decryption_version: 2,
      min_encryption_version: 2,
      deletion_allowed: true,
    })
    expect((await send('POST', `keys/${name}/trim`, { min_available_version: 2 })).status).toBe(200)
    expect((await send('DELETE', `keys/${name}`)).status).toBe(204)
  }
})

test('KMS imports them, uses, exports and forgets them, and makes data keys', async () => {
  const kms = (method: string, where: string, body?: object) => sendTo('kms', method, where, body)
  for (const [name, { spec, bytes }] of Object.entries(KEYS)) {
    expect((await kms('POST', `keys/${name}`, { ...spec, origin: 'EXTERNAL', exportable: true })).status).toBe(200)
    const asked = { wrapping_algorithm: 'RSA_AES_KEY_WRAP_SHA_256' }
    const { body } = await kms('POST', `keys/${name}/import/parameters`, asked)
    const [pem, token] = [at(body, 'data', 'public_key'), at(body, 'data', 'import_token')]
    const wrapped = wrapKey(createPublicKey(String(pem)), 'sha256', bytes, systemRandom).toString('base64')
    // What is no wrapped key at all.
    for (const wrong of [bytes.toString('base64'), bytes.toString('hex')]) {
      await kms('POST', `keys/${name}/import`, { import_token: token, encrypted_key_material: wrong })
      await kms('POST', `keys/${name}/import`, { import_token: wrong, encrypted_key_material: wrapped })
    }
    const sent = { import_token: token, encrypted_key_material: wrapped }
    expect((await kms('POST', `keys/${name}/import`, sent)).status).toBe(200)
    for (const verb of ['encrypt', 'decrypt', 'sign', 'verify', 'mac', 'verify-mac', 'derive', 'datakey']) {
      await kms('POST', `${verb}/${name}`, { plaintext: 'aGVsbG8=', message: 'aGVsbG8=', ciphertext: 'AQ==' })
    }
    expect((await kms('GET', `keys/${name}/export`)).status).toBe(200)
    expect((await kms('DELETE', `keys/${name}/import`)).status).toBe(200)
    expect((await kms('DELETE', `keys/${name}`)).status).toBe(200)
  }
  await kms('POST', 'keys/made')
  for (const spec of ['ECC_NIST_P256', 'ECC_NIST_EDWARDS25519']) {
    const { body } = await kms('POST', 'datakeypair/made', { key_pair_spec: spec })
    const bytes = Buffer.from(String(at(body, 'data', 'private_key')), 'base64')
    made.push(spec === 'ECC_NIST_P256' ? bytes.subarray(36, 68) : bytes.subarray(-32))
  }
  const { body } = await kms('POST', 'datakey/made')
  made.push(Buffer.from(String(at(body, 'data', 'plaintext')), 'base64'))
  expect(made.map(({ length }) => length)).toEqual([32, 32, 32])
})

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).isFile())
}

test('no byte of them stands in a log, an audit record, an error or the database', async () => {
  const secrets = [...Object.values(KEYS).map(({ secret }) => secret), ...made].flatMap(spellings)
  const has = (text: string) => secrets.filter((spelling) => text.includes(spelling))
  expect(errors.length).toBeGreaterThan(20)
  expect(errors.filter((error) => has(error).length > 0)).toEqual([])
  expect(has(server.log)).toEqual([])
  await server.stop()
  const files = filesBelow(server.dataDir)
  expect(files.some((file) => file.endsWith('.db')) && files.includes(server.auditFile)).toBe(true)
  for (const file of files) expect([file, has(readFileSync(file, 'latin1'))]).toEqual([file, []])
})
