import { beforeEach, describe, expect, test } from 'vitest'
import { type PolicyBench, policyBench, team, writeTeam } from '../../../test/harness/policy-bench.ts'

let setUp: PolicyBench
let bench: PolicyBench['bench']
let clock: PolicyBench['clock']
beforeEach(async () => {
  setUp = await policyBench()
  bench = setUp.bench
  clock = setUp.clock
})

describe('sys/policies/explain', () => {
  beforeEach(() => writeTeam(setUp))

  test('names the block that decided, and those it overruled', async () => {
    const asked = { path: '/secret/data/team/locked', operation: 'read' }
    expect(await bench.data('update', 'policies/explain-self', asked, { caller: team })).toEqual({
      allowed: false,
      reason: 'denied',
      message: '"secret/data/team/locked" denies, and a denial wins over whatever else is given for the same path',
      sudo: false,
      needs_sudo: false,
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
      change: {
        message: 'write in policy "team", line 2: path "secret/data/team/locked" { capabilities = ["read"] }',
        edits: [
          {
            action: 'change',
            policy: 'team',
            line: 2,
            path: 'secret/data/team/locked',
            capabilities: ['read'],
          },
        ],
      },
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

  test.each(['sys/policies/explain', 'sys/policies/explain-self'])(
    'the default policy lets nobody ask: %s',
    async (path) => {
      expect(
        await bench.data('update', 'policies/explain-self', { path, operation: 'update' }, { caller: team }),
      ).toMatchObject({ allowed: false })
    },
  )
})
