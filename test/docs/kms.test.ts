import { afterAll, beforeAll, expect, test } from 'vitest'
import { KINDS } from '../../engines/kms/errors.ts'
import { KEY_SPECS } from '../../engines/kms/keys/key-specs.ts'
import { at } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'
import { opensslIsHere, Page } from './page.ts'

/** docs/kms.md, run as it stands. */

const page = new Page('kms.md')

let server: Server
beforeAll(async () => {
  server = await startUnsealed()
})
afterAll(async () => {
  await server.remove()
  page.remove()
})

test('the first steps work', async () => {
  await page.shell(page.codeOf('Which key for what'), server)
  const listed = await server.call('GET', 'kms/keys/orders')
  expect(at(listed.body, 'data')).toMatchObject({ description: 'card numbers', aliases: ['orders'] })
})

test.skipIf(!opensslIsHere)('a key that openssl made and wrapped is imported', async () => {
  await page.shell(page.codeOf('Bringing a key with openssl'), server)
  const described = await server.call('GET', 'kms/keys/brought')
  expect(at(described.body, 'data')).toMatchObject({ key_state: 'Enabled', origin: 'EXTERNAL' })
  const sealed = await server.call('POST', 'kms/encrypt/brought', { body: { plaintext: 'aGVsbG8=' } })
  expect(sealed.status).toBe(200)
})

test('every spec of keys is told what it is for, and every refusal is named', () => {
  const [chapter = ''] = page.text.split('## States')
  const short = (name: string) => name.replace(/^ECC_NIST(?=_P)/, '').replace(/^RSA_\d+$/, 'RSA_…')
  for (const name of KEY_SPECS)
    expect([name, chapter.includes(`\`${name}\``) || chapter.includes(`\`${short(name)}\``)]).toEqual([name, true])
  for (const kind of KINDS) expect([kind, page.text.includes(`\`${kind}\``)]).toEqual([kind, true])
})
