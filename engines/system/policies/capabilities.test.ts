import { beforeEach, describe, expect, test } from 'vitest'
import { type PolicyBench, policyBench, team, writeTeam } from '../../../test/harness/policy-bench.ts'

let setUp: PolicyBench
let bench: PolicyBench['bench']
beforeEach(async () => {
  setUp = await policyBench()
  bench = setUp.bench
})

describe('sys/capabilities', () => {
  beforeEach(() => writeTeam(setUp))

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
