import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { changeProtocol } from '../../../test/harness/other-protocol.ts'
import { validate } from './validation.ts'

const asking = (port: number, withinMs?: number) =>
  validate(
    { identifier: { type: 'ip', value: '127.0.0.1' }, type: 'http-01', token: 't', thumbprint: 'p' },
    { dns_resolver: '', http_challenge_port: port, tls_alpn_challenge_port: port },
    withinMs,
  )

async function host(answer: RequestListener) {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

test.each(['169.254.169.254', 'fe80::1', '::ffff:169.254.169.254'])(
  'the link-local address %s is not asked',
  async (value) => {
    const proof = { identifier: { type: 'ip', value }, type: 'http-01', token: 't', thumbprint: 'p' } as const
    const settings = { dns_resolver: '', http_challenge_port: 80, tls_alpn_challenge_port: 443 }
    await expect(validate(proof, settings)).rejects.toThrow('is a link-local address')
  },
)

test('a redirect to a link-local address is not followed', async () => {
  const location = 'http://169.254.169.254/latest/meta-data/'
  const port = await host((_request, reply) => reply.writeHead(302, { location }).end())
  await expect(asking(port)).rejects.toThrow('is a link-local address')
})

test('a host that answers in another protocol is none that can be reached', async () => {
  await expect(asking(await host(changeProtocol))).rejects.toMatchObject({ kind: 'connection' })
})

test('whoever redirects slowly is not waited for at each place anew', async () => {
  const pauses: NodeJS.Timeout[] = []
  onTestFinished(() => pauses.forEach(clearTimeout))
  const port = await host((request, reply) => {
    const location = `${request.url}+`
    pauses.push(setTimeout(() => reply.writeHead(302, { location }).end(), 400))
  })
  await expect(asking(port, 1_000)).rejects.toThrow('could not be asked within 1 seconds')
  // Six places take 2.4 seconds; the third is the last that was asked.
  expect(pauses.length).toBeLessThan(5)
})
