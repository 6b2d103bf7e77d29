import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TestNamespace } from '../core/test-namespace.ts'
import { toldWithin } from '../harness/properties.ts'

/** What an entity is called and what is known of it never widens a rule. EGIDE_SEED replays a run. */

const SEED = Number(process.env.EGIDE_SEED ?? Date.now() % 1_000_000)

const text = fc.string({
  unit: fc.constantFrom('+', '*', '/', ',', '"', '\\', '.', '..', ' ', '{{', '}}', 'a', 'team', 'é', '\u202e', '%2f'),
  maxLength: 5,
})
const paths = fc.array(
  fc.tuple(fc.constantFrom('', 'a', 'team', '+', '*', '..', 'a,team', '"', 'é'), fc.constantFrom('x', '*', '+', 'a/b')),
  { minLength: 1, maxLength: 4 },
)

test('a template reaches what lies below its value, to the letter, and nothing else', async () => {
  console.log(`templates: seed ${SEED}`)
  const vault = await TestNamespace.create()
  await vault.policy('own', 'path "secret/data/{{identity.entity.metadata.team}}/*" { capabilities = ["read"] }')
  const login = { policies: ['own'], noDefaultPolicy: true, alias: { name: 'bob', metadata: {} } }
  const { auth } = await vault.call('update', 'auth/door/login', login, { token: undefined })
  await fc.assert(
    fc.asyncProperty(text, paths, async (team, tried) => {
      await vault.call('update', `identity/entity/id/${auth?.entityId}`, { metadata: { team } })
      const asked = [...tried, [team, 'x'] as const].map(([folder, name]) => `secret/data/${folder}/${name}`)
      const isUsable = team !== '' && !/[/*+]/.test(team)
      for (const path of asked) {
        const { capabilities } = await vault.data('update', 'sys/capabilities', {
          token: auth?.clientToken,
          paths: [path],
        })
        // An empty folder is none: `secret/data//a/b` is `secret/data/a/b`.
        const isBelow = path.replaceAll('//', '/').startsWith(`secret/data/${team}/`)
        expect(capabilities, `${JSON.stringify(team)} ${path}`).toEqual(isUsable && isBelow ? ['read'] : ['deny'])
      }
    }),
    { seed: SEED, numRuns: 150, ...toldWithin() },
  )
})

test.each(['a/b', '*', '+'])('a rule that narrows or denies is not lost to the name %s', async (team) => {
  const vault = await TestNamespace.create()
  await vault.policy(
    'own',
    `
    path "secret/data/*" { capabilities = ["read", "update"] }
    path "secret/data/{{identity.entity.metadata.team}}/keys" { capabilities = ["deny"] }
    path "secret/data/{{identity.entity.metadata.team}}/log" { capabilities = ["read"] }
    path "secret/{{identity.entity.metadata.team}}*" { capabilities = ["update"] }`,
  )
  const login = { policies: ['own'], noDefaultPolicy: true, alias: { name: 'bob', metadata: { team } } }
  const { auth } = await vault.call('update', 'auth/door/login', login, { token: undefined })
  await vault.call('update', `identity/entity/id/${auth?.entityId}`, { metadata: { team } })
  const at = async (path: string) => {
    const asked = { token: auth?.clientToken, paths: [path] }
    return (await vault.data('update', 'sys/capabilities', asked)).capabilities
  }
  expect(await at(`secret/data/${team}/keys`)).toEqual(['deny'])
  expect(await at(`secret/data/${team}/log`)).toEqual(['deny'])
  expect(await at(`secret/${team}`)).toEqual(['deny'])
  expect(await at('secret/data/others/else')).toEqual(['read', 'update'])
  const explained = await vault.data('update', 'sys/policies/explain', {
    path: `secret/data/${team}/log`,
    capability: 'read',
    accessor: auth?.accessor,
  })
  expect(explained).toMatchObject({ allowed: false, reason: 'denied' })
})

test.each(['+*', '++*', 'a++*'])('a rule is not lost to the name %s, of which no pattern comes', async (team) => {
  const vault = await TestNamespace.create()
  await vault.policy(
    'own',
    `
    path "secret/data/*" { capabilities = ["read"] }
    path "secret/data/{{identity.entity.metadata.team}}/keys" { capabilities = ["deny"] }`,
  )
  const login = { policies: ['own'], noDefaultPolicy: true, alias: { name: 'bob', metadata: { team } } }
  const { auth } = await vault.call('update', 'auth/door/login', login, { token: undefined })
  await vault.call('update', `identity/entity/id/${auth?.entityId}`, { metadata: { team } })
  const asked = { token: auth?.clientToken, paths: [`secret/data/${team}/keys`] }
  expect((await vault.data('update', 'sys/capabilities', asked)).capabilities).toEqual(['deny'])
})
