import { describe, expect, test } from 'vitest'
import { TestNamespace } from '../../../test/core/test-namespace.ts'
import { twoNodes } from '../../../test/core/two-nodes.ts'

/** Of two nodes that make a namespace and a mount of one name at one moment, one is refused, whichever commit the other comes before. */

const make = (world: TestNamespace) => world.call('update', 'sys/namespaces/team')
const mounts = {
  mount: (world: TestNamespace) => world.call('update', 'sys/mounts/team/kv', { type: 'kv' }),
  move: (world: TestNamespace) => world.call('update', 'sys/remount', { from: 'creds', to: 'team' }),
}

/** Which of the two there are, as a third node finds them. */
async function found({ backend, cipher, clock, root }: TestNamespace): Promise<string[]> {
  const third = await TestNamespace.over({ backend, cipher, clock })
  third.root = root
  await third.namespace.open()
  const there = (await third.namespace.mounts.all()).map(({ path, leaving }) => (leaving ? `${path} leaving` : path))
  const { keys = [] } = await third.data('list', 'sys/namespaces').catch(() => ({}) as Record<string, unknown>)
  return [...there.filter((path) => path.startsWith('team/')), ...(keys as string[]).map((name) => `namespace ${name}`)]
}

const outcome = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'made',
    (error: Error) => error.message,
  )

describe.each(Object.entries(mounts))('a namespace and a %s to its name', (_, mount) => {
  test.each([
    ['the namespace is made while the mount is', mount, make],
    ['the mount is made while the namespace is', make, mount],
  ])('exactly one is there in the end: %s', async (_what, first, other) => {
    let nth = 1
    for (; ; nth++) {
      const [node, second] = await twoNodes()
      let otherOutcome = ''
      const pause = node.before(nth, async () => {
        otherOutcome = await outcome(other(second))
      })
      await outcome(first(node.world))
      if (!pause.met) break
      const there = await found(second)
      expect(there, `before step ${nth}: ${otherOutcome}`).toHaveLength(1)
    }
    expect(nth).toBeGreaterThan(1)
  })
})

test('a name whose namespace was never finished can be a mount’s when that is cleared away', async () => {
  const world = await TestNamespace.create()
  const { claims } = world.namespace.mounts
  await claims.claim('team', 'abcdef')
  expect(await world.refusal('update', 'sys/mounts/team', { type: 'kv' })).toContain('path is already in use at team/')
  await claims.release('team', 'abcdef')
  await world.call('update', 'sys/mounts/team', { type: 'kv' })
  expect(await world.refusal('update', 'sys/namespaces/team')).toContain('conflicts with existing mount: team/')
  expect(await world.rows('namespace-claims/')).toEqual([])
})
