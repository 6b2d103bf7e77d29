import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { noPostgres } from '../../storage/postgres/testing-server.ts'
import { Cluster } from '../cluster/cluster.ts'
import { at } from '../harness/http.ts'
import { PUBLIC_KEY, readCertificate } from './authority.ts'

describe.skipIf(noPostgres !== undefined)('logins over SSH at two nodes on one database', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await Cluster.start(2)
  })
  afterAll(() => cluster.remove())

  const call = async (node: number, method: string, path: string, body?: object) =>
    (await cluster.nodes[node]?.call(method, path, body && { body })) ?? { status: 0, body: undefined }

  test('what one node is told, the other goes by in its next request', async () => {
    await call(0, 'POST', 'sys/mounts/ssh', { type: 'ssh' })
    const role = { key_type: 'ca', allow_user_certificates: true, allowed_users: 'ada' }
    const asked = { public_key: PUBLIC_KEY, valid_principals: 'ada' }
    for (const [here, there] of [
      [0, 1],
      [1, 0],
    ] as const) {
      await call(here, 'POST', 'ssh/config/ca', { key_type: 'ed25519' })
      await call(here, 'POST', 'ssh/roles/ada', role)
      const made = await call(there, 'POST', 'ssh/sign/ada', asked)
      expect(readCertificate(String(at(made.body, 'data', 'signed_key'))).principals).toEqual(['ada'])
      await call(here, 'POST', 'ssh/roles/ada', { ...role, allowed_users: 'bob' })
      expect((await call(there, 'POST', 'ssh/sign/ada', asked)).status).toBe(400)
      await call(here, 'DELETE', 'ssh/config/ca')
      expect((await call(there, 'GET', 'ssh/public_key')).status).toBe(400)
    }
  })

  test('of all that ask about a password at both nodes at once, one is told', async () => {
    await call(0, 'POST', 'ssh/roles/otp', { key_type: 'otp', default_user: 'ops', cidr_list: '10.0.0.0/8' })
    for (let round = 0; round < 10; round++) {
      const made = await call(round % 2, 'POST', 'ssh/creds/otp', { ip: '10.1.2.3' })
      const body = { otp: at(made.body, 'data', 'key') }
      const asking = Array.from({ length: 8 }, (_, n) => call(n % 2, 'POST', 'ssh/verify', body))
      const statuses = (await Promise.all(asking)).map(({ status }) => status)
      expect(statuses.filter((status) => status === 200)).toHaveLength(1)
      expect(statuses.filter((status) => status === 400)).toHaveLength(7)
    }
  })
})
