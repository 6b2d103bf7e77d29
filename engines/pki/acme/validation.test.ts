import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import tls from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { changeProtocol } from '../../../test/harness/other-protocol.ts'
import * as alpn from '../../../test/pki/alpn-certificates.ts'
import type { ChallengeType } from './documents.ts'
import { validate } from './validation.ts'

const asking = (port: number, withinMs?: number, type: ChallengeType = 'http-01') =>
  validate(
    { identifier: { type: 'ip', value: '127.0.0.1' }, type, token: 't', thumbprint: 'p' },
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

test.each([
  '169.254.169.254',
  'fe80::1',
  '::ffff:169.254.169.254',
  '64:ff9b::169.254.169.254',
  'fd00:ec2::254',
  'fd20:ce::254',
  '100.100.100.200',
])('%s, where a cloud may have its metadata, is not asked', async (value) => {
  const proof = { identifier: { type: 'ip', value }, type: 'http-01', token: 't', thumbprint: 'p' } as const
  const settings = { dns_resolver: '', http_challenge_port: 80, tls_alpn_challenge_port: 443 }
  await expect(validate(proof, settings, 1_000)).rejects.toThrow('is an address that is not asked')
})

test('a redirect to a link-local address is not followed', async () => {
  const location = 'http://169.254.169.254/latest/meta-data/'
  const port = await host((_request, reply) => reply.writeHead(302, { location }).end())
  await expect(asking(port)).rejects.toThrow('is an address that is not asked')
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

test('a host may say a few things before its answer, and not go on with them for ever', async () => {
  const before = (times: number) =>
    host((_request, reply) => {
      for (let nth = 0; nth < times; nth++) reply.writeProcessing()
      reply.end('t.p')
    })
  await asking(await before(3))
  await expect(asking(await before(300))).rejects.toMatchObject({ kind: 'connection' })
})

async function tlsHost(certificate: alpn.Certificate) {
  const server = tls.createServer({ ALPNProtocols: ['acme-tls/1'], ...certificate }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

test.each(Object.entries(alpn.WRONG))('a certificate %s is no proof', async (_what, parts) => {
  const port = await tlsHost(alpn.certificate(parts))
  await expect(asking(port, undefined, 'tls-alpn-01')).rejects.toMatchObject({ kind: 'incorrectResponse' })
})

test('a certificate that holds the address and the proof alone is one', async () => {
  await asking(await tlsHost(alpn.certificate()), undefined, 'tls-alpn-01')
})

test('nobody who goes on with a handshake for ever is listened to for longer than one try', async () => {
  // A record of a handshake that never comes to its end, byte by byte: no silence is as long as a time limit on silence.
  const record = Buffer.from([22, 3, 3, 0x40, 0, 2, 0, 0x3f, 0xfc, 3, 3])
  const sockets: Socket[] = []
  const dripping = createTcpServer((socket) => {
    sockets.push(socket.on('error', () => socket.destroy()))
    socket.write(record)
    const drip = setInterval(() => socket.write(Buffer.of(0)), 50)
    socket.on('close', () => clearInterval(drip)).resume()
  }).listen(0, '127.0.0.1')
  await once(dripping, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    dripping.close()
  })
  const { port } = dripping.address() as AddressInfo
  await expect(asking(port, 500, 'tls-alpn-01')).rejects.toThrow('could not be asked within 0.5 seconds')
  await expect.poll(() => sockets.map(({ closed }) => closed), { timeout: 2_000 }).toEqual([true])
})
