import { beforeEach, describe, expect, test } from 'vitest'
import { type PolicyBench, policyBench, team, writeTeam } from '../../../test/harness/policy-bench.ts'
import { callerWith } from '../../../test/harness/rows.ts'

let setUp: PolicyBench
let bench: PolicyBench['bench']
beforeEach(async () => {
  setUp = await policyBench()
  bench = setUp.bench
})

describe('sys/internal/ui', () => {
  const nobody = { caller: undefined, token: undefined }
  beforeEach(() => writeTeam(setUp))

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
      secret: { 'public/': { type: 'kv', description: '', options: {} } },
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
