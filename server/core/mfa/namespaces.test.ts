import { beforeEach, describe, expect, test } from 'vitest'
import type { TestNamespace } from '../../../test/core/test-namespace.ts'
import { MfaWorld, outcome } from '../../../test/identity/mfa-world.ts'

/** Second factors where namespaces lie within each other. */

const DENIED = 'permission_denied: permission denied'
const GONE = 'invalid_request: invalid request ID'
const BAD_CODE =
  /^permission_denied: failed to satisfy enforcement people. error: MFA credentials not supplied or incorrect/

let world: MfaWorld
let vault: TestNamespace
let method: string
let bob: string
beforeEach(async () => {
  world = await MfaWorld.create()
  vault = world.vault
  method = await world.method({ method_name: 'phone' })
  bob = await world.person('bob', [method])
  await world.enforce('people', { mfa_method_ids: [method], auth_method_types: ['door'] })
})

describe('namespaces', () => {
  const below = { namespace: 'team/' }
  const deep = { namespace: 'team/sub/' }
  beforeEach(async () => {
    await vault.call('update', 'sys/namespaces/team', {})
    await vault.call('update', 'sys/namespaces/sub', {}, below)
    for (const at of [below, deep]) await vault.call('update', 'sys/auth/door', { type: 'door' }, at)
  })

  test('have secrets and waiting logins of their own, and what one asks for holds neither above it nor beside it', async () => {
    await vault.call('delete', 'identity/mfa/login-enforcement/people')
    const own = await world.method({ method_name: 'phone' }, below)
    const eve = await world.person('eve', [own], below)
    await world.enforce('own', { mfa_method_ids: [own], auth_method_types: ['door'] }, below)
    expect((await world.login('bob')).auth?.clientToken).not.toBe('')
    await vault.call('update', 'sys/namespaces/other', {})
    await vault.call('update', 'sys/auth/door', { type: 'door' }, { namespace: 'other/' })
    expect((await world.login('eve', {}, { namespace: 'other/' })).auth?.clientToken).not.toBe('')
    expect(await vault.refusal('read', `identity/mfa/method/${own}`)).toBe('not_found: ')

    await world.enforce('people', { mfa_method_ids: [method], auth_method_types: ['door'] })
    await vault.call('delete', 'identity/mfa/login-enforcement/own', {}, below)
    await world.secret(eve, method, below)
    const [here, there] = [await world.waiting('bob'), await world.waiting('eve', {}, below)]
    const code = { [method]: world.code(eve, method) }
    expect(await outcome(world.validate(there, code))).toBe(GONE)
    expect(await outcome(world.validate(here, code, below))).toBe(GONE)
    expect(await outcome(world.validate(there, code, below))).toBe('accepted')
    expect(await outcome(world.validate(here, { phone: world.code(bob, method) }))).toBe('accepted')
  })

  test('are subject to what those above ask of logins by the type of a mount, with the methods from there', async () => {
    for (const at of [below, deep]) {
      const id = await world.person('eve', [method], at)
      const { auth } = await world.login('eve', {}, at)
      expect(auth).toMatchObject({ clientToken: '' })
      const any = [{ type: 'totp', id: method, usesPasscode: true, name: 'phone' }]
      expect(auth?.mfaRequirement?.constraints).toEqual([{ name: 'people', any }])
      const request = auth?.mfaRequirement?.requestId ?? ''
      expect(await outcome(world.validate(request, { [method]: '000000x' }, at))).toMatch(BAD_CODE)
      expect(await outcome(world.validate(request, { [method]: world.code(id, method) }, at))).toBe('accepted')
      const shown = { mfa: [`phone:${world.code(id, method, 1)}`] }
      expect(await outcome(world.login('eve', {}, { ...at, ...shown }))).toBe('accepted')
      expect(await outcome(world.login('eve', {}, { ...at, ...shown }))).toBe(DENIED)
    }
    expect(await outcome(world.login('nobody', { alias: undefined }, below))).toBe(DENIED)
    await vault.call('delete', 'identity/mfa/login-enforcement/people')
    expect((await world.login('eve', {}, deep)).auth?.clientToken).not.toBe('')
  })

  test('are not subject to what those above ask of a mount, a group or an entity of theirs', async () => {
    await vault.call('delete', 'identity/mfa/login-enforcement/people')
    const { id: group } = await vault.data('update', 'identity/group', { name: 'staff', member_entity_ids: [bob] })
    const others = { identity_entity_ids: [bob], identity_group_ids: [group] }
    const only = { mfa_method_ids: [method], auth_method_accessors: [await world.accessor('door')] }
    await world.enforce('these', { ...only, ...others })
    expect((await world.login('bob', {}, below)).auth?.clientToken).not.toBe('')
    expect((await world.login('bob')).auth?.clientToken).toBe('')
  })

  test('have to satisfy all of them, also two of one name', async () => {
    const own = await world.method({ method_name: 'token' }, below)
    const eve = await world.person('eve', [own, method], below)
    await world.enforce('people', { mfa_method_ids: [own], auth_method_types: ['door'] }, below)
    const { auth } = await world.login('eve', {}, below)
    expect(auth?.mfaRequirement?.constraints.map(({ name }) => name)).toEqual(['people', 'root/people'])
    const id = auth?.mfaRequirement?.requestId ?? ''
    const mine = { 'team/token': world.code(eve, own) }
    expect(await outcome(world.validate(id, mine, below))).toMatch(/^permission_denied: failed to satisfy/)
    expect(await outcome(world.validate(id, { ...mine, phone: world.code(eve, method) }, below))).toBe('accepted')
  })

  test('see and use methods from above, and change none', async () => {
    const own = await world.method({}, below)
    const { keys, key_info: info } = await vault.data('list', 'identity/mfa/method', {}, below)
    expect(keys).toEqual([own, method].toSorted())
    expect(info).toMatchObject({ [own]: { namespace_path: 'team/' }, [method]: { namespace_path: '' } })
    const path = `identity/mfa/method/totp/${method}`
    expect(await vault.data('read', path, {}, below)).toMatchObject({ id: method, name: 'phone', namespace_id: 'root' })
    expect(await vault.refusal('update', path, { issuer: 'Other' }, below)).toBe('not_found: ')
    expect(await vault.refusal('delete', path, {}, below)).toMatch(
      /^invalid_request: the method is of a namespace above/,
    )
    await world.enforce('own', { mfa_method_ids: [method], auth_method_types: ['door'] }, below)
    expect(await vault.data('read', path)).toMatchObject({ issuer: 'Egide' })
  })
})
