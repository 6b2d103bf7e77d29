import net from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { at, type CallOptions } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'

/** Attempts to reach what belongs to another: cubbyholes, wrapped answers, another's policies, another's address or name. */

let server: Server
beforeAll(async () => {
  server = await startUnsealed({ storage: 'inmem' })
  const policies = {
    // As much as can be given without sudo.
    everything: 'path "*" { capabilities = ["create", "read", "update", "delete", "list", "patch", "scan"] }',
    'but-one': `path "secret/*" { capabilities = ["create", "read", "update", "delete", "list", "scan"] }
      path "secret/data/locked" { capabilities = ["deny"] }
      path "secret/data/vault/*" { capabilities = ["deny"] }`,
    nothing: 'path "none" { capabilities = ["deny"] }',
  }
  for (const [name, policy] of Object.entries(policies))
    await server.call('PUT', `sys/policies/acl/${name}`, { body: { policy } })
  for (const path of ['locked', 'vault/a']) {
    const body = { data: { value: 'THE-SECRET' } }
    expect((await server.call('POST', `secret/data/${path}`, { body })).status).toBe(200)
  }
})
afterAll(() => server.remove())

interface Token {
  readonly id: string
  readonly accessor: string
}

async function make(body: object): Promise<Token> {
  const reply = await server.call('POST', 'auth/token/create', { body })
  if (reply.status !== 200) throw new Error(`${reply.status} ${reply.text}`)
  return { id: String(at(reply.body, 'auth', 'client_token')), accessor: String(at(reply.body, 'auth', 'accessor')) }
}
const as = ({ id }: Token, body?: object): CallOptions => ({ token: id, body })

/** A request as it is written, for paths and headers that clients would mend. Resolves with all that comes back. */
function raw(method: string, target: string, headers: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(server.address)
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), hostname, () => {
      socket.write(`${method} ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${headers.join('\r\n')}\r\n\r\n`)
    })
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })
}
const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1])

describe('the cubbyhole of another token', () => {
  test('is not reached by any path, spelling or listing, also with every capability', async () => {
    const [owner, thief] = [await make({ policies: ['everything'] }), await make({ policies: ['everything'] })]
    await server.call('POST', 'cubbyhole/mine', as(owner, { value: 'THE-SECRET' }))
    const looked = await server.call('GET', 'auth/token/lookup-self', as(owner))
    const names = [owner.id, owner.accessor, String(at(looked.body, 'data', 'id')), '*', '+', '']
    const targets = names.flatMap((name) => [
      `cubbyhole/${name}/mine`,
      `cubbyhole/../cubbyhole/${name}/mine`,
      `cubbyhole/%2e%2e/${name}/mine`,
      `cubbyhole/..%2f${name}%2fmine`,
      `cubbyhole/x/../../${name}/mine`,
      `cubbyhole//${name}/mine`,
      `cubbyhole/./${name}/mine`,
      `cubbyhole/${name}%00/mine`,
      `cubbyhole\\${name}\\mine`,
    ])
    targets.push(
      'cubbyhole/mine',
      'CUBBYHOLE/mine',
      'cubbyhole/MINE',
      'cubbyhole/mine/',
      'cubbyhole/mine%20',
      'Cubbyhole/',
    )
    for (const target of targets) {
      for (const method of ['GET', 'LIST', 'SCAN']) {
        const answer = await raw(method, `/v1/${target}`, [`x-vault-token: ${thief.id}`])
        expect([method, target, answer.includes('THE-SECRET'), /"mine/.test(answer)]).toEqual([
          method,
          target,
          false,
          false,
        ])
        expect([400, 403, 404, 405]).toContain(statusOf(answer))
      }
    }
    // Writing and removing there touches only the thief's own.
    await server.call('POST', 'cubbyhole/mine', as(thief, { value: 'other' }))
    await server.call('DELETE', 'cubbyhole/mine', as(thief))
    expect(at((await server.call('GET', 'cubbyhole/mine', as(owner))).body, 'data', 'value')).toBe('THE-SECRET')
  })

  test('is not reached through another namespace, nor by root', async () => {
    const owner = await make({ policies: ['everything'] })
    await server.call('POST', 'cubbyhole/mine', as(owner, { value: 'THE-SECRET' }))
    for (const namespace of ['', 'root', '/', 'cubbyhole', 'sys', '../', 'a/../', '%2e%2e', 'root/root']) {
      const reply = await server.call('GET', 'cubbyhole/mine', { headers: { 'x-vault-namespace': namespace } })
      expect([namespace, reply.text.includes('THE-SECRET')]).toEqual([namespace, false])
      expect([400, 403, 404]).toContain(reply.status)
    }
  })

  test('can’t be moved, mounted again, tuned away or disabled to get at it', async () => {
    const move = { from: 'cubbyhole', to: 'other' }
    expect((await server.call('POST', 'sys/remount', { body: move })).status).toBe(400)
    expect((await server.call('DELETE', 'sys/mounts/cubbyhole')).status).toBe(400)
    expect((await server.call('POST', 'sys/mounts/second', { body: { type: 'cubbyhole' } })).status).toBe(400)
  })
})

describe('a wrapping token', () => {
  async function wrap(): Promise<string> {
    const reply = await server.call('POST', 'sys/wrapping/wrap', {
      body: { value: 'THE-SECRET' },
      headers: { 'x-vault-wrap-ttl': '60' },
    })
    return String(at(reply.body, 'wrap_info', 'token'))
  }
  const unwrap = (token: string) => server.call('POST', 'sys/wrapping/unwrap', { token, body: {} })

  test('gives its answer once, whatever way the second try takes', async () => {
    const token = await wrap()
    expect(at((await unwrap(token)).body, 'data', 'value')).toBe('THE-SECRET')
    const thief = await make({ policies: ['everything'] })
    const again = [
      await unwrap(token),
      await server.call('POST', 'sys/wrapping/unwrap', as(thief, { token })),
      await server.call('POST', 'sys/wrapping/rewrap', { token, body: {} }),
      await server.call('POST', 'sys/wrapping/rewrap', as(thief, { token })),
      await server.call('POST', 'sys/wrapping/lookup', as(thief, { token })),
      await server.call('GET', 'cubbyhole/response', { token }),
      await server.call('GET', 'auth/token/lookup-self', { token }),
    ]
    expect(again.map(({ status }) => status === 400 || status === 403)).toEqual(again.map(() => true))
    expect(again.some(({ text }) => text.includes('THE-SECRET'))).toBe(false)
  })

  test('gives its answer to one of 20 who ask at once, by three ways', async () => {
    const token = await wrap()
    const thief = await make({ policies: ['everything'] })
    const tries = Array.from({ length: 20 }, (_, index) => {
      if (index % 3 === 0) return unwrap(token)
      if (index % 3 === 1) return server.call('POST', 'sys/wrapping/unwrap', as(thief, { token }))
      return server.call('GET', 'cubbyhole/response', { token })
    })
    const answers = (await Promise.all(tries)).filter(({ text }) => text.includes('THE-SECRET'))
    expect(answers).toHaveLength(1)
  })

  test('is good for nothing else, and trying that ends it', async () => {
    const attempts: readonly [string, string, object?][] = [
      ['GET', 'secret/data/locked'],
      ['POST', 'auth/token/create', {}],
      ['GET', 'auth/token/lookup-self'],
      ['POST', 'auth/token/renew-self', {}],
      ['POST', 'sys/wrapping/wrap', { a: 1 }],
      ['LIST', 'cubbyhole/'],
      ['GET', 'cubbyhole/wrapinfo'],
      ['GET', 'sys/mounts'],
    ]
    for (const [method, where, body] of attempts) {
      const token = await wrap()
      const reply = await server.call(method, where, { token, body, headers: { 'x-vault-wrap-ttl': '60' } })
      expect([method, where, reply.status]).toEqual([method, where, 403])
      expect((await unwrap(token)).status).toBe(400)
    }
  })

  test('can’t be made to wrap for longer than it says, or for ever', async () => {
    for (const ttl of ['-1', '-1h', 'forever', '0x10', '1e99', '99999999999999999999']) {
      const reply = await server.call('GET', 'sys/mounts', { headers: { 'x-vault-wrap-ttl': ttl } })
      expect([ttl, reply.status]).toEqual([ttl, 400])
    }
  })
})

describe('what a policy denies', () => {
  test('is not reached by another spelling of its path', async () => {
    const token = await make({ policies: ['but-one'] })
    expect((await server.call('GET', 'secret/data/other', as(token))).status).toBe(404)
    for (const target of [
      'secret/data/locked',
      'secret/data/locked/',
      'secret//data/locked',
      'secret/data//locked',
      'secret/data/./locked',
      'secret/data/x/../locked',
      'secret/data/%2e/locked',
      'secret/data/x/%2e%2e/locked',
      'secret%2fdata%2flocked',
      'secret/data%2flocked',
      'secret/data/%6cocked',
      'secret/data/loc%6bed?version=1',
      'secret/data/locked;a=b',
      'secret/data/locked%00',
      'secret/data/locked%20',
      'secret/data/LOCKED',
      'secret/data\\locked',
      '/secret/data/locked',
      'secret/data/vault/a',
      'secret/data/vault/./a',
      'secret/data/vault/a/',
      'secret/data/vault//a',
      'secret/data/ｖault/a',
    ]) {
      for (const method of ['GET', 'LIST', 'PUT', 'DELETE']) {
        const answer = await raw(method, `/v1/${encodeURI(target).replaceAll('%25', '%')}`, [
          `x-vault-token: ${token.id}`,
        ])
        expect([method, target, answer.includes('THE-SECRET')]).toEqual([method, target, false])
        expect(statusOf(answer)).not.toBe(500)
      }
    }
    for (const path of ['locked', 'vault/a'])
      expect(at((await server.call('GET', `secret/data/${path}`)).body, 'data', 'data', 'value')).toBe('THE-SECRET')
  })
})

describe('who one is', () => {
  test('is the one token of X-Vault-Token: two there are refused, and a bearer beside it counts for nothing', async () => {
    const [mine, other] = [await make({ policies: ['nothing'] }), await make({ policies: ['everything'] })]
    for (const [expected, ...headers] of [
      [403, `x-vault-token: ${mine.id}`, `authorization: Bearer ${other.id}`],
      [403, `authorization: Bearer ${other.id}`, `x-vault-token: ${mine.id}`],
      [200, `x-vault-token: ${other.id}`, `authorization: Bearer ${mine.id}`],
      [200, `x-vault-token: ${other.id}`, `authorization: Bearer ${other.id}`],
      [400, `x-vault-token: ${mine.id}`, `x-vault-token: ${other.id}`],
      [400, `x-vault-token: ${mine.id}, ${other.id}`],
    ] as const) {
      const answer = await raw('GET', '/v1/secret/data/locked', headers)
      expect([headers.length, statusOf(answer), answer.includes('THE-SECRET')]).toEqual([
        headers.length,
        expected,
        expected === 200,
      ])
    }
  })

  test('does not come from headers that proxies and other programs set', async () => {
    for (const header of [
      'x-vault-token-id: ID',
      'x-egide-token: ID',
      'x-forwarded-user: root',
      'x-remote-user: root',
      'x-vault-policies: root',
      'x-vault-entity-id: root',
      'cookie: token=ID; vault_token=ID; x-vault-token=ID',
      'authorization: Basic cm9vdDpJRA==',
      'authorization: ID',
      'x-original-url: /v1/sys/health',
      'x-http-method-override: GET',
    ]) {
      const answer = await raw('GET', '/v1/secret/data/locked', [header.replaceAll('ID', server.rootToken)])
      expect([header, statusOf(answer)]).toEqual([header, 403])
    }
    for (const query of ['token', 'x-vault-token', 'client_token', 'access_token'])
      expect(statusOf(await raw('GET', `/v1/secret/data/locked?${query}=${server.rootToken}`, []))).toBe(403)
  })

  test('is where the connection comes from, not what X-Forwarded-For says', async () => {
    const role = { token_bound_cidrs: ['203.0.113.0/24'] }
    await server.call('POST', 'auth/token/roles/bound', { body: role })
    const reply = await server.call('POST', 'auth/token/create/bound', { body: { policies: ['everything'] } })
    const token = String(at(reply.body, 'auth', 'client_token'))
    expect(token).toMatch(/^s\./)
    for (const header of [
      'x-forwarded-for: 203.0.113.7',
      'x-forwarded-for: 203.0.113.7, 127.0.0.1',
      'forwarded: for=203.0.113.7',
      'x-real-ip: 203.0.113.7',
      'true-client-ip: 203.0.113.7',
      'x-client-ip: 203.0.113.7',
    ])
      expect(statusOf(await raw('GET', '/v1/secret/data/locked', [`x-vault-token: ${token}`, header]))).toBe(403)
  })

  test('is not widened by a namespace that there is not', async () => {
    const token = await make({ policies: ['nothing'] })
    for (const headers of [
      ['x-vault-namespace: secret'],
      ['x-vault-namespace: sys/'],
      ['x-vault-namespace: root', 'x-egide-namespace: other'],
      ['x-vault-namespace: ..'],
      ['x-vault-namespace: root'],
    ]) {
      for (const target of ['data/locked', 'secret/data/locked']) {
        const answer = await raw('GET', `/v1/${target}`, [`x-vault-token: ${token.id}`, ...headers])
        expect([400, 403, 404]).toContain(statusOf(answer))
      }
    }
  })
})
