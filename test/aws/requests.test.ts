import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { at, type Reply } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'
import { ALWAYS, type Answer, type Sent, type Signing, send, signed } from './signed.ts'

/** Credentials of AWS clients, and what is done with requests that they sign or seem to. */

let server: Server

interface Credential {
  readonly accessKeyId: string
  readonly secret: string
}

const policy = (rules: string): string => rules
const EVERYTHING = policy('path "kms/*" { capabilities = ["create", "read", "update", "delete", "list"] }')

beforeAll(async () => {
  server = await startUnsealed({ audit: true })
  await ok('PUT', 'sys/policies/acl/app', { policy: EVERYTHING })
  await ok('PUT', 'sys/policies/acl/reader', { policy: 'path "kms/keys" { capabilities = ["list"] }' })
})
afterAll(() => server?.remove())

async function ok(method: string, path: string, body?: object, options: object = {}): Promise<Reply> {
  const reply = await server.call(method, path, { ...(body !== undefined && { body }), ...options })
  if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`)
  return reply
}

async function credential(body: object = { policies: ['app'] }, options: object = {}): Promise<Credential> {
  const reply = await ok('POST', 'kms/aws-credentials', body, options)
  const [accessKeyId, secret] = [at(reply.body, 'data', 'access_key_id'), at(reply.body, 'data', 'secret_access_key')]
  return { accessKeyId: String(accessKeyId), secret: String(secret) }
}

const usual = (of: Credential, change: Partial<Signing> = {}): Signing => ({
  ...of,
  region: 'us-east-1',
  service: 'kms',
  timeMs: Date.now(),
  operation: 'ListKeys',
  body: '{}',
  signedHeaders: ALWAYS,
  headers: {},
  ...change,
})

const ask = (of: Credential, change: Partial<Signing> = {}): Promise<Answer> =>
  send(server.address, signed(server.address, usual(of, change)))

const typeOf = async (answer: Promise<Answer>): Promise<string> => {
  const { status, body } = await answer
  return `${status} ${String(body.__type ?? 'ok')}`
}

/** With another second. */
const another = (time: string): string => time.replace(/.Z$/, (end) => (end === '0Z' ? '1Z' : '0Z'))

describe('a signed request', () => {
  test('is answered as AWS answers', async () => {
    const { status, headers, body } = await ask(await credential())
    expect({ status, body }).toEqual({ status: 200, body: { Keys: [], Truncated: false } })
    expect(headers['content-type']).toBe('application/x-amz-json-1.1')
    expect(headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('may do what the policies of its credential say, and no more', async () => {
    const reader = await credential({ policies: ['reader'] })
    expect(await typeOf(ask(reader))).toBe('200 ok')
    expect(await typeOf(ask(reader, { operation: 'CreateKey' }))).toBe('400 AccessDeniedException')
  })

  const INVALID = '400 InvalidSignatureException'
  const changes: Readonly<Record<string, [change: (sent: Sent) => unknown, outcome: string]>> = {
    'another body': [(sent) => (sent.body = '{"Limit":1}'), INVALID],
    'another operation': [(sent) => (sent.headers['x-amz-target'] = 'TrentService.CreateKey'), INVALID],
    'another host': [(sent) => (sent.headers.host = 'kms.us-east-1.amazonaws.com'), INVALID],
    'another date': [(sent) => (sent.headers['x-amz-date'] = another(sent.headers['x-amz-date'] ?? '')), INVALID],
    'another signature': [
      (sent) =>
        (sent.headers.authorization = sent.headers.authorization?.replace(/.$/, (c) => (c === '0' ? '1' : '0')) ?? ''),
      INVALID,
    ],
    'another credential': [
      (sent) =>
        (sent.headers.authorization = sent.headers.authorization?.replace(/AKIA\w{16}/, 'AKIAIOSFODNN7EXAMPLE') ?? ''),
      '400 UnrecognizedClientException',
    ],
    'no signature': [(sent) => delete sent.headers.authorization, '400 MissingAuthenticationTokenException'],
    'a token of Vault': [
      (sent) => (sent.headers.authorization = `Bearer ${server.rootToken}`),
      '400 IncompleteSignatureException',
    ],
    'a path within': [(sent) => Object.assign(sent, { path: '/aws/kms/other' }), '404 UnknownOperationException'],
    'a query': [(sent) => Object.assign(sent, { path: '/aws/kms/?Action=ListKeys' }), '404 UnknownOperationException'],
    'another method': [(sent) => Object.assign(sent, { method: 'PUT' }), '405 UnknownOperationException'],
    'a session': [(sent) => (sent.headers['x-amz-security-token'] = 'x'), INVALID],
  }
  test.for(Object.entries(changes))('with %s is refused', async ([, [change, outcome]]) => {
    const sent = signed(server.address, usual(await credential()))
    change(sent)
    expect(await typeOf(send(server.address, sent))).toBe(outcome)
  })

  const signings: Readonly<Record<string, [change: Partial<Signing>, outcome: string]>> = {
    'for another region': [{ region: 'eu-central-1' }, INVALID],
    'for another service': [{ service: 's3' }, INVALID],
    'six minutes ago': [{ timeMs: Date.now() - 6 * 60_000 }, INVALID],
    'six minutes ahead': [{ timeMs: Date.now() + 6 * 60_000 }, INVALID],
    'with another secret': [{ secret: 'x'.repeat(40) }, INVALID],
    'without its host': [{ signedHeaders: ALWAYS.filter((name) => name !== 'host') }, INVALID],
    'without its operation': [{ signedHeaders: ALWAYS.filter((name) => name !== 'x-amz-target') }, INVALID],
    'without its date': [{ signedHeaders: ALWAYS.filter((name) => name !== 'x-amz-date') }, INVALID],
    'with another hash': [
      { headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }, signedHeaders: [...ALWAYS, 'x-amz-content-sha256'] },
      INVALID,
    ],
    'with a session': [
      { headers: { 'x-amz-security-token': 'x' }, signedHeaders: [...ALWAYS, 'x-amz-security-token'] },
      '400 UnrecognizedClientException',
    ],
    'for what there is not': [{ operation: 'ReplicateKey' }, '400 UnknownOperationException'],
    'for a path that climbs': [
      { operation: 'DeleteAlias', body: '{"AliasName":"alias/a/../../keys"}' },
      '400 ValidationException',
    ],
    'of what is no JSON': [{ body: '{' }, '400 SerializationException'],
    'of too much': [{ body: JSON.stringify({ Plaintext: 'A'.repeat(300_000) }) }, '413 RequestEntityTooLargeException'],
  }
  test.for(Object.entries(signings))('that is signed %s is refused', async ([, [change, outcome]]) => {
    expect(await typeOf(ask(await credential(), change))).toBe(outcome)
  })

  test('that is refused stands in the audit log, and no secret does, nor in the log or the database', async () => {
    const made = await credential()
    const { headers } = await ask(made, { region: 'eu-west-1' })
    const id = String(headers['x-amzn-requestid'])
    const log = readFileSync(server.auditFile, 'utf8')
    expect(log.split('\n').filter((line) => line.includes(id))).toEqual([
      expect.stringMatching(
        /"protocol":"aws-kms".*InvalidSignatureException|InvalidSignatureException.*"protocol":"aws-kms"/,
      ),
      expect.stringContaining('InvalidSignatureException'),
    ])
    expect(log).not.toContain(made.secret)
    expect(server.log).not.toContain(made.secret)
    const spellings = (['utf8', 'base64', 'hex'] as const).map((form) => Buffer.from(made.secret).toString(form))
    for (const file of readdirSync(server.dataDir).filter((name) => name.startsWith('egide.db'))) {
      const stored = readFileSync(path.join(server.dataDir, file))
      expect(spellings.filter((text) => stored.includes(text))).toEqual([])
    }
  })
})

describe('a credential', () => {
  test('is shown, listed and deleted; its secret is shown once, and refused from the moment it is deleted', async () => {
    const made = await credential({ policies: ['app'], description: 'orders' })
    const where = `kms/aws-credentials/${made.accessKeyId}`
    expect(made.accessKeyId).toMatch(/^AKIA[A-Z0-9]{16}$/)
    const read = await ok('GET', where)
    expect(read.body).toMatchObject({ data: { description: 'orders', policies: ['app'], valid: true } })
    expect(read.text).not.toContain(made.secret)
    expect((await ok('LIST', 'kms/aws-credentials')).text).toContain(made.accessKeyId)
    expect(await typeOf(ask(made))).toBe('200 ok')
    await ok('DELETE', where)
    expect(await typeOf(ask(made))).toBe('400 UnrecognizedClientException')
    expect((await server.call('GET', where)).status).toBe(404)
    await ok('DELETE', where)
  })

  /** What is told of the token that stands behind a credential. */
  async function behind({ accessKeyId }: Credential): Promise<Readonly<Record<string, unknown>>> {
    const accessors = (await ok('LIST', 'auth/token/accessors')).body
    for (const accessor of at(accessors, 'data', 'keys') as string[]) {
      const found = await server.call('POST', 'auth/token/lookup-accessor', { body: { accessor } })
      if (at(found.body, 'data', 'display_name') === `aws-${accessKeyId}`) return at(found.body, 'data') as never
    }
    throw new Error('there is none')
  }

  test('ends with its token, whoever revokes that', async () => {
    const made = await credential()
    const token = await behind(made)
    expect(token).toMatchObject({ meta: { access_key_id: made.accessKeyId }, orphan: true, ttl: 0 })
    await ok('POST', 'auth/token/revoke-accessor', { accessor: token.accessor })
    expect(await typeOf(ask(made))).toBe('400 UnrecognizedClientException')
    expect((await ok('GET', `kms/aws-credentials/${made.accessKeyId}`)).body).toMatchObject({ data: { valid: false } })
  })

  test('with a ttl says when it ends', async () => {
    const reply = await ok('POST', 'kms/aws-credentials', { policies: ['app'], ttl: '1h' })
    const [created, expires] = [at(reply.body, 'data', 'created'), at(reply.body, 'data', 'expires')]
    expect((Date.parse(String(expires)) - Date.parse(String(created))) / 1000).toBeCloseTo(3600, 0)
  })

  test('is taken back when the answer with its secret may not be wrapped', async () => {
    await ok('POST', 'sys/mounts/few', { type: 'kms' })
    await ok('POST', 'sys/quotas/lease-count/few', { path: 'few', max_leases: 1 })
    const asked = { body: { policies: ['app'] }, headers: { 'X-Vault-Wrap-TTL': '60' } }
    expect((await server.call('POST', 'few/aws-credentials', asked)).status).toBe(429)
    expect((await server.call('LIST', 'few/aws-credentials')).status).toBe(404)
    await ok('POST', 'few/aws-credentials', { policies: ['app'] })
    await ok('DELETE', 'sys/quotas/lease-count/few')
  })

  const minting = 'path "kms/aws-credentials" { capabilities = ["create", "update"] }'
  test('gets no policy that its maker has not, unless that one has sudo', async () => {
    await ok('PUT', 'sys/policies/acl/minter', { policy: minting })
    await ok('PUT', 'sys/policies/acl/chief', { policy: minting.replace(']', ', "sudo"]') })
    const tokenOf = async (body: object) => ({
      token: String(at((await ok('POST', 'auth/token/create', body)).body, 'auth', 'client_token')),
    })
    const minter = await tokenOf({ policies: ['minter', 'reader'] })
    const chief = await tokenOf({ policies: ['chief'] })
    expect(await typeOf(ask(await credential({ policies: ['reader'] }, minter)))).toBe('200 ok')
    expect(await typeOf(ask(await credential({ policies: ['app'] }, chief)))).toBe('200 ok')
    const refusals: [body: object, options: object, told: RegExp][] = [
      [{ policies: ['app'] }, minter, /must be subset/],
      [{ policies: ['root'] }, chief, /cannot have the policy \\"root\\"/],
      [{ policies: ['root'] }, {}, /cannot have the policy \\"root\\"/],
      [{ policies: [] }, {}, /at least one policy/],
      [{ policies: ['default'] }, {}, /beside \\"default\\"/],
      [{ policies: ['app'], ttl: -1 }, {}, /must not be negative/],
      [{ policies: ['app'], description: 'x'.repeat(513) }, {}, /longer than 512/],
      [{ policies: ['reader'] }, await tokenOf({ policies: ['minter', 'reader'], type: 'batch' }), /batch tokens/],
      [
        { policies: ['reader'] },
        await tokenOf({ policies: ['minter', 'reader'], num_uses: 5 }),
        /limited number of uses/,
      ],
    ]
    for (const [body, options, told] of refusals) {
      const reply = await server.call('POST', 'kms/aws-credentials', { body, ...options })
      expect([reply.status, reply.text]).toEqual([400, expect.stringMatching(told)])
    }
  })

  test('is good from where its maker is, unless that one has sudo', async () => {
    await ok('PUT', 'sys/policies/acl/makes', { policy: 'path "kms/aws-credentials" { capabilities = ["update"] }' })
    await ok('PUT', 'sys/policies/acl/gives', {
      policy: 'path "kms/aws-credentials" { capabilities = ["update", "sudo"] }',
    })
    await ok('POST', 'auth/token/roles/here', { token_bound_cidrs: '127.0.0.0/30' })
    const boundOf = async (policies: readonly string[]) => {
      const made = await ok('POST', 'auth/token/create/here', { policies })
      const token = String(at(made.body, 'auth', 'client_token'))
      return (await behind(await credential({ policies: ['app'] }, { token }))).bound_cidrs
    }
    expect(await boundOf(['makes', 'app'])).toEqual(['127.0.0.0/30'])
    expect(await boundOf(['gives'])).toBeUndefined()
  })

  test('is of its mount and its namespace, and ends with them', async () => {
    await ok('PUT', 'sys/namespaces/team')
    const inside = { headers: { 'X-Vault-Namespace': 'team' } }
    const mount = { type: 'kms', options: { region: 'eu-west-1', account_id: '111122223333' } }
    await ok('POST', 'sys/mounts/keys', mount, inside)
    await ok(
      'PUT',
      'sys/policies/acl/inside',
      { policy: 'path "keys/*" { capabilities = ["create", "update", "list"] }' },
      inside,
    )
    const reply = await ok('POST', 'keys/aws-credentials', { policies: ['inside'] }, inside)
    const made = {
      accessKeyId: String(at(reply.body, 'data', 'access_key_id')),
      secret: String(at(reply.body, 'data', 'secret_access_key')),
    }
    const created = await ask(made, { region: 'eu-west-1', operation: 'CreateKey' })
    const id = String(at(created.body, 'KeyMetadata', 'KeyId'))
    expect(at(created.body, 'KeyMetadata', 'Arn')).toBe(`arn:aws:kms:eu-west-1:111122223333:key/${id}`)
    expect(await typeOf(ask(made))).toBe('400 InvalidSignatureException')
    expect((await ask(await credential())).body).toEqual({ Keys: [], Truncated: false })
    const accessors = async () => (await server.call('LIST', 'auth/token/accessors', inside)).text
    expect(await accessors()).toContain('keys')
    await ok('DELETE', 'sys/mounts/keys', undefined, inside)
    // The token behind it is gone with the mount, though it had no end of its own.
    expect(await accessors()).toBe('{"errors":[]}\n')
    expect(await typeOf(ask(made, { region: 'eu-west-1' }))).toBe('400 UnrecognizedClientException')
  })
})

test('a sealed server is unavailable, and knows its credentials when it is open again', async () => {
  const made = await credential()
  await ok('PUT', 'sys/seal')
  expect(await typeOf(ask(made))).toBe('503 ServiceUnavailableException')
  await server.unseal()
  expect(await typeOf(ask(made))).toBe('200 ok')
})

// Last, since nobody gets in for an hour after it.
test('quotas hold, for those without a credential too', async () => {
  const made = await credential()
  await ok('POST', 'sys/quotas/rate-limit/kms', { path: 'kms/', rate: 3, interval: '1h' })
  const types: string[] = []
  for (let n = 0; n < 5; n++) types.push(await typeOf(ask(made)))
  expect(types).toEqual(['200 ok', '200 ok', '200 ok', '400 ThrottlingException', '400 ThrottlingException'])
  await ok('DELETE', 'sys/quotas/rate-limit/kms')
  await ok('POST', 'sys/quotas/rate-limit/all', { path: '', rate: 4, interval: '1h' })
  const strangers: string[] = []
  for (let n = 0; n < 6; n++) strangers.push(await typeOf(ask({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secret: 'x' })))
  expect(strangers.slice(0, 3)).toEqual(Array(3).fill('400 UnrecognizedClientException'))
  expect(strangers.slice(4)).toEqual(Array(2).fill('400 ThrottlingException'))
})
