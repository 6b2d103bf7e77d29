import { expect, test } from 'vitest'
import { memoryStore, TestClock } from '../../../test/harness/rows.ts'
import { type AltNames, altNamesDer, NO_ALT_NAMES } from '../x509/alt-names.ts'
import { implicit, sequence } from '../x509/der.ts'
import { EXTENSION } from '../x509/extensions.ts'
import { putProven } from './authorizations.ts'
import { type Authorization, acmeRows, authorizationCodec, type Identifier } from './documents.ts'
import { hasProvenAll } from './proven.ts'

const HOUR_MS = 3_600_000

async function world() {
  const [store, clock] = [memoryStore(), new TestClock()]
  let count = 0
  const put = (authorization: Authorization) =>
    store.transaction((tx) => tx.put(acmeRows.authorization(authorization.id), authorization, authorizationCodec))
  const holdsValue = (id: string, value: Buffer): Promise<boolean> => {
    const extensions = [{ id: EXTENSION.altNames, critical: false, value }]
    return hasProvenAll({ id }, { extensions }, { store, clock })
  }
  return {
    clock,
    put,
    prove: async (accountId: string, identifier: Identifier, wildcard = false): Promise<Authorization> => {
      count++
      const made: Authorization = {
        id: `authorization-${count}`,
        accountId,
        identifier,
        wildcard,
        status: 'valid',
        expiresMs: clock.now() + HOUR_MS,
        challenges: [],
      }
      await put(made)
      await store.transaction((tx) => putProven(tx, made))
      return made
    },
    holds: (id: string, names: Partial<AltNames>): Promise<boolean> =>
      holdsValue(id, altNamesDer({ ...NO_ALT_NAMES, ...names })),
    holdsValue,
    holdsNothing: (id: string): Promise<boolean> => hasProvenAll({ id }, { extensions: [] }, { store, clock }),
  }
}

const dns = (value: string): Identifier => ({ type: 'dns', value })

test('all names have to be proven, by the account itself', async () => {
  const { prove, holds } = await world()
  await prove('a', dns('one.test'))
  expect(await holds('a', { dns: ['one.test'] })).toBe(true)
  expect(await holds('a', { dns: ['ONE.test'] })).toBe(true)
  expect(await holds('b', { dns: ['one.test'] })).toBe(false)
  expect(await holds('a', { dns: ['one.test', 'two.test'] })).toBe(false)
  await prove('a', dns('two.test'))
  expect(await holds('a', { dns: ['one.test', 'two.test'] })).toBe(true)
  expect(await holds('a', { dns: ['one.test'], ip: ['2001:db8::1'] })).toBe(false)
  await prove('a', { type: 'ip', value: '2001:db8::1' })
  expect(await holds('a', { dns: ['one.test'], ip: ['2001:db8::1'] })).toBe(true)
})

test('a wildcard and the name below it are proven each by its own', async () => {
  const { prove, holds } = await world()
  await prove('a', dns('star.test'), true)
  expect(await holds('a', { dns: ['*.star.test'] })).toBe(true)
  expect(await holds('a', { dns: ['star.test'] })).toBe(false)
  await prove('b', dns('star.test'))
  expect(await holds('b', { dns: ['*.star.test'] })).toBe(false)
})

test('a certificate of no names, or of names besides that nobody proves, is held by none', async () => {
  const { prove, holds, holdsNothing } = await world()
  await prove('a', dns('one.test'))
  expect(await holdsNothing('a')).toBe(false)
  expect(await holds('a', { dns: ['one.test'], email: ['a@one.test'] })).toBe(false)
  expect(await holds('a', { dns: ['one.test'], uri: ['https://one.test/'] })).toBe(false)
})

test('nor is one with names that are read no more, as builds before signed them', async () => {
  const { prove, holdsValue } = await world()
  await prove('a', { type: 'ip', value: '10.0.0.1' })
  const mapped = Buffer.concat([Buffer.from('00000000000000000000ffff', 'hex'), Buffer.from([10, 0, 0, 1])])
  expect(await holdsValue('a', sequence(implicit(7, mapped)))).toBe(false)
})

test('an authorization counts until it expires, or is given up; the newest does', async () => {
  const { clock, put, prove, holds } = await world()
  const first = await prove('a', dns('one.test'))
  await put({ ...first, status: 'deactivated' })
  expect(await holds('a', { dns: ['one.test'] })).toBe(false)
  await prove('a', dns('one.test'))
  clock.nowMs += HOUR_MS - 1
  expect(await holds('a', { dns: ['one.test'] })).toBe(true)
  clock.nowMs += 1
  expect(await holds('a', { dns: ['one.test'] })).toBe(false)
})
