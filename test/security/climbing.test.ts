import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { at, type CallOptions, type Json } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'

/** Attempts of a token to become more than it is, or to outlive what ended it. Each runs over HTTP against a server of its own process. */

let server: Server
beforeAll(async () => {
  server = await startUnsealed({ storage: 'inmem' })
  const policies = {
    // What an application that makes tokens for others has: it may create, and look after, tokens.
    issuer: `path "auth/token/create" { capabilities = ["update"] }
      path "auth/token/create-orphan" { capabilities = ["deny"] }
      path "auth/token/create/*" { capabilities = ["update"] }
      path "auth/token/roles/*" { capabilities = ["read", "list"] }
      path "secret/data/team/*" { capabilities = ["read"] }`,
    // Everything that is a token's, in plain capabilities and without sudo.
    tokens: 'path "auth/token/*" { capabilities = ["create", "read", "update", "delete", "list", "patch", "scan"] }',
    everything: 'path "*" { capabilities = ["create", "read", "update", "delete", "list", "patch", "scan"] }',
    reader: 'path "secret/data/team/*" { capabilities = ["read"] }',
    boss: 'path "secret/*" { capabilities = ["create", "read", "update", "delete", "list"] }',
  }
  for (const [name, policy] of Object.entries(policies))
    await server.call('PUT', `sys/policies/acl/${name}`, { body: { policy } })
  await server.call('POST', 'secret/data/team/plan', { body: { data: { a: 1 } } })
  await server.call('POST', 'secret/data/boss/plan', { body: { data: { a: 2 } } })
})
afterAll(() => server.remove())

interface Token {
  readonly id: string
  readonly accessor: string
}

async function make(body: object, options: CallOptions = {}, where = 'auth/token/create'): Promise<Token> {
  const reply = await server.call('POST', where, { ...options, body })
  if (reply.status !== 200) throw new Error(`${where}: ${reply.status} ${reply.text}`)
  return { id: String(at(reply.body, 'auth', 'client_token')), accessor: String(at(reply.body, 'auth', 'accessor')) }
}
const as = ({ id }: Token, body?: object): CallOptions => ({ token: id, body })
const isValid = async (token: Token) => (await server.call('GET', 'auth/token/lookup-self', as(token))).status === 200
const policiesOf = async (token: Token): Promise<Json> =>
  at((await server.call('GET', 'auth/token/lookup-self', as(token))).body, 'data', 'policies')

describe('a token that may make tokens can’t make', () => {
  const attempts: Record<string, [where: string, body: object]> = {
    'one with a policy it lacks': ['auth/token/create', { policies: ['boss'] }],
    'one with root': ['auth/token/create', { policies: ['root'] }],
    'one with root in another spelling': ['auth/token/create', { policies: [' ROOT '] }],
    'one with root among its own': ['auth/token/create', { policies: 'issuer,root' }],
    'one with the policy of wrapping tokens': ['auth/token/create', { policies: ['response-wrapping'] }],
    'an orphan': ['auth/token/create', { no_parent: true }],
    'an orphan by text': ['auth/token/create', { no_parent: 'true' }],
    'an orphan by the other path': ['auth/token/create-orphan', {}],
    'an orphan by the other path with a slash': ['auth/token/create-orphan/', {}],
    'one with an id of its choice': ['auth/token/create', { id: 'guessable' }],
    'one that renews for ever': ['auth/token/create', { period: '24h' }],
    'one under a role that is not there': ['auth/token/create/nothing', {}],
    'one under a role with a path in its name': ['auth/token/create/a%2Fb', {}],
    'one of an entity': ['auth/token/create', { entity_alias: 'somebody' }],
    'one of another type': ['auth/token/create', { type: 'default-service' }],
    'one with fewer than no uses': ['auth/token/create', { num_uses: -1 }],
    'one with a negative lifetime': ['auth/token/create', { ttl: '-1h' }],
  }
  for (const [what, [where, body]] of Object.entries(attempts)) {
    test(what, async () => {
      const issuer = await make({ policies: ['issuer'] })
      const reply = await server.call('POST', where, as(issuer, body))
      expect([reply.status, at(reply.body, 'auth')]).toEqual([reply.status === 403 ? 403 : 400, undefined])
    })
  }

  test('one with more than it has by naming itself twice, or a parent that has more', async () => {
    const issuer = await make({ policies: ['issuer'] })
    for (const body of [
      { policies: ['issuer', 'issuer', 'default'] },
      { parent: server.rootToken, policies: ['issuer'] },
      { policies: [], sudo: true },
    ]) {
      const child = await make(body, { token: issuer.id })
      expect(await policiesOf(child)).toEqual(['default', 'issuer'])
    }
  })

  test('a child that lives longer than the server lets tokens live', async () => {
    const issuer = await make({ policies: ['issuer'], ttl: '1h', explicit_max_ttl: '1h' })
    const child = await make({ ttl: '10000h', explicit_max_ttl: '0' }, { token: issuer.id })
    const looked = await server.call('GET', 'auth/token/lookup-self', as(child))
    expect(Number(at(looked.body, 'data', 'ttl'))).toBeLessThanOrEqual(768 * 3600)
    await server.call('POST', 'auth/token/revoke-self', as(issuer))
    expect(await isValid(child)).toBe(false)
  })
})

describe('plain capabilities on all of auth/token, without sudo, don’t', () => {
  test('list accessors, in any spelling', async () => {
    const token = await make({ policies: ['tokens', 'everything'] })
    for (const [method, where] of [
      ['LIST', 'auth/token/accessors'],
      ['LIST', 'auth/token/accessors/'],
      ['GET', 'auth/token/accessors?list=true'],
      ['GET', 'auth/token/accessors/?list=true'],
      ['SCAN', 'auth/token/accessors'],
      ['POST', 'auth/token/revoke-orphan'],
      ['PUT', 'auth/token/revoke-orphan'],
    ] as const) {
      const reply = await server.call(method, where, as(token, method === 'GET' ? undefined : { token: 'x' }))
      expect([method, where, reply.status]).toEqual([method, where, 403])
    }
  })

  test('reach what the server keeps for itself', async () => {
    const token = await make({ policies: ['everything'] })
    for (const [method, where] of [
      ['GET', 'sys/raw/core/keyring'],
      ['LIST', 'sys/raw/core'],
      ['GET', 'sys/raw'],
      ['PUT', 'sys/seal'],
      ['PUT', 'sys/rotate'],
      ['GET', 'sys/audit'],
      ['PUT', 'sys/audit/mine'],
      ['DELETE', 'sys/audit/file'],
      ['POST', 'sys/auth/mine'],
      ['POST', 'sys/remount'],
      ['POST', 'sys/leases/revoke-force/auth'],
      ['POST', 'sys/leases/revoke-prefix/auth'],
      ['GET', 'sys/leases/lookup/auth?list=true'],
      ['GET', 'sys/config/cors'],
      ['GET', 'sys/config/auditing/request-headers'],
      ['GET', 'sys/internal/inspect/router/root'],
    ] as const) {
      const reply = await server.call(method, where, as(token, method === 'GET' || method === 'LIST' ? undefined : {}))
      const isRefused = reply.status === 403 || (reply.status === 404 && where.startsWith('sys/raw'))
      expect([method, where, isRefused ? 'refused' : `${reply.status} ${reply.text}`]).toEqual([
        method,
        where,
        'refused',
      ])
    }
    // Even root finds no way into what is stored raw.
    expect((await server.call('GET', 'sys/raw/core/keyring')).status).toBe(404)
  })
})

describe('a role', () => {
  beforeAll(async () => {
    const roles: Record<string, object> = {
      narrow: { allowed_policies: ['reader'], orphan: false, renewable: false, token_explicit_max_ttl: '1h' },
      globbed: { allowed_policies_glob: ['read*'], disallowed_policies: ['root'] },
      generous: { allowed_policies: ['root', 'reader'] },
      'no-boss': { disallowed_policies: ['boss', 'root'] },
    }
    for (const [name, body] of Object.entries(roles)) {
      const reply = await server.call('POST', `auth/token/roles/${name}`, { body })
      expect([reply.status, reply.text]).toEqual([204, ''])
    }
  })

  const escapes: Record<string, [role: string, body: object]> = {
    'a policy that it does not name': ['narrow', { policies: ['boss'] }],
    'one more beside those that it names': ['narrow', { policies: ['reader', 'boss'] }],
    root: ['narrow', { policies: ['root'] }],
    'root where a glob might be thought to match': ['globbed', { policies: ['root'] }],
    'root although it names it': ['generous', { policies: ['root'] }],
    'the role’s own policies, when they hold root': ['generous', {}],
    'what it disallows': ['no-boss', { policies: ['boss'] }],
    'what it disallows, in capitals': ['no-boss', { policies: ['BOSS'] }],
    'an entity': ['narrow', { entity_alias: 'somebody' }],
  }
  for (const [what, [role, body]] of Object.entries(escapes)) {
    test(`is no way to ${what}`, async () => {
      const issuer = await make({ policies: ['issuer'] })
      const reply = await server.call('POST', `auth/token/create/${role}`, as(issuer, body))
      expect([reply.status, at(reply.body, 'auth')]).toEqual([400, undefined])
    })
  }

  test('holds against what the request asks: lifetime, parent, renewal', async () => {
    const issuer = await make({ policies: ['issuer'] })
    const body = { ttl: '700h', explicit_max_ttl: '700h', renewable: true, no_parent: true }
    const child = await make(body, { token: issuer.id }, 'auth/token/create/narrow')
    const { body: looked } = await server.call('GET', 'auth/token/lookup-self', as(child))
    expect(at(looked, 'data', 'policies')).toEqual(['default', 'reader'])
    expect([at(looked, 'data', 'orphan'), at(looked, 'data', 'renewable')]).toEqual([false, false])
    expect(Number(at(looked, 'data', 'explicit_max_ttl'))).toBe(3600)
    expect((await server.call('POST', 'auth/token/renew-self', as(child, { increment: '700h' }))).status).toBe(400)
    await server.call('POST', 'auth/token/revoke-self', as(issuer))
    expect(await isValid(child)).toBe(false)
  })

  test('can’t be changed by those who may only use it', async () => {
    const issuer = await make({ policies: ['issuer'] })
    const grab = { allowed_policies: ['boss'] }
    for (const where of ['auth/token/roles/narrow', 'auth/token/roles/new'])
      expect((await server.call('POST', where, as(issuer, grab))).status).toBe(403)
    expect((await server.call('POST', 'auth/token/roles/narrow/', as(issuer, grab))).status).toBe(400)
    expect((await server.call('DELETE', 'auth/token/roles/narrow', as(issuer))).status).toBe(403)
  })
})

describe('the token of another', () => {
  test('is neither looked up, renewed nor revoked by its text or accessor without a policy for that', async () => {
    const [mine, other] = [await make({ policies: ['reader'] }), await make({ policies: ['boss'] })]
    for (const action of ['lookup', 'renew', 'revoke', 'revoke-orphan']) {
      expect((await server.call('POST', `auth/token/${action}`, as(mine, { token: other.id }))).status).toBe(403)
      if (action === 'revoke-orphan') continue
      const body = { accessor: other.accessor }
      expect((await server.call('POST', `auth/token/${action}-accessor`, as(mine, body))).status).toBe(403)
    }
    for (const where of ['sys/leases/revoke', 'sys/revoke'])
      expect((await server.call('PUT', where, as(mine, { lease_id: `auth/token/create/${other.id}` }))).status).toBe(
        403,
      )
    expect(await isValid(other)).toBe(true)
  })

  test('never comes out of an accessor', async () => {
    const other = await make({ policies: ['boss'] })
    const looked = await server.call('POST', 'auth/token/lookup-accessor', { body: { accessor: other.accessor } })
    expect(looked.status).toBe(200)
    expect(looked.text).not.toContain(other.id)
    expect(at(looked.body, 'data', 'id')).toBe('')
    const renewed = await server.call('POST', 'auth/token/renew-accessor', { body: { accessor: other.accessor } })
    expect([renewed.status, renewed.text.includes(other.id)]).toEqual([200, false])
    // What is the accessor of one is the token of none.
    expect((await server.call('GET', 'auth/token/lookup-self', { token: other.accessor })).status).toBe(403)
  })

  test('is not taken for the caller’s by what a self path is sent', async () => {
    const [mine, other] = [
      await make({ policies: ['tokens'], no_default_policy: true }),
      await make({ policies: ['boss'] }),
    ]
    const looked = await server.call('POST', 'auth/token/lookup-self', as(mine, { token: other.id }))
    expect([at(looked.body, 'data', 'id'), at(looked.body, 'data', 'accessor')]).toEqual([mine.id, mine.accessor])
    const renewed = await server.call('POST', 'auth/token/renew-self', as(mine, { token: other.id }))
    expect(at(renewed.body, 'auth', 'accessor')).toBe(mine.accessor)
    await server.call('POST', 'auth/token/revoke-self', as(mine, { token: other.id }))
    expect([await isValid(mine), await isValid(other)]).toEqual([false, true])
  })

  test('is not tried on by asking what it may do', async () => {
    const [mine, other] = [await make({ policies: ['reader'] }), await make({ policies: ['boss'] })]
    const body = { token: other.id, paths: ['secret/data/boss/plan'] }
    expect((await server.call('POST', 'sys/capabilities', as(mine, body))).status).toBe(403)
    const byAccessor = { accessor: other.accessor, paths: ['secret/data/boss/plan'] }
    expect((await server.call('POST', 'sys/capabilities-accessor', as(mine, byAccessor))).status).toBe(403)
    const self = await server.call('POST', 'sys/capabilities-self', as(mine, body))
    expect(at(self.body, 'data', 'capabilities')).toEqual(['deny'])
  })
})

describe('a batch token', () => {
  test('makes no tokens, has no cubbyhole, is not renewed, revoked or root', async () => {
    const batch = await make({ type: 'batch', policies: ['tokens', 'everything'] })
    for (const [method, where, body] of [
      ['POST', 'auth/token/create', {}],
      ['POST', 'auth/token/create-orphan', {}],
      ['POST', 'auth/token/renew-self', {}],
      ['POST', 'auth/token/revoke-self', {}],
      ['POST', 'cubbyhole/a', { a: 1 }],
      ['GET', 'cubbyhole/a', undefined],
      ['LIST', 'cubbyhole/', undefined],
    ] as const) {
      const reply = await server.call(method, where, as(batch, body))
      expect([method, where, reply.status]).toEqual([method, where, 400])
    }
    expect((await server.call('GET', 'secret/data/team/plan', as(batch))).status).toBe(200)
    for (const body of [{ policies: ['root'] }, { period: '1h' }, { num_uses: 1 }, { explicit_max_ttl: '1h' }])
      expect((await server.call('POST', 'auth/token/create', { body: { ...body, type: 'batch' } })).status).toBe(400)
  })

  test('ends with its parent', async () => {
    const parent = await make({ policies: ['issuer'] })
    const batch = await make({ type: 'batch' }, { token: parent.id })
    const read = () => server.call('GET', 'secret/data/team/plan', as(batch))
    expect((await read()).status).toBe(200)
    await server.call('POST', 'auth/token/revoke-self', as(parent))
    expect((await read()).status).toBe(403)
  })

  test('is refused when any character of it is another', async () => {
    const batch = await make({ type: 'batch', policies: ['everything'] })
    for (let index = 2; index < batch.id.length; index += 7) {
      const other = batch.id[index] === 'A' ? 'B' : 'A'
      const forged = `${batch.id.slice(0, index)}${other}${batch.id.slice(index + 1)}`
      expect((await server.call('GET', 'secret/data/team/plan', { token: forged })).status).toBe(403)
    }
  })
})

describe('a token of few uses', () => {
  for (const uses of [1, 3]) {
    test(`of ${uses}, tried by 20 requests at once, lets ${uses} through`, async () => {
      const token = await make({ policies: ['reader'], num_uses: uses })
      const tries = Array.from({ length: 20 }, () => server.call('GET', 'secret/data/team/plan', as(token)))
      const statuses = (await Promise.all(tries)).map(({ status }) => status)
      expect(statuses.filter((status) => status === 200)).toHaveLength(uses)
      expect(statuses.filter((status) => status === 403)).toHaveLength(20 - uses)
      expect((await server.call('GET', 'secret/data/team/plan', as(token))).status).toBe(403)
    })
  }

  test('pays for refused requests too, and makes no child to go on with', async () => {
    const token = await make({ policies: ['issuer'], num_uses: 3 })
    expect((await server.call('POST', 'auth/token/create', as(token, {}))).status).toBe(400)
    expect((await server.call('GET', 'secret/data/boss/plan', as(token))).status).toBe(403)
    expect((await server.call('POST', 'auth/token/renew-self', as(token, {}))).status).not.toBe(500)
    expect(await isValid(token)).toBe(false)
  })
})

describe('what has ended stays ended', () => {
  test('a token past its time, at once and for renewal, look-up by accessor and its children', async () => {
    const family = async (seconds: number) => {
      const token = await make({ policies: ['issuer'], ttl: `${seconds}s` })
      const child = await make({ ttl: '1h' }, { token: token.id })
      const batch = await make({ ttl: '1h', type: 'batch' }, { token: token.id })
      expect(await isValid(child)).toBe(true)
      return { token, child, batch }
    }
    // A pause of the machine may take all of a short time.
    const { token, child, batch } = await family(2).catch(() => family(15))
    await expect.poll(() => isValid(token)).toBe(false)
    expect((await server.call('POST', 'auth/token/renew-self', as(token, {}))).status).toBe(403)
    expect((await server.call('POST', 'auth/token/renew', { body: { token: token.id } })).status).toBe(400)
    const accessor = { accessor: token.accessor }
    expect((await server.call('POST', 'auth/token/lookup-accessor', { body: accessor })).status).toBe(400)
    expect((await server.call('POST', 'auth/token/create', as(token, {}))).status).toBe(403)
    expect((await server.call('GET', 'secret/data/team/plan', as(batch))).status).toBe(403)
    await expect.poll(() => isValid(child)).toBe(false)
  })

  test('whole trees, with their leases, cubbyholes and wrapped answers, when the parent is revoked', async () => {
    const parent = await make({ policies: ['issuer'] })
    const children = await Promise.all([1, 2, 3].map(() => make({}, { token: parent.id })))
    const grandchildren = await Promise.all(children.map((child) => make({}, { token: child.id })))
    for (const token of grandchildren) await server.call('POST', 'cubbyhole/own', as(token, { a: 1 }))
    const leases = async () =>
      at((await server.call('LIST', 'sys/leases/lookup/auth/token/create')).body, 'data', 'keys')
    const before = (await leases()) as readonly string[]
    await server.call('POST', 'auth/token/revoke-accessor', { body: { accessor: parent.accessor } })
    for (const token of [parent, ...children, ...grandchildren]) {
      expect(await isValid(token)).toBe(false)
      expect((await server.call('GET', 'cubbyhole/own', as(token))).status).toBe(403)
      const body = { accessor: token.accessor }
      expect((await server.call('POST', 'auth/token/lookup-accessor', { body })).status).toBe(400)
    }
    expect(before.length - ((await leases()) as readonly string[]).length).toBe(7)
  })

  test('a child that is made while its parent is being revoked', async () => {
    const parent = await make({ policies: ['issuer'] })
    const made: Promise<Token | undefined>[] = Array.from({ length: 20 }, () =>
      make({}, { token: parent.id }).catch(() => undefined),
    )
    await server.call('POST', 'auth/token/revoke', { body: { token: parent.id } })
    for (const child of await Promise.all(made)) if (child !== undefined) expect(await isValid(child)).toBe(false)
  })
})
