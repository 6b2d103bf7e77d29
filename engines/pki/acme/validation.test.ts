import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { changeProtocol } from '../../../test/harness/other-protocol.ts'
import { validate } from './validation.ts'

test('a host that answers in another protocol is none that can be reached', async () => {
  const server = createServer(changeProtocol).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const proof = {
    identifier: { type: 'ip', value: '127.0.0.1' },
    type: 'http-01',
    token: 't',
    thumbprint: 'p',
  } as const
  const settings = { dns_resolver: '', http_challenge_port: port, tls_alpn_challenge_port: port }
  await expect(validate(proof, settings)).rejects.toMatchObject({ kind: 'connection' })
  server.closeAllConnections()
  server.close()
})
