import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { noPostgres } from '../../storage/postgres/testing-server.ts'
import { ALWAYS, send, signed } from '../aws/signed.ts'
import { at } from '../harness/http.ts'
import type { Server } from '../harness/server.ts'
import { Cluster } from './cluster.ts'

describe.skipIf(noPostgres !== undefined)('nodes on one database', () => {
  let cluster: Cluster
  let one: Server
  let two: Server
  beforeAll(async () => {
    cluster = await Cluster.start(2)
    ;[one, two] = cluster.nodes as [Server, Server]
  })
  afterAll(() => cluster.remove())
  beforeEach(() => cluster.unseal())

  test('a write on one is what the next request on the other reads', async () => {
    for (let n = 1; n <= 20; n++) {
      const [writer, reader] = n % 2 === 0 ? [one, two] : [two, one]
      expect((await writer.call('PUT', 'secret/data/turns', { body: { data: { n } } })).status).toBe(200)
      const reply = await reader.call('GET', 'secret/data/turns')
      expect([at(reply.body, 'data', 'data', 'n'), at(reply.body, 'data', 'metadata', 'version')]).toEqual([n, n])
      expect(at((await reader.call('LIST', 'secret/metadata/')).body, 'data', 'keys')).toContain('turns')
    }
    expect((await one.call('DELETE', 'secret/metadata/turns')).status).toBe(204)
    expect((await two.call('GET', 'secret/data/turns')).status).toBe(404)
  })

  test('of writes that check the version, each version is written once, whichever node is asked', async () => {
    const write = async (server: Server, cas: number) =>
      (await server.call('PUT', 'secret/data/cas', { body: { options: { cas }, data: { cas } } })).status
    for (let cas = 0; cas < 8; cas++) {
      const statuses = await Promise.all([one, two, one, two].map((server) => write(server, cas)))
      expect(statuses.sort()).toEqual([200, 400, 400, 400])
    }
  })

  test('a token that was revoked on one is refused by the other at once', async () => {
    for (const [making, using] of [
      [one, two],
      [two, one],
    ] as const) {
      const made = await making.call('POST', 'auth/token/create', { body: { policies: ['default'] } })
      const token = String(at(made.body, 'auth', 'client_token'))
      expect((await using.call('GET', 'auth/token/lookup-self', { token })).status).toBe(200)
      expect((await making.call('POST', 'auth/token/revoke', { body: { token } })).status).toBe(204)
      expect((await using.call('GET', 'auth/token/lookup-self', { token })).status).toBe(403)
    }
  })

  test('a credential of an AWS client that was made on one is known to the other, and deleted on one refused by it', async () => {
    const policy = 'path "kms/keys" { capabilities = ["list"] }'
    await one.call('PUT', 'sys/policies/acl/aws', { body: { policy } })
    for (const [making, using] of [
      [one, two],
      [two, one],
    ] as const) {
      const made = await making.call('POST', 'kms/aws-credentials', { body: { policies: ['aws'] } })
      const accessKeyId = String(at(made.body, 'data', 'access_key_id'))
      const secret = String(at(made.body, 'data', 'secret_access_key'))
      const asked = { accessKeyId, secret, region: 'us-east-1', service: 'kms', operation: 'ListKeys', body: '{}' }
      const ask = async () =>
        send(using.address, signed(using.address, { ...asked, timeMs: Date.now(), signedHeaders: ALWAYS, headers: {} }))
      expect(await ask()).toMatchObject({ status: 200 })
      expect((await making.call('DELETE', `kms/aws-credentials/${accessKeyId}`)).status).toBe(204)
      expect(await ask()).toMatchObject({ status: 400, body: { __type: 'UnrecognizedClientException' } })
    }
  })

  test('a namespace that one seals is sealed on the other at once; each is unsealed by itself', async () => {
    const body = { seal: 'seal "shamir" {\n shares = 3\n threshold = 2\n}' }
    const made = await one.call('POST', 'sys/namespaces/own', { body })
    const shares = at(made.body, 'data', 'key_shares') as unknown as readonly string[]
    const headers = { 'X-Vault-Namespace': 'own' }
    const statuses = () =>
      Promise.all([one, two].map(async (server) => (await server.call('GET', 'sys/mounts', { headers })).status))
    const unseal = async (server: Server) => {
      for (const key of shares.slice(0, 2)) await server.call('POST', 'sys/namespaces/own/unseal', { body: { key } })
    }
    expect(await statuses()).toEqual([503, 503])
    for (const [first, second] of [
      [one, two],
      [two, one],
    ] as const) {
      await unseal(first)
      expect((await first.call('GET', 'sys/mounts', { headers })).status).toBe(200)
      expect((await second.call('GET', 'sys/mounts', { headers })).status).toBe(503)
      await unseal(second)
      expect(await statuses()).toEqual([200, 200])
      expect([200, 204]).toContain((await first.call('POST', 'sys/namespaces/own/seal')).status)
      expect(await statuses()).toEqual([503, 503])
      // 200 warns of a node that takes its time to forget what it held.
      await expect.poll(async () => (await first.call('POST', 'sys/namespaces/own/seal')).status).toBe(204)
    }
  })

  test('sealing a namespace waits for nodes that hold its keys, and names one that does not say that it forgot them', async () => {
    const body = { seal: 'seal "shamir" {\n shares = 2\n threshold = 2\n}' }
    const made = await one.call('POST', 'sys/namespaces/waited', { body })
    const shares = at(made.body, 'data', 'key_shares') as unknown as readonly string[]
    for (const server of [one, two])
      for (const key of shares) await server.call('POST', 'sys/namespaces/waited/unseal', { body: { key } })
    process.kill(two.pid, 'SIGSTOP')
    try {
      const reply = await one.call('POST', 'sys/namespaces/waited/seal')
      expect(reply.status).toBe(200)
      expect(String(at(reply.body, 'warnings'))).toContain(new URL(two.address).port)
    } finally {
      process.kill(two.pid, 'SIGCONT')
    }
    await expect.poll(async () => (await one.call('POST', 'sys/namespaces/waited/seal')).status).toBe(204)
  })

  test('a policy that was changed on one holds on the other at once', async () => {
    const policy = (server: Server, capabilities: string) =>
      server.call('PUT', 'sys/policies/acl/p', {
        body: { policy: `path "secret/*" { capabilities = [${capabilities}] }` },
      })
    await one.call('PUT', 'secret/data/guarded', { body: { data: { k: 'v' } } })
    await policy(one, '"read"')
    const made = await one.call('POST', 'auth/token/create', { body: { policies: ['p'] } })
    const token = String(at(made.body, 'auth', 'client_token'))
    const statuses = async () =>
      Promise.all([one, two].map(async (server) => (await server.call('GET', 'secret/data/guarded', { token })).status))
    for (let round = 0; round < 5; round++) {
      expect(await statuses()).toEqual([200, 200])
      await policy(round % 2 === 0 ? one : two, '"deny"')
      expect(await statuses()).toEqual([403, 403])
      await policy(round % 2 === 0 ? two : one, '"read"')
    }
  })

  test('a role that was given or taken on one, and a denial that begins to win, hold on the other at once', async () => {
    await one.call('PUT', 'secret/data/roled', { body: { data: { k: 'v' } } })
    await one.call('POST', 'sys/auth/machines', { body: { type: 'approle' } })
    await one.call('POST', 'auth/machines/role/ci', {
      body: { bind_secret_id: false, secret_id_bound_cidrs: '127.0.0.1/32' },
    })
    const id = at((await one.call('GET', 'auth/machines/role/ci/role-id')).body, 'data', 'role_id')
    const policy = 'path "secret/data/*" { capabilities = ["read"] }\npath "secret/*" { capabilities = ["deny"] }'
    await one.call('PUT', 'sys/policies/acl/roled', { body: { policy } })
    const login = await two.call('POST', 'auth/machines/login', { body: { role_id: id } })
    const token = String(at(login.body, 'auth', 'client_token'))
    const statuses = async () =>
      Promise.all([one, two].map(async (server) => (await server.call('GET', 'secret/data/roled', { token })).status))
    for (let round = 0; round < 5; round++) {
      const [giving, taking] = round % 2 === 0 ? [one, two] : [two, one]
      const role = { policies: ['roled'], member_auth_roles: ['auth/machines/ci'] }
      expect((await giving.call('POST', 'sys/roles/readers', { body: role })).status).toBe(204)
      expect(await statuses()).toEqual([200, 200])
      await giving.call('POST', 'sys/config/namespace', { body: { deny_always_wins: true } })
      expect(await statuses()).toEqual([403, 403])
      await taking.call('POST', 'sys/config/namespace', { body: { deny_always_wins: false } })
      expect(await statuses()).toEqual([200, 200])
      await taking.call('DELETE', 'sys/roles/readers')
      expect(await statuses()).toEqual([403, 403])
    }
  })

  test('a mount that was made, tuned and removed on one is so on the other', async () => {
    expect((await one.call('POST', 'sys/mounts/new', { body: { type: 'kv', options: { version: '1' } } })).status).toBe(
      204,
    )
    expect((await two.call('PUT', 'new/a', { body: { k: 'v' } })).status).toBe(204)
    expect(at((await one.call('GET', 'new/a')).body, 'data', 'k')).toBe('v')
    expect((await two.call('POST', 'sys/mounts/new/tune', { body: { description: 'tuned' } })).status).toBe(204)
    expect(at((await one.call('GET', 'sys/mounts/new')).body, 'data', 'description')).toBe('tuned')
    expect((await two.call('DELETE', 'sys/mounts/new')).status).toBe(204)
    expect((await one.call('GET', 'new/a')).status).toBe(404)
  })

  test('a namespace that was made, filled, locked or deleted on one is so on the other at once', async () => {
    const headers = { 'X-Vault-Namespace': 'team' }
    for (let round = 0; round < 4; round++) {
      const [here, there] = round % 2 === 0 ? [one, two] : [two, one]
      expect((await here.call('POST', 'sys/namespaces/team')).status).toBe(200)
      const mount = await there.call('POST', 'sys/mounts/kv', { headers, body: { type: 'kv' } })
      expect([mount.status, mount.text]).toEqual([204, ''])
      expect((await here.call('POST', 'kv/x', { headers, body: { round } })).status).toBe(204)
      const policy = 'path "kv/*" { capabilities = ["read"] }'
      await there.call('POST', 'sys/policies/acl/p', { headers, body: { policy } })
      const made = await here.call('POST', 'auth/token/create', { headers, body: { policies: ['p'], no_parent: true } })
      const token = String(at(made.body, 'auth', 'client_token'))
      expect(at((await there.call('GET', 'kv/x', { headers, token })).body, 'data', 'round')).toBe(round)
      // Its key has slept through a rotation on one of them.
      await here.call('PUT', 'sys/rotate')
      expect(at((await there.call('GET', 'kv/x', { headers, token })).body, 'data', 'round')).toBe(round)
      await there.call('POST', 'kv/x', { headers, body: { round: -1 } })
      expect(at((await here.call('GET', 'kv/x', { headers, token })).body, 'data', 'round')).toBe(-1)
      await here.call('POST', 'sys/namespaces/api-lock/lock/team')
      expect((await there.call('GET', 'kv/x', { headers, token })).status).toBe(503)
      await there.call('POST', 'sys/namespaces/api-lock/unlock/team')
      expect((await here.call('GET', 'kv/x', { headers, token })).status).toBe(200)
      expect(at((await there.call('DELETE', 'sys/namespaces/team')).body, 'data', 'status')).toBe('in-progress')
      for (const node of [here, there]) expect((await node.call('GET', 'kv/x', { headers, token })).status).toBe(404)
      await expect.poll(async () => (await here.call('GET', 'sys/namespaces/team')).status).toBe(404)
    }
  })

  test('transit keys are the same on both, rotated ones too', async () => {
    await one.call('POST', 'sys/mounts/transit', { body: { type: 'transit' } })
    await one.call('POST', 'transit/keys/k')
    for (let version = 1; version <= 4; version++) {
      const [encrypting, decrypting] = version % 2 === 0 ? [one, two] : [two, one]
      const encrypted = await encrypting.call('POST', 'transit/encrypt/k', { body: { plaintext: 'aGVsbG8=' } })
      const ciphertext = String(at(encrypted.body, 'data', 'ciphertext'))
      expect(ciphertext).toMatch(new RegExp(`^vault:v${version}:`))
      const decrypted = await decrypting.call('POST', 'transit/decrypt/k', { body: { ciphertext } })
      expect(at(decrypted.body, 'data', 'plaintext')).toBe('aGVsbG8=')
      await decrypting.call('POST', 'transit/keys/k/rotate')
    }
  })

  test('an audit device that was enabled on one records what the other serves from the next request on', async () => {
    const enable = await one.call('PUT', 'sys/audit/late', {
      body: { type: 'file', options: { file_path: 'late.log' } },
    })
    expect([enable.status, enable.text]).toEqual([204, ''])
    await two.call('GET', 'secret/data/recorded')
    expect(cluster.auditOf(two, 'late.log')).toContain('secret/data/recorded')
    await two.call('DELETE', 'sys/audit/late')
    await one.call('GET', 'secret/data/unrecorded')
    expect(cluster.auditOf(one, 'late.log')).not.toContain('secret/data/unrecorded')
  })

  test('a rate limit that was raised or deleted on one refuses nobody on the other', async () => {
    const limit = (rate: number) =>
      one.call('POST', 'sys/quotas/rate-limit/few', { body: { path: 'secret', rate, interval: '1h' } })
    const ask = async () => (await two.call('GET', 'secret/data/none')).status
    expect((await limit(1)).status).toBe(204)
    await expect.poll(ask).toBe(429)
    await limit(2)
    expect([await ask(), await ask(), await ask()]).toEqual([404, 404, 429])
    expect((await one.call('DELETE', 'sys/quotas/rate-limit/few')).status).toBe(204)
    expect(await ask()).toBe(404)
  })

  test('an origin that was allowed or forbidden on one is so on the other at once', async () => {
    const origin = 'https://a.example'
    const status = async () => (await two.call('GET', 'sys/health', { headers: { origin } })).status
    for (const allowed of [origin, 'https://b.example', origin]) {
      await one.call('POST', 'sys/config/cors', { body: { allowed_origins: allowed } })
      expect(await status()).toBe(allowed === origin ? 200 : 403)
    }
    await one.call('DELETE', 'sys/config/cors')
  })

  test('after the keyring was rotated on one, the other seals with the new term', async () => {
    const term = async (server: Server) => at((await server.call('GET', 'sys/key-status')).body, 'data', 'term')
    const before = Number(await term(two))
    for (let round = 1; round <= 3; round++) {
      expect((await one.call('PUT', 'sys/rotate')).status).toBe(204)
      expect(await term(two)).toBe(before + round)
      await two.call('PUT', 'secret/data/rotated', { body: { data: { round } } })
      expect(at((await one.call('GET', 'secret/data/rotated')).body, 'data', 'data', 'round')).toBe(round)
    }
  })

  test('each node is active and leads, and knows the other', async () => {
    for (const [server, other] of [
      [one, two],
      [two, one],
    ] as const) {
      expect((await server.call('GET', 'sys/health')).status).toBe(200)
      const leader = (await server.call('GET', 'sys/leader')).body
      expect(leader).toMatchObject({ ha_enabled: true, is_self: true, leader_address: server.address })
      const nodes = at((await server.call('GET', 'sys/ha-status')).body, 'data', 'nodes')
      expect(nodes).toMatchObject([
        { api_address: server.address, active_node: true },
        { api_address: other.address, active_node: true, last_echo: expect.stringMatching(/^\d{4}-/) },
      ])
    }
  })

  test('sealing the vault on one seals it on the other before it serves another request', async () => {
    expect((await one.call('PUT', 'sys/seal')).status).toBe(204)
    expect((await two.call('GET', 'secret/data/cas')).status).toBe(503)
    for (const server of [one, two]) {
      const health = await server.call('GET', 'sys/health')
      expect([health.status, at(health.body, 'sealed')]).toEqual([503, true])
    }
    await one.unseal()
    expect((await one.call('GET', 'secret/data/cas')).status).toBe(200)
    expect((await two.call('GET', 'secret/data/cas')).status).toBe(503)
    await two.unseal()
    expect((await two.call('GET', 'secret/data/cas')).status).toBe(200)
  })

  test('a share is taken by a node that has not looked yet whether it was sealed', async () => {
    expect((await one.call('PUT', 'sys/seal')).status).toBe(204)
    const given = await two.call('PUT', 'sys/unseal', { body: { key: two.keys[0] } })
    expect([given.status, at(given.body, 'sealed')]).toEqual([200, false])
    expect((await two.call('GET', 'secret/data/cas')).status).toBe(200)
    await one.unseal()
  })

  test('a node that stops seals nobody else, and is known to have left', async () => {
    await two.stop()
    expect((await one.call('GET', 'secret/data/cas')).status).toBe(200)
    expect(at((await one.call('GET', 'sys/ha-status')).body, 'data', 'nodes')).toHaveLength(1)
    await two.start()
  })

  test('new shares that were made on one open the other, which stays open meanwhile', async () => {
    const started = await one.call('PUT', 'sys/rekey/init', { body: { secret_shares: 1, secret_threshold: 1 } })
    const nonce = at(started.body, 'data', 'nonce') ?? at(started.body, 'nonce')
    const done = await one.call('PUT', 'sys/rekey/update', { body: { key: one.keys[0], nonce } })
    const keys = at(done.body, 'keys_base64') ?? at(done.body, 'data', 'keys_base64')
    expect(keys).toHaveLength(1)
    expect((await two.call('GET', 'secret/data/cas')).status).toBe(200)
    await two.stop()
    await two.start()
    const opened = await two.call('PUT', 'sys/unseal', { body: { key: (keys as string[])[0] } })
    expect(at(opened.body, 'sealed')).toBe(false)
    cluster.useKeys(keys as string[])
  })
})

describe.skipIf(noPostgres !== undefined)('nodes that are initialised at one time', () => {
  test('make one vault', async () => {
    const cluster = await Cluster.start(3, { isNew: true })
    try {
      const tries = await Promise.all(
        cluster.nodes.map((server) =>
          server.call('PUT', 'sys/init', { body: { secret_shares: 1, secret_threshold: 1 } }),
        ),
      )
      const made = tries.filter((reply) => reply.status === 200)
      expect(made.length).toBeLessThanOrEqual(1)
      const [first] = cluster.nodes
      const [keys] = made.map((reply) => at(reply.body, 'keys_base64') as string[])
      if (keys === undefined) await first?.init()
      else cluster.useKeys(keys)
      for (const server of cluster.nodes) {
        const reply = await server.call('PUT', 'sys/unseal', { body: { key: keys?.[0] ?? first?.keys[0] } })
        expect(at(reply.body, 'sealed')).toBe(false)
      }
    } finally {
      await cluster.remove()
    }
  })
})
