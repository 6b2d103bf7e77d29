import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MfaWorld, outcome } from '../../../test/identity/mfa-world.ts'
import { DUO, TestServices } from './testing-services.ts'

/** What is changed while a login waits for its second factor, or for the service that asks for it. */

const DENIED = 'permission_denied: permission denied'
const CHANGED = 'unavailable: what logins have to show was changed meanwhile'

let services: TestServices
let world: MfaWorld
let duo: string
let ann: string
let accessor: string
beforeAll(async () => {
  services = await TestServices.open()
})
afterAll(() => services?.close())
beforeEach(async () => {
  services.reset()
  world = await MfaWorld.create({ outgoing: services.fetch })
  const terms = { api_hostname: DUO.host, integration_key: DUO.integrationKey, secret_key: DUO.secretKey }
  duo = String((await world.vault.data('update', 'identity/mfa/method/duo', terms)).method_id)
  await world.enforce('all', { mfa_method_ids: [duo], auth_method_types: ['door'] })
  ann = await world.person('yes-ann')
  accessor = await world.accessor('door')
})

const aliasId = async (): Promise<string> => {
  const { aliases } = await world.vault.data('read', `identity/entity/id/${ann}`)
  return (aliases as { id: string }[])[0]?.id ?? ''
}

const changes: Record<string, () => Promise<unknown>> = {
  'the alias leads to another': async () => {
    const { id } = await world.vault.data('update', 'identity/entity', { name: 'yes-eve' })
    const moved = { id: await aliasId(), name: 'yes-ann', canonical_id: id, mount_accessor: accessor }
    await world.vault.call('update', 'identity/entity-alias', moved)
  },
  'the alias is deleted': async () => world.vault.call('delete', `identity/entity-alias/id/${await aliasId()}`),
  'the entity is disabled': () => world.vault.call('update', `identity/entity/id/${ann}`, { disabled: true }),
}
const more: Record<string, () => Promise<unknown>> = {
  'an enforcement is made': async () => {
    await world.enforce('more', { mfa_method_ids: [await world.method()], auth_method_accessors: [accessor] })
  },
  'an enforcement comes to fit': async () => {
    const enforced = { mfa_method_ids: [await world.method()], identity_entity_ids: [ann] }
    await world.enforce('more', enforced)
  },
}

describe('a login in two phases', () => {
  test.each(Object.entries(changes))('gets no token when %s before the second', async (_what, change) => {
    const [id, before] = [await world.waiting('yes-ann'), await world.tokens()]
    await change()
    expect(await outcome(world.validate(id, { [duo]: [] }))).toBe(DENIED)
    expect(await world.tokens()).toEqual(before)
  })

  test.each(Object.entries(changes))('gets no token when %s during the second', async (_what, change) => {
    const [id, before] = [await world.waiting('yes-ann'), await world.tokens()]
    services.beforeNextAnswer(change)
    expect(await outcome(world.validate(id, { [duo]: [] }))).toBe(DENIED)
    expect(await world.tokens()).toEqual(before)
  })

  test.each(Object.entries(more))('goes on waiting when %s during the second', async (_what, change) => {
    const [id, before] = [await world.waiting('yes-ann'), await world.tokens()]
    services.beforeNextAnswer(change)
    expect(await outcome(world.validate(id, { [duo]: [] }))).toBe(CHANGED)
    expect(await outcome(world.validate(id, { [duo]: [] }))).toMatch(/^permission_denied: failed to satisfy .*more/)
    expect(await world.tokens()).toEqual(before)
  })
})

describe('a login that shows its second factor at once', () => {
  test.each([
    ...Object.entries(changes).map(([what, change]) => [what, change, DENIED] as const),
    ...Object.entries(more).map(([what, change]) => [what, change, CHANGED] as const),
  ])('gets no token when %s meanwhile', async (_what, change, words) => {
    const before = await world.tokens()
    services.beforeNextAnswer(change)
    expect(await outcome(world.login('yes-ann', {}, { mfa: [duo] }))).toBe(words)
    expect(await world.tokens()).toEqual(before)
  })
})
