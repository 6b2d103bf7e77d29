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
const KEYS: Readonly<Record<string, { type: string; bytes: Buffer; secret: Buffer }>> = {
  aes: { type: 'aes256-gcm96', bytes: aes, secret: aes },
  mac: { type: 'hmac', bytes: hmac, secret: hmac },
  ed: { type: 'ed25519', bytes: ed25519, secret: ed25519.subarray(-32) },
  rsa: { type: 'rsa-2048', bytes: rsa, secret: rsa.subarray(600, 632) },
}

/** How bytes might be spelled: raw, in hexadecimal, in base64 of either alphabet at any place in a longer text. */
function spellings(secret: Buffer): string[] {
  const shifted = [0, 1, 2].map((shift) => secret.subarray(shift, shift + 24).toString('base64'))
  const url = shifted.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))
  return [secret.toString('latin1'), secret.toString('hex'), secret.toString('hex').toUpperCase(), ...shifted, ...url]
}

let server: Server
const errors: string[] = []

async function send(method: string, where: string, body?: object): Promise<Reply> {
  const reply = await server.call(method, `transit/${where}`, body === undefined ? {} : { body })
  if (reply.status >= 400) errors.push(`${method} ${where} ${reply.text}`)
  return reply
}

beforeAll(async () => {
  server = await startUnsealed({ audit: true, config: 'log_level = "trace"' })
})
afterAll(() => server.remove())

test('keys are brought in, used, exported, backed up, trimmed and deleted', { timeout: 60_000 }, async () => {
  const { body } = await send('GET', 'wrapping_key')
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

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).isFile())
}

test('no byte of them stands in a log, an audit record, an error or the database', async () => {
  const secrets = Object.values(KEYS).flatMap(({ secret }) => spellings(secret))
  const has = (text: string) => secrets.filter((spelling) => text.includes(spelling))
  expect(errors.length).toBeGreaterThan(20)
  expect(errors.filter((error) => has(error).length > 0)).toEqual([])
  expect(has(server.log)).toEqual([])
  await server.stop()
  const files = filesBelow(server.dataDir)
  expect(files.some((file) => file.endsWith('.db')) && files.includes(server.auditFile)).toBe(true)
  for (const file of files) expect([file, has(readFileSync(file, 'latin1'))]).toEqual([file, []])
})
