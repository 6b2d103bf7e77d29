import { afterAll, beforeAll, expect, test } from 'vitest'
import { ALGORITHMS } from '../../crypto/keys/algorithms.ts'
import { at } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'
import { opensslIsHere, Page } from './page.ts'

/** docs/transit.md, run as it stands. */

const page = new Page('transit.md')

let server: Server
beforeAll(async () => {
  server = await startUnsealed()
})
afterAll(async () => {
  await server.remove()
  page.remove()
})

test.skipIf(!opensslIsHere)('a key that openssl made and wrapped is imported, and signs', async () => {
  await page.shell(page.codeOf('Bringing a key with openssl').replace(/^shred .*$/m, ''), server)
  await page.shell('openssl pkey -in key.der -inform DER -pubout -out public.pem; printf hello > message', server)
  const signed = await server.call('POST', 'transit/sign/mine', { body: { input: 'aGVsbG8=' } })
  const signature = String(at(signed.body, 'data', 'signature')).slice('vault:v1:'.length)
  const verified = await page.shell(
    `printf %s '${signature}' | base64 -d > signature\nopenssl dgst -sha256 -verify public.pem -signature signature message`,
    server,
  )
  expect(verified).toContain('Verified OK')
})

test('rotation leaves nothing of the old version', async () => {
  await server.call('POST', 'transit/keys/orders', { body: {} })
  const sealed = await server.call('POST', 'transit/encrypt/orders', { body: { plaintext: 'aGVsbG8=' } })
  const old = String(at(sealed.body, 'data', 'ciphertext'))
  await page.shell(`old='${old}'\n${page.codeOf('Rotation')}`, server)
  const read = await server.call('GET', 'transit/keys/orders')
  expect(at(read.body, 'data')).toMatchObject({ latest_version: 2, min_available_version: 2 })
  const refused = await server.call('POST', 'transit/decrypt/orders', { body: { ciphertext: old } })
  expect(refused.status).toBe(400)
})

test('every type of key is told what it is for', () => {
  const [chapter = ''] = page.text.split('## Rotation')
  const short = (name: string) => name.replace('slh-dsa-sha2', '')
  for (const { name } of ALGORITHMS) expect(chapter).toMatch(new RegExp(`\`(${name}|${short(name)})\``))
})
