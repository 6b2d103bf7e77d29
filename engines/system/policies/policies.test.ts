import { beforeEach, describe, expect, test } from 'vitest'
import { PasswordPolicyStore } from '../../../server/policy/password-policy-store.ts'
import { PolicyStore } from '../../../server/policy/policy-store.ts'
import { callerWith, memoryStore, RowBench, START_MS, TestClock, TestRandom } from '../../../test/harness/rows.ts'
import type { MountEntry, MountService } from '../services/mounts.ts'
import type { PolicyServices } from '../services/policies.ts'
import { policyRoutes } from './index.ts'

const CONFIG: MountEntry['config'] = {
  defaultLeaseTtlSeconds: 0,
  maxLeaseTtlSeconds: 3600,
  auditClearRequest: [],
  auditClearResponse: [],
  listingVisibility: '',
  passthroughRequestHeaders: [],
  allowedResponseHeaders: [],
  tokenType: 'default-service',
}
function mountAt(path: string, more: Partial<MountEntry> = {}): MountEntry {
  return {
    uuid: `uuid of ${path}`,
    accessor: `accessor of ${path}`,
    kind: path.startsWith('auth/') ? 'auth' : 'secret',
    path,
    type: 'kv',
    description: '',
    options: {},
    config: CONFIG,
    local: false,
    sealWrap: false,
    externalEntropyAccess: false,
    leaving: false,
    ...more,
  }
}
const MOUNTS = [
  mountAt('secret/', { options: { version: '2' } }),
  mountAt('kv/'),
  mountAt('public/', { config: { ...CONFIG, listingVisibility: 'unauth' } }),
  mountAt('old/', { leaving: true }),
  mountAt('auth/token/', { type: 'token' }),
]
const mounts = {
  all: async () => MOUNTS,
  holding: async (path: string) => MOUNTS.find((entry) => path.startsWith(entry.path)),
} as unknown as MountService

const TOKENS: Readonly<Record<string, readonly string[]>> = { 's.team': ['default', 'team'], 's.root': ['root'] }
const subjects = {
  tokenPolicies: async (token: string) => TOKENS[token],
  accessorPolicies: async (accessor: string) => TOKENS[`s.${accessor}`],
}

let clock: TestClock
let bench: RowBench<PolicyServices>
beforeEach(async () => {
  const store = memoryStore()
  const random = new TestRandom()
  clock = new TestClock()
  const policies = new PolicyStore({ store, namespace: { id: 'root', path: '' }, clock, random })
  await policies.addInitial()
  const passwordPolicies = new PasswordPolicyStore({ store, random })
  const services = { policies, passwordPolicies, policySubjects: subjects, mounts }
  bench = new RowBench<PolicyServices>(policyRoutes, { services, store, clock, random })
})

const TEAM = `path "secret/data/team/*" { capabilities = ["create", "read", "update"] }
path "secret/data/team/locked" { capabilities = ["deny"] }
path "secret/data/+/shared" { capabilities = ["list"] }`
const writeTeam = () => bench.call('update', 'policies/acl/team', { policy: TEAM })
const team = callerWith(['default', 'team'])

describe('sys/policies/acl', () => {
  test('a policy is written without a word, and read back as it was', async () => {
    expect(await writeTeam()).toBeUndefined()
    expect(await bench.call('read', 'policies/acl/team')).toEqual({
      data: {
        name: 'team',
        policy: TEAM,
        version: 1,
        cas_required: false,
        allow_slashes_in_identity_templates: false,
        allow_wildcards_in_identity_templates: false,
        modified: '2030-01-01T00:00:00.000Z',
      },
    })
    expect(await bench.data('list', 'policies/acl/')).toEqual({ keys: ['default', 'team', 'root'] })
  })

  test('base64 is taken for what it holds, and what only looks like it is refused', async () => {
    await bench.call('update', 'policies/acl/p', { policy: Buffer.from(TEAM).toString('base64') })
    expect(await bench.data('read', 'policies/acl/p')).toMatchObject({ policy: TEAM })
    const bytes = Buffer.from([0xff, 0xfe, 0x00]).toString('base64')
    await expect(bench.call('update', 'policies/acl/p', { policy: bytes })).rejects.toThrow('not of text in UTF-8')
  })

  test('a name is told when it is changed', async () => {
    const answer = await bench.call('update', 'policies/acl/Team/A', { policy: TEAM, unknown: 1 })
    expect(answer?.warnings).toEqual([
      'policy name was converted to team/a',
      'Endpoint ignored these unrecognized parameters: [unknown]',
    ])
    expect(await bench.data('list', 'policies/acl/team/')).toEqual({ keys: ['team/a'] })
    await expect(bench.call('list', 'policies/acl/nothing/')).rejects.toMatchObject({ code: 'not_found', message: '' })
  })

  test('ttl and expiration are two ways to say one thing', async () => {
    await bench.call('update', 'policies/acl/p', { policy: TEAM, ttl: '1h' })
    expect(await bench.data('read', 'policies/acl/p')).toMatchObject({ expiration: '2030-01-01T01:00:00.000Z' })
    await bench.call('patch', 'policies/acl/p', { expiration: '2030-01-01T02:00:00Z' })
    expect(await bench.data('read', 'policies/acl/p')).toMatchObject({
      expiration: '2030-01-01T02:00:00.000Z',
      version: 2,
    })
    clock.nowMs = START_MS + 7_200_001
    await expect(bench.call('read', 'policies/acl/p')).rejects.toMatchObject({ code: 'not_found' })
    expect(await bench.data('list', 'policies/acl')).toEqual({ keys: ['default', 'root'] })
  })

  const refusals: Record<string, [data: Record<string, unknown>, message: string]> = {
    'no policy': [{}, "'policy' parameter not supplied or empty"],
    'both ends': [
      { policy: TEAM, ttl: 5, expiration: '2031-01-01T00:00:00Z' },
      "cannot supply both 'expiration' and 'ttl' for policies",
    ],
    'an end that has passed': [
      { policy: TEAM, expiration: '2029-12-31T23:59:59Z' },
      'refusing to update policy as expiration time has already elapsed',
    ],
    'no time at all': [{ policy: TEAM, ttl: 0 }, 'refusing to update policy as expiration time has already elapsed'],
    'a policy that is no policy': [{ policy: 'path "x" {' }, "failed to parse policy: line 1: this '{' is not closed"],
    'a wrong version': [{ policy: TEAM, cas: 4 }, 'check-and-set parameter did not match the current version'],
    'a policy that is no text': [{ policy: {} }, 'error converting input for field "policy": expected a string'],
  }
  for (const [what, [data, message]] of Object.entries(refusals)) {
    test(`refuses ${what}`, async () => {
      await expect(bench.call('update', 'policies/acl/p', data)).rejects.toMatchObject({
        code: 'invalid_request',
        message,
      })
    })
  }

  test('a patch leaves alone what it does not name', async () => {
    await bench.call('update', 'policies/acl/p', {
      policy: TEAM,
      cas: -1,
      cas_required: true,
      allow_slashes_in_identity_templates: true,
    })
    await bench.call('patch', 'policies/acl/p', { allow_wildcards_in_identity_templates: 'true' })
    expect(await bench.data('read', 'policies/acl/p')).toMatchObject({
      policy: TEAM,
      version: 2,
      cas_required: true,
      allow_slashes_in_identity_templates: true,
      allow_wildcards_in_identity_templates: true,
    })
    await expect(bench.call('patch', 'policies/acl/p', { policy: '' })).rejects.toThrow('not supplied or empty')
    await expect(bench.call('patch', 'policies/acl/none', { policy: TEAM })).rejects.toMatchObject({
      code: 'not_found',
      message: 'policy not found',
    })
  })

  test('what the server needs can be read, and not removed', async () => {
    expect(await bench.data('read', 'policies/acl/root')).toMatchObject({ name: 'root', policy: '', version: 0 })
    expect(String((await bench.data('read', 'policies/acl/response-wrapping')).policy)).toContain('sys/wrapping/unwrap')
    for (const name of ['root', 'response-wrapping', 'default'])
      await expect(bench.call('delete', `policies/acl/${name}`)).rejects.toMatchObject({ code: 'invalid_request' })
    await writeTeam()
    expect(await bench.call('delete', 'policies/acl/team')).toBeUndefined()
    await expect(bench.call('read', 'policies/acl/team')).rejects.toMatchObject({ code: 'not_found', message: '' })
  })

  test('the detailed list tells of each what reading it would', async () => {
    await writeTeam()
    const { keys, key_info } = await bench.data('list', 'policies/detailed/acl')
    expect(keys).toEqual(['default', 'team', 'root'])
    expect((key_info as Record<string, unknown>).team).toEqual(await bench.data('read', 'policies/acl/team'))
    await bench.call('update', 'policies/acl/a/b', { policy: TEAM })
    expect((await bench.data('list', 'policies/detailed/acl/a')).keys).toEqual(['a/b'])
  })
})

describe('sys/policy', () => {
  test('takes rules or policy, and answers rules, at the top as well', async () => {
    expect(await bench.call('update', 'policy/p', { rules: TEAM })).toEqual({
      warnings: ["'rules' is deprecated, please use 'policy' instead"],
    })
    expect(await bench.call('update', 'policy/p', { policy: TEAM })).toBeUndefined()
    const answer = await bench.call('read', 'policy/p')
    expect(answer).toMatchObject({ data: { name: 'p', rules: TEAM, version: 2 }, topLevel: true })
    expect(answer?.data).not.toHaveProperty('policy')
    for (const operation of ['read', 'list'] as const) {
      expect(await bench.call(operation, 'policy')).toEqual({
        data: { keys: ['default', 'p', 'root'], policies: ['default', 'p', 'root'] },
        topLevel: true,
      })
    }
    await bench.call('delete', 'policy/p')
    await expect(bench.call('read', 'policy/p')).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('sys/capabilities', () => {
  beforeEach(writeTeam)

  test('one path answers in both places, several by path', async () => {
    const one = { paths: ['secret/data/team/a'] }
    expect(await bench.call('update', 'capabilities-self', one, { caller: team })).toEqual({
      data: {
        'secret/data/team/a': ['create', 'read', 'update'],
        capabilities: ['create', 'read', 'update'],
      },
      topLevel: true,
    })
    const data = { path: 'secret/data/team/locked,/secret/data/x/shared,other' }
    expect(await bench.data('update', 'capabilities', { ...data, token: 's.team' })).toEqual({
      'secret/data/team/locked': ['deny'],
      '/secret/data/x/shared': ['list'],
      other: ['deny'],
    })
    expect(await bench.data('update', 'capabilities-accessor', { paths: 'x', accessor: 'root' })).toEqual({
      x: ['root'],
      capabilities: ['root'],
    })
  })

  test('a path may have any name', async () => {
    const paths = ['__proto__', 'constructor']
    const answer = await bench.data('update', 'capabilities', { paths, token: 's.root' })
    expect(Object.entries(answer)).toEqual(paths.map((path) => [path, ['root']]))
  })

  const refusals: Record<string, [path: string, data: Record<string, unknown>, message: string]> = {
    'no paths': ['capabilities-self', {}, 'paths must be supplied'],
    'no token': ['capabilities', { paths: 'a' }, 'no token found'],
    'what is no token': ['capabilities', { paths: 'a', token: 's.none' }, 'invalid token'],
    'no accessor': ['capabilities-accessor', { paths: 'a' }, 'missing accessor'],
    'what is no accessor': ['capabilities-accessor', { paths: 'a', accessor: 'none' }, 'invalid accessor'],
    'too many paths': ['capabilities-self', { paths: Array(10_001).fill('a') }, 'more than 10000 paths'],
  }
  for (const [what, [path, data, message]] of Object.entries(refusals)) {
    test(`refuses ${what}`, async () => {
      await expect(bench.call('update', path, data)).rejects.toMatchObject({ code: 'invalid_request', message })
    })
  }
})

describe('sys/internal/ui', () => {
  const nobody = { caller: undefined, token: undefined }
  beforeEach(writeTeam)

  test('mounts: all of them for root, those it can use for a token, those that are public for anybody', async () => {
    const all = await bench.data('read', 'internal/ui/mounts')
    expect(Object.keys(all.secret as object)).toEqual(['secret/', 'kv/', 'public/'])
    expect(Object.keys(all.auth as object)).toEqual(['token/'])
    const some = await bench.data('read', 'internal/ui/mounts', {}, { caller: team })
    expect(Object.keys(some.secret as object)).toEqual(['secret/', 'public/'])
    expect((some.secret as Record<string, unknown>)['secret/']).toMatchObject({
      type: 'kv',
      uuid: 'uuid of secret/',
      options: { version: '2' },
      config: { default_lease_ttl: 0, max_lease_ttl: 3600, force_no_cache: false },
    })
    expect(await bench.data('read', 'internal/ui/mounts', {}, nobody)).toEqual({
      secret: { 'public/': { type: 'kv', description: '', options: null } },
      auth: {},
    })
    const stale = { caller: undefined, token: 's.stale' }
    await expect(bench.call('read', 'internal/ui/mounts', {}, stale)).rejects.toMatchObject({
      code: 'permission_denied',
    })
  })

  test('a mount is told to those who can use it; whether there is one, to nobody else', async () => {
    const answer = await bench.data('read', 'internal/ui/mounts/secret/team/a', {}, { caller: team })
    expect(answer).toMatchObject({ path: 'secret/', type: 'kv', options: { version: '2' } })
    expect(await bench.data('read', 'internal/ui/mounts/secret', {}, { caller: team })).toEqual(answer)
    for (const path of ['kv/a', 'nowhere/a']) {
      await expect(bench.call('read', `internal/ui/mounts/${path}`, {}, { caller: team })).rejects.toMatchObject({
        code: 'permission_denied',
        message: `preflight capability check returned 403, please ensure client's policies grant access to path "${path}/"`,
      })
    }
    await expect(bench.call('read', 'internal/ui/mounts/secret', {}, nobody)).rejects.toMatchObject({
      message: 'permission denied',
    })
  })

  test('resultant-acl and namespaces', async () => {
    expect(await bench.data('read', 'internal/ui/resultant-acl')).toEqual({ root: true })
    expect(await bench.data('read', 'internal/ui/resultant-acl', {}, { caller: callerWith(['team']) })).toEqual({
      root: false,
      exact_paths: { 'secret/data/team/locked': { capabilities: ['deny'] } },
      glob_paths: { 'secret/data/team/': { capabilities: ['create', 'read', 'update'] } },
    })
    expect(await bench.data('read', 'internal/ui/namespaces')).toEqual({ keys: [] })
    await expect(bench.call('read', 'internal/ui/namespaces', {}, nobody)).rejects.toThrow('permission denied')
  })
})

describe('sys/policies/explain', () => {
  beforeEach(writeTeam)

  test('names the block that decided, and those it overruled', async () => {
    const asked = { path: '/secret/data/team/locked', operation: 'read' }
    expect(await bench.data('update', 'policies/explain-self', asked, { caller: team })).toEqual({
      allowed: false,
      reason: 'denied',
      message: '"secret/data/team/locked" denies, and a denial wins over whatever else is given for the same path',
      sudo: false,
      capabilities: ['deny'],
      decided_by: 'secret/data/team/locked',
      rules: [
        {
          policy: 'team',
          line: 2,
          source: 'secret/data/team/locked',
          path: 'secret/data/team/locked',
          capabilities: ['deny'],
        },
      ],
      overruled: [
        {
          policy: 'team',
          line: 1,
          source: 'secret/data/team/*',
          path: 'secret/data/team/*',
          capabilities: ['create', 'read', 'update'],
        },
      ],
      missing_policies: [],
    })
  })

  test('of several wildcards the closest is named first, and missing policies are told', async () => {
    const policies = ['wide', 'team', 'gone', 'ending']
    await bench.call('update', 'policies/acl/wide', { policy: 'path "*" { capabilities = ["read", "sudo"] }' })
    await bench.call('update', 'policies/acl/ending', { policy: 'path "secret/*" { capabilities=["list"] }', ttl: 9 })
    const asked = { path: 'secret/data/team/shared', operation: 'delete', policies }
    const before = await bench.data('update', 'policies/explain', asked)
    expect(before).toMatchObject({
      allowed: false,
      reason: 'missing_capability',
      decided_by: 'secret/data/team/*',
      overruled: [
        { path: 'secret/data/+/shared' },
        { path: 'secret/*', expiration: '2030-01-01T00:00:09.000Z' },
        { path: '*' },
      ],
      missing_policies: ['gone'],
    })
    clock.nowMs += 10_000
    expect(await bench.data('update', 'policies/explain', asked)).toMatchObject({
      overruled: [{ path: 'secret/data/+/shared' }, { path: '*' }],
      missing_policies: ['gone', 'ending'],
    })
  })

  test('asks about a token, an accessor, or the caller', async () => {
    const path = 'secret/data/team/a'
    const reasons = { token: 's.team', accessor: 'team' }
    for (const [field, value] of Object.entries(reasons))
      expect(await bench.data('update', 'policies/explain', { path, [field]: value })).toMatchObject({
        allowed: true,
        reason: 'granted',
        message: '"secret/data/team/*" gives read',
      })
    expect(await bench.data('update', 'policies/explain', { path })).toMatchObject({ reason: 'root', decided_by: null })
    await expect(bench.call('update', 'policies/explain', { path, token: 'a', accessor: 'b' })).rejects.toThrow(
      'one of',
    )
    await expect(bench.call('update', 'policies/explain', { path, token: 's.none' })).rejects.toThrow('invalid token')
  })

  test('the default policy lets every token ask about itself', async () => {
    const path = 'sys/policies/explain-self'
    expect(
      await bench.data('update', 'policies/explain-self', { path, operation: 'update' }, { caller: team }),
    ).toMatchObject({ allowed: true, rules: [{ policy: 'default' }] })
  })
})

describe('sys/policies/password', () => {
  const STRONG = 'length = 20\nrule "charset" { charset = "abc" min-chars = 2 }\nrule "charset" { charset = "0123" }'

  test('is written, listed, read, used and deleted', async () => {
    await expect(bench.call('list', 'policies/password')).rejects.toMatchObject({ code: 'not_found', message: '' })
    expect(await bench.call('update', 'policies/password/a/b', { policy: STRONG })).toBeUndefined()
    expect(await bench.data('list', 'policies/password')).toEqual({ keys: ['a/b'] })
    expect(await bench.data('read', 'policies/password/a/b')).toEqual({ policy: STRONG })
    const { password } = await bench.data('read', 'policies/password/a/b/generate')
    expect(password).toMatch(/^[abc0123]{20}$/)
    expect((await bench.data('read', 'policies/password/a/b/generate')).password).not.toBe(password)
    await bench.call('delete', 'policies/password/a/b')
    for (const path of ['policies/password/a/b', 'policies/password/a/b/generate'])
      await expect(bench.call('read', path)).rejects.toMatchObject({
        code: 'not_found',
        message: 'policy does not exist',
      })
  })

  const refusals: Record<string, [policy: string, message: RegExp]> = {
    nothing: ['', /^missing policy$/],
    'a password too short': ['length = 3\nrule "charset" { charset = "a" }', /^passwords must be between 4 and 100/],
    'a password too long': ['length = 101\nrule "charset" { charset = "a" }', /^passwords must be between 4 and 100/],
    'rules that ask for too much': [
      'length = 4\nrule "charset" { charset = "a" min-chars = 5 }',
      /^invalid password policy: specified rules require at least 5 characters but 4 is specified$/,
    ],
    'no characters': ['length = 8', /no charset specified/],
    'no length': ['rule "charset" { charset = "a" }', /length must be > 0/],
    'a rule of another kind': ['length = 8\nrule "words" { }', /unrecognized rule type words/],
    'a misspelt key': ['length = 8\nrule "charset" { charset = "a" min_chars = 1 }', /unknown key "min_chars"/],
    'control characters': ['length = 8\nrule "charset" { charset = "a\\u0007" }', /non-printable/],
    'what is not HCL': ['length = ', /^invalid password policy: line 1/],
  }
  for (const [what, [policy, message]] of Object.entries(refusals)) {
    test(`refuses ${what}`, async () => {
      await expect(bench.call('update', 'policies/password/p', { policy })).rejects.toMatchObject({
        code: 'invalid_request',
        message: expect.stringMatching(message),
      })
    })
  }
})

test('every row says what it is for, and every field what it means', () => {
  for (const row of policyRoutes) {
    expect(row.summary, row.pattern).not.toBe('')
    for (const [name, { description }] of Object.entries(row.fields))
      expect(description, `${row.pattern} ${name}`).not.toBe('')
  }
})
