import { beforeEach, describe, expect, test } from 'vitest'
import { type PolicyBench, policyBench, TEAM, writeTeam } from '../../../test/harness/policy-bench.ts'
import { START_MS } from '../../../test/harness/rows.ts'
import { policyRoutes } from './index.ts'

let setUp: PolicyBench
let bench: PolicyBench['bench']
let clock: PolicyBench['clock']
beforeEach(async () => {
  setUp = await policyBench()
  bench = setUp.bench
  clock = setUp.clock
})

describe('sys/policies/acl', () => {
  test('a policy is written without a word, and read back as it was', async () => {
    expect(await writeTeam(setUp)).toBeUndefined()
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

  test('one of blank lines is stored, and grants nothing', async () => {
    await bench.call('update', 'policies/acl/p', { policy: '\n' })
    expect(await bench.data('read', 'policies/acl/p')).toMatchObject({ policy: '\n' })
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
    await writeTeam(setUp)
    expect(await bench.call('delete', 'policies/acl/team')).toBeUndefined()
    await expect(bench.call('read', 'policies/acl/team')).rejects.toMatchObject({ code: 'not_found', message: '' })
  })

  test('the detailed list tells of each what reading it would', async () => {
    await writeTeam(setUp)
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

test('every row says what it is for, and every field what it means', () => {
  for (const row of policyRoutes) {
    expect(row.summary, row.pattern).not.toBe('')
    for (const [name, { description }] of Object.entries(row.fields))
      expect(description, `${row.pattern} ${name}`).not.toBe('')
  }
})
