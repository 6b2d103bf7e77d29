import { expect, test } from 'vitest'
import type { TestNamespace } from '../../../test/core/test-namespace.ts'
import { twoNodes } from '../../../test/core/two-nodes.ts'

/** One node is paused before each step of a removal or a move in turn, and another goes on where it stands. */

interface Case {
  /** What the paused node does. */
  readonly work: (world: TestNamespace) => Promise<unknown>
  /** What another does while it is paused. */
  readonly meanwhile: (second: TestNamespace) => Promise<unknown>
  readonly check: (second: TestNamespace, nth: number) => Promise<unknown>
}

/** Runs a case with the pause before the first step, the second, … until the work makes fewer. */
async function atEveryStep({ work, meanwhile, check }: Case): Promise<void> {
  let nth = 1
  for (; ; nth++) {
    const [node, second] = await twoNodes()
    const pause = node.before(nth, () => meanwhile(second))
    await work(node.world).catch(() => {})
    if (!pause.met) break
    for (let sweep = 0; sweep < 3; sweep++) await second.sweep()
    await second.namespace.store.refresh()
    await check(second, nth)
  }
  expect(nth).toBeGreaterThan(1)
}

const login = async (world: TestNamespace): Promise<string> => {
  const { auth } = await world.call('update', 'auth/door/login', {}, { token: undefined })
  return auth?.clientToken ?? ''
}
const move = (world: TestNamespace, from: string, to: string) => world.call('update', 'sys/remount', { from, to })
/** Finishes what the paused node began, and puts another mount in the place, if it is free by then. */
async function takeOver(second: TestNamespace, where: string, type: string): Promise<boolean> {
  second.pass(120)
  for (let sweep = 0; sweep < 3; sweep++) await second.sweep()
  return second.call('update', where, { type }).then(
    () => true,
    () => false,
  )
}

for (const [what, to] of [
  ['removed', undefined],
  ['moved', 'else/where'],
] as const) {
  const leave = (world: TestNamespace, path: string) =>
    to === undefined
      ? world.call('delete', path.startsWith('auth/') ? `sys/${path}` : `sys/mounts/${path}`)
      : move(world, path, path.startsWith('auth/') ? `auth/${to}` : to)

  test(`tokens of the next auth method at a path stay when a node that ${what} the one before goes on late`, async () => {
    let times = 0
    let given: string[] = []
    await atEveryStep({
      work: async (world) => {
        await login(world)
        await leave(world, 'auth/door')
      },
      meanwhile: async (second) => {
        if (await takeOver(second, 'sys/auth/door', 'door')) given.push(await login(second))
      },
      check: async (second, nth) => {
        const [token] = given
        if (token !== undefined) expect(await second.isValid(token), `step ${nth}`).toBe(true)
        times += given.length
        given = []
      },
    })
    expect(times).toBeGreaterThan(0)
  })

  test(`leases of the next mount at a path stay when a node that ${what} the one before goes on late`, async () => {
    let times = 0
    let given: string[] = []
    await atEveryStep({
      work: async (world) => {
        await world.call('read', 'creds/user')
        await leave(world, 'creds')
      },
      meanwhile: async (second) => {
        if (!(await takeOver(second, 'sys/mounts/creds', 'creds'))) return
        given.push((await second.call('read', 'creds/user')).leaseId)
      },
      check: async (second, nth) => {
        if (given.length > 0) expect(await second.rows('leases/id/'), `step ${nth}`).toContain(given[0])
        times += given.length
        given = []
      },
    })
    expect(times).toBeGreaterThan(0)
  })
}

/** Whether the paused node has begun to move or remove what lies there. */
async function hasBegun(second: TestNamespace, path: string): Promise<boolean> {
  await second.namespace.store.refresh()
  return (await second.namespace.mounts.at(path))?.leaving !== false
}

const outcomeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: Error) => error.message,
  )

test('a move that another node finished is not made again, whatever became of the mount since', async () => {
  let isBegun = false
  await atEveryStep({
    work: (world) => move(world, 'creds', 'users'),
    meanwhile: async (second) => {
      isBegun = await hasBegun(second, 'creds/')
      await second.sweep()
      await outcomeOf(move(second, 'users', 'elsewhere'))
    },
    check: async (second, nth) => {
      const there = (await second.namespace.mounts.all()).filter(({ type }) => type === 'creds')
      expect(there, `step ${nth}`).toMatchObject([{ path: isBegun ? 'elsewhere/' : 'users/', leaving: false }])
    },
  })
  expect(isBegun).toBe(true)
})

test.each([
  ['auth/door', 'auth/gate', (second: TestNamespace) => second.call('update', 'sys/auth/gate', { type: 'door' })],
  ['creds', 'users', (second: TestNamespace) => second.call('update', 'sys/namespaces/users')],
  ['creds', 'users/deep', (second: TestNamespace) => second.call('update', 'sys/namespaces/users')],
])('while %s moves to %s nothing else is made there', async (from, to, other) => {
  let [isBegun, outcome] = [false, '']
  await atEveryStep({
    work: (world) => move(world, from, to),
    meanwhile: async (second) => {
      isBegun = await hasBegun(second, `${from}/`)
      outcome = await outcomeOf(other(second))
    },
    check: async (second, nth) => {
      const isMoved = (await second.namespace.mounts.at(`${from}/`)) === undefined
      expect([isMoved, outcome === 'done'], `step ${nth}: ${outcome}`).toEqual([isBegun, !isBegun])
      expect((await second.namespace.mounts.all()).filter(({ leaving }) => leaving)).toEqual([])
    },
  })
  expect([isBegun, outcome]).toEqual([true, expect.stringContaining(`${to}/`)])
})

test.each([
  ['moved elsewhere', (second: TestNamespace) => move(second, 'creds', 'elsewhere')],
  ['removed', (second: TestNamespace) => second.call('delete', 'sys/mounts/creds')],
])('a mount that is being moved is not %s', async (_what, other) => {
  let [isBegun, uuid, outcome] = [false, '', '']
  await atEveryStep({
    work: async (world) => {
      uuid = (await world.namespace.mounts.at('creds/'))?.uuid ?? ''
      await move(world, 'creds', 'users')
    },
    meanwhile: async (second) => {
      isBegun = await hasBegun(second, 'creds/')
      outcome = await outcomeOf(other(second))
    },
    check: async (second, nth) => {
      const place = (await second.namespace.mounts.all()).find((entry) => entry.uuid === uuid)?.path
      expect(place === 'users/', `step ${nth}: ${outcome}`).toBe(isBegun)
    },
  })
  expect(isBegun).toBe(true)
})

test('a node forgets the mounts that another removed', async () => {
  const [{ world }, second] = await twoNodes()
  const { mounts } = world.namespace
  await second.call('update', 'sys/mounts/one', { type: 'kv' })
  await world.refusal('read', 'one/a')
  const before = mounts.openedMounts
  for (let round = 0; round < 20; round++) {
    await second.call('delete', 'sys/mounts/one')
    await second.call('update', 'sys/mounts/one', { type: 'kv' })
    await world.refusal('read', 'one/a')
  }
  expect(mounts.openedMounts).toBe(before)
})
