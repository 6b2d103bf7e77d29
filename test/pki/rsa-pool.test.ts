import { X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { at } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'

/** RSA leaves of a server, whose keys may have been made ahead. */

let server: Server
beforeAll(async () => {
  server = await startUnsealed({ storage: 'inmem' })
  await server.call('POST', 'sys/mounts/pki', { body: { type: 'pki' } })
  await server.call('POST', 'pki/root/generate/internal', { body: { common_name: 'Root', key_type: 'ec' } })
  await server.call('POST', 'pki/roles/rsa', { body: { allow_any_name: true, key_type: 'rsa' } })
})
afterAll(() => server.remove())

async function burst(count: number): Promise<readonly string[]> {
  const replies = await Promise.all(
    Array.from({ length: count }, () =>
      server.call('POST', 'pki/issue/rsa', { body: { common_name: 'a.example.com', ttl: '1h' }, timeoutMs: 60_000 }),
    ),
  )
  return replies.map(({ status, body }) => {
    if (status !== 200) throw new Error(`issue: ${status}`)
    const certificate = new X509Certificate(String(at(body, 'data', 'certificate')))
    return String(certificate.publicKey.export({ format: 'jwk' }).n)
  })
}

test('each certificate has a key of its own, before and after the vault was sealed', async () => {
  const first = await burst(12)
  await server.call('PUT', 'sys/seal')
  await server.unseal()
  const all = [...first, ...(await burst(12))]
  expect(new Set(all).size).toBe(24)
})
