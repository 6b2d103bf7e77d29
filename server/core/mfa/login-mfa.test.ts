import { beforeEach, describe, expect, test } from 'vitest'
import { EgideError } from '../../../engines/errors.ts'
import { TestNamespace } from '../../../test/core/test-namespace.ts'
import { MfaWorld, outcome } from '../../../test/identity/mfa-world.ts'
import { userpass } from '../../auth/userpass/index.ts'

/** Second factors through the whole pipeline, at the test's own auth method. */

const DENIED = 'permission_denied: permission denied'
const GONE = 'invalid_request: invalid request ID'

let world: MfaWorld
let vault: TestNamespace
let method: string
let bob: string
beforeEach(async () => {
  world = await MfaWorld.create({ engines: [userpass] })
  vault = world.vault
  method = await world.method({ method_name: 'phone' })
  bob = await world.person('bob', [method])
  await world.enforce('people', { mfa_method_ids: [method], auth_method_types: ['door'] })
})

const failed = (reason: string) =>
  `permission_denied: failed to satisfy enforcement people. error: ${reason}; login MFA validation failed for methodID: [${method}]`
const bad = () => failed('MFA credentials not supplied or incorrect')
const wrongCode = () => {
  const right = [-1, 0, 1].map((step) => world.code(bob, method, step))
  const wrong = ['000000', '111111', '222222', '333333'].find((code) => !right.includes(code))
  if (wrong === undefined) throw new Error('there is always one')
  return wrong
}

describe('a login in two phases', () => {
  test('is told what to show, has no token, and gets one for the right code, once', async () => {
    const before = await world.tokens()
    const { auth, warnings, status } = await world.login('bob', { policies: ['p'], meta: { team: 'red' } })
    expect(status).toBe(200)
    expect(auth).toMatchObject({ clientToken: '', accessor: '', entityId: '', policies: [] })
    expect(auth?.mfaRequirement?.constraints).toEqual([
      { name: 'people', any: [{ type: 'totp', id: method, usesPasscode: true, name: 'phone' }] },
    ])
    expect(warnings?.join()).toMatch(/subject to MFA validation/)
    expect(await world.tokens()).toEqual(before)
    const id = auth?.mfaRequirement?.requestId ?? ''
    const code = world.code(bob, method)
    const answer = await world.validate(id, { [method]: [code] })
    expect(answer.auth).toMatchObject({ entityId: bob, policies: ['default', 'p'], metadata: { team: 'red' } })
    expect(await vault.isValid(answer.auth?.clientToken ?? '')).toBe(true)
    expect(await outcome(world.validate(id, { [method]: [code] }))).toBe(GONE)
    expect(await world.tokens()).toHaveLength(before.length + 1)
  })

  test('leaves no token when the answer was to be wrapped and may not be', async () => {
    const id = await world.waiting('bob')
    await vault.call('update', 'sys/quotas/lease-count/few', { path: 'sys', max_leases: 1 })
    await vault.call('update', 'sys/wrapping/wrap', { a: 1 }, { wrapTtlSeconds: 60 })
    const before = await world.tokens()
    const sent = { mfa_request_id: id, mfa_payload: { [method]: [world.code(bob, method)] } }
    const options = { token: undefined, wrapTtlSeconds: 60 }
    expect(await vault.refusal('update', 'sys/mfa/validate', sent, options)).toContain('lease count quota exceeded')
    expect(await world.tokens()).toEqual(before)
  })

  test('goes on waiting after a wrong code', async () => {
    const id = await world.waiting('bob')
    const before = await world.tokens()
    expect(await outcome(world.validate(id, { [method]: [wrongCode()] }))).toBe(bad())
    expect(await outcome(world.validate(id, { [method]: [] }))).toBe(bad())
    expect(await outcome(world.validate(id, {}))).toMatch(/error: login MFA validation failed for methodID/)
    expect(await outcome(world.validate(id, { [method]: ['1', '2'] }))).toMatch(
      /^invalid_request: found multiple passcodes/,
    )
    expect(await outcome(world.validate(id, { [method]: 7 }))).toBe('invalid_request: invalid mfa payload')
    expect(await world.tokens()).toEqual(before)
    expect(await outcome(world.validate(id, { phone: world.code(bob, method) }))).toBe('accepted')
  })

  test('waits for five minutes', async () => {
    const [early, late] = [await world.waiting('bob'), await world.waiting('bob')]
    vault.pass(299)
    expect(await outcome(world.validate(early, { [method]: [world.code(bob, method)] }))).toBe('accepted')
    vault.pass(1)
    expect(await outcome(world.validate(late, { [method]: [world.code(bob, method, 1)] }))).toBe(GONE)
  })

  test('of many answers at once exactly one gets the token', async () => {
    const id = await world.waiting('bob')
    const before = await world.tokens()
    const codes = [-1, 0, 1].map((step) => world.code(bob, method, step))
    const answers = Array.from({ length: 60 }, (_, n) => outcome(world.validate(id, { [method]: [codes[n % 3]] })))
    const outcomes = await Promise.all(answers)
    expect(outcomes.filter((one) => one === 'accepted')).toHaveLength(1)
    expect(await world.tokens()).toHaveLength(before.length + 1)
  })

  test('is gone with its mount, its entity and its enforcement, and refused of a disabled entity', async () => {
    const ids = await Promise.all([1, 2, 3].map(() => world.waiting('bob')))
    const answer = (id = '') => outcome(world.validate(id, { [method]: [world.code(bob, method)] }))
    await vault.call('update', `identity/entity/id/${bob}`, { disabled: true })
    expect(await answer(ids[0])).toBe(DENIED)
    await vault.call('update', `identity/entity/id/${bob}`, { disabled: false })
    await vault.call('delete', 'identity/mfa/login-enforcement/people')
    expect(await answer(ids[0])).toMatch(/^invalid_request: .*log in again/)
    await world.enforce('people', { mfa_method_ids: [method], auth_method_types: ['door'] })
    expect(await answer(ids[0])).toBe('accepted')
    await vault.call('delete', `identity/entity/id/${bob}`)
    expect(await answer(ids[1])).toBe(DENIED)
    await vault.call('delete', 'sys/auth/door')
    expect(await answer(ids[2])).toBe(DENIED)
  })

  test('is gone with the user that it is of, and refused once that one gets other policies', async () => {
    await vault.call('update', 'sys/auth/userpass', { type: 'userpass' })
    const user = (more: object) => vault.call('update', 'auth/userpass/users/bob', { password: 'secret', ...more })
    await user({ token_policies: 'p' })
    const mount_accessor = await world.accessor('userpass')
    await vault.call('update', 'identity/entity-alias', { name: 'bob', canonical_id: bob, mount_accessor })
    await world.enforce('people', { mfa_method_ids: [method], auth_method_accessors: [mount_accessor] })
    const begun = async () => {
      const { auth } = await vault.call(
        'update',
        'auth/userpass/login/bob',
        { password: 'secret' },
        { token: undefined },
      )
      return auth?.mfaRequirement?.requestId ?? ''
    }
    const [first, second, third] = [await begun(), await begun(), await begun()]
    const answer = (id: string) => outcome(world.validate(id, { [method]: [world.code(bob, method)] }))
    await user({ token_policies: 'q' })
    expect(await answer(first)).toBe(DENIED)
    await user({ token_policies: 'p' })
    expect(await answer(second)).toBe('accepted')
    vault.pass(60)
    await vault.call('delete', 'auth/userpass/users/bob')
    expect(await answer(third)).toBe(DENIED)
  })

  test('goes on at another process, whose codes are the same ones', async () => {
    const other = await TestNamespace.over({ backend: vault.backend, cipher: vault.cipher, clock: vault.clock })
    await other.namespace.open()
    const [first, second] = [await world.waiting('bob'), await world.waiting('bob')]
    const sent = { mfa_request_id: first, mfa_payload: { [method]: [world.code(bob, method)] } }
    const { auth } = await other.call('update', 'sys/mfa/validate', sent, { token: undefined })
    expect(auth?.entityId).toBe(bob)
    expect(await outcome(world.validate(first, sent.mfa_payload))).toBe(GONE)
    expect(await outcome(world.validate(second, sent.mfa_payload))).toBe(bad())
  })

  test('gives way to newer ones of its entity when there are too many', async () => {
    const first = await world.waiting('bob')
    for (let n = 0; n < 50; n++) await world.waiting('bob')
    expect((await vault.rows('mount/')).filter((row) => row.includes('/mfa/login/'))).toHaveLength(50)
    expect(await outcome(world.validate(first, { [method]: [world.code(bob, method)] }))).toBe(GONE)
    vault.pass(301)
    await vault.sweep()
    expect((await vault.rows('mount/')).filter((row) => /\/mfa\/(login|logins-of|tried)\//.test(row))).toEqual([])
  })

  test('makes what the method says, and takes what it uses up, at once', async () => {
    let used = 0
    const within = () => {
      used++
    }
    const id = await world.waiting('bob', { within, tokenType: 'batch', ttlSeconds: 77 })
    expect(used).toBe(1)
    const { auth } = await world.validate(id, { [method]: [world.code(bob, method)] })
    expect(auth).toMatchObject({ tokenType: 'batch', leaseDurationSeconds: 77, entityId: bob })
    expect(used).toBe(1)
  })
})

describe('a login that shows its second factor at once', () => {
  const shown = (...mfa: string[]) => outcome(world.login('bob', {}, { mfa }))

  test('names the method by id or name, and its code alone or with a word', async () => {
    expect(await shown(`${method}:${world.code(bob, method, -1)}`)).toBe('accepted')
    expect(await shown(`phone:passcode=${world.code(bob, method)}`)).toBe('accepted')
    expect(await shown('other:1, phone', `phone:${world.code(bob, method, 1)}`)).toBe('accepted')
  })

  test('is refused without a reason, and leaves nothing', async () => {
    const before = await world.tokens()
    expect(await shown(`${method}:${wrongCode()}`)).toBe(DENIED)
    expect(await shown(method)).toBe(DENIED)
    expect(await shown('another:123456')).toBe(DENIED)
    expect(await shown(':123456')).toMatch(/^invalid_request: invalid data in header/)
    expect(await shown('phone:')).toMatch(/^invalid_request: invalid data in header/)
    expect(await world.tokens()).toEqual(before)
    expect(await shown(`${method}:${world.code(bob, method)}`)).toBe('accepted')
    expect(await shown(`${method}:${world.code(bob, method)}`)).toBe(DENIED)
  })

  test('does not take its code where the method refuses in the end', async () => {
    const within = () => {
      throw new EgideError('invalid_request', 'too late')
    }
    const mfa = [`${method}:${world.code(bob, method)}`]
    expect(await outcome(world.login('bob', { within }, { mfa }))).toBe('invalid_request: too late')
    expect(await shown(...mfa)).toBe('accepted')
  })

  test('is told where nothing asked for it', async () => {
    await vault.call('delete', 'identity/mfa/login-enforcement/people')
    const { auth, warnings } = await world.login('bob', {}, { mfa: ['phone:123456'] })
    expect(auth?.clientToken).not.toBe('')
    expect(warnings).toEqual(['Found MFA header but failed to find MFA Enforcement Config'])
  })
})

describe('codes', () => {
  test('are good once in their time, at whichever login, and in the periods beside', async () => {
    const answer = async (code: string) => outcome(world.validate(await world.waiting('bob'), { [method]: [code] }))
    const [past, now, next] = [-1, 0, 1].map((step) => world.code(bob, method, step)) as [string, string, string]
    const [tooOld, tooNew] = [world.code(bob, method, -2), world.code(bob, method, 2)]
    expect(await answer(now)).toBe('accepted')
    for (const code of [now, tooOld, tooNew]) expect(await answer(code)).toBe(bad())
    expect(await answer(past)).toBe('accepted')
    expect(await answer(next)).toBe('accepted')
    for (const code of [past, now, next]) expect(await answer(code)).toBe(bad())
    vault.pass(30)
    expect(await answer(next)).toBe(bad())
    expect(await answer(tooNew)).toBe('accepted')
  })

  test('of another entity, or of another method, are wrong', async () => {
    const eve = await world.person('eve', [method])
    const id = await world.waiting('bob')
    expect(await outcome(world.validate(id, { [method]: [world.code(eve, method)] }))).toBe(bad())
    const other = await world.method()
    await world.secret(bob, other)
    expect(await outcome(world.validate(id, { [other]: [world.code(bob, other)] }))).toMatch(/^permission_denied/)
    expect(await outcome(world.validate(id, { [method]: [world.code(bob, other)] }))).toBe(bad())
  })

  test('that are wrong five times in a row stop the trying for as long as a code is good', async () => {
    const id = await world.waiting('bob')
    const answer = (code: string) => outcome(world.validate(id, { [method]: [code] }))
    for (let n = 0; n < 5; n++) expect(await answer(wrongCode())).toBe(bad())
    const locked = failed(
      'maximum TOTP validation attempts 6 exceeded the allowed attempts 5. Please try again in 90 seconds',
    )
    expect(await answer(wrongCode())).toBe(locked)
    expect(await answer(world.code(bob, method))).toBe(locked)
    expect(await outcome(world.login('bob', {}, { mfa: [`phone:${world.code(bob, method)}`] }))).toBe(DENIED)
    vault.pass(89)
    expect(await answer(world.code(bob, method))).toMatch(/try again in 1 seconds/)
    vault.pass(1)
    expect(await answer(world.code(bob, method))).toBe('accepted')
  })

  test('are counted from the start after a good one', async () => {
    for (let round = 0; round < 3; round++) {
      const id = await world.waiting('bob')
      for (let n = 0; n < 4; n++) expect(await outcome(world.validate(id, { [method]: [wrongCode()] }))).toBe(bad())
      expect(await outcome(world.validate(id, { [method]: [world.code(bob, method)] }))).toBe('accepted')
      vault.pass(30)
    }
  })

  test('that are tried at one time get no further than one after the other', async () => {
    const id = await world.waiting('bob')
    const right = world.code(bob, method)
    const guesses = Array.from({ length: 100 }, (_, n) => String(100_000 + n)).filter((code) => code !== right)
    const outcomes = await Promise.all(guesses.map((code) => outcome(world.validate(id, { [method]: [code] }))))
    expect(outcomes.filter((one) => one === bad()).length).toBeLessThanOrEqual(5)
    expect(outcomes.filter((one) => one === 'accepted')).toEqual([])
    expect(await outcome(world.validate(id, { [method]: [right] }))).toMatch(/maximum TOTP validation attempts/)
  })

  test('a hundred good and a hundred bad at one time: no bad one is accepted, no good one refused', async () => {
    const people = await Promise.all(
      Array.from({ length: 100 }, async (_, n) => ({ name: `p${n}`, id: await world.person(`p${n}`, [method]) })),
    )
    const before = await world.tokens()
    const logins = people.flatMap(({ name, id }) => {
      const good = world.code(id, method)
      const wrong = good === '123456' ? '654321' : '123456'
      return [good, wrong].map(async (code) => {
        const answered = await outcome(world.validate(await world.waiting(name), { [method]: [code] }))
        return { isGood: code === good, answered }
      })
    })
    const outcomes = await Promise.all(logins)
    for (const { isGood, answered } of outcomes) expect(answered).toBe(isGood ? 'accepted' : bad())
    expect(await world.tokens()).toHaveLength(before.length + 100)
  })
})

describe('who needs a second factor', () => {
  const needs = async (name: string, more: object = {}): Promise<readonly string[]> => {
    const { auth } = await world.login(name, more)
    return auth?.mfaRequirement?.constraints.map((one) => one.name) ?? []
  }

  test('is said by accessor, type, entity and group, groups in groups too', async () => {
    await vault.call('delete', 'identity/mfa/login-enforcement/people')
    const eve = await world.person('eve')
    const { id: inner } = await vault.data('update', 'identity/group', { name: 'inner', member_entity_ids: [eve] })
    const { id: outer } = await vault.data('update', 'identity/group', { name: 'outer', member_group_ids: [inner] })
    const mfa_method_ids = [method]
    await world.enforce('by-group', { mfa_method_ids, identity_group_ids: [outer] })
    await world.enforce('by-entity', { mfa_method_ids, identity_entity_ids: [bob] })
    expect(await needs('bob')).toEqual(['by-entity'])
    expect(await needs('eve')).toEqual(['by-group'])
    expect(await needs('carl')).toEqual([])
    await world.enforce('by-accessor', { mfa_method_ids, auth_method_accessors: [await world.accessor('door')] })
    await world.enforce('by-type', { mfa_method_ids, auth_method_types: ['token', 'door'] })
    expect(await needs('eve')).toEqual(['by-accessor', 'by-group', 'by-type'])
    await vault.call('update', 'sys/auth/back', { type: 'door' })
    const elsewhere = { alias: { name: 'x', metadata: {} } }
    const { auth } = await vault.call('update', 'auth/back/login', elsewhere, { token: undefined })
    expect(auth?.mfaRequirement?.constraints.map(({ name }) => name)).toEqual(['by-type'])
  })

  test('holds at the first login too, by the groups that it brings', async () => {
    await vault.call('delete', 'identity/mfa/login-enforcement/people')
    const { id: group } = await vault.data('update', 'identity/group', { name: 'ops', type: 'external' })
    const mount_accessor = await world.accessor('door')
    await vault.call('update', 'identity/group-alias', { name: 'Ops', mount_accessor, canonical_id: group })
    await world.enforce('ops', { mfa_method_ids: [method], identity_group_ids: [group] })
    expect(await needs('new', { groupAliases: ['others'] })).toEqual([])
    expect(await needs('new', { groupAliases: ['ops'] })).toEqual(['ops'])
    expect(await needs('newer', { groupAliases: ['ops'] })).toEqual(['ops'])
  })

  test('has to satisfy all enforcements, each by any of its methods, a code for all of them', async () => {
    const second = await world.method({ method_name: 'laptop' })
    await world.secret(bob, second)
    await world.enforce('either', { mfa_method_ids: [second, method], identity_entity_ids: [bob] })
    await world.enforce('zebra', { mfa_method_ids: [second], identity_entity_ids: [bob] })
    const id = await world.waiting('bob')
    expect(await outcome(world.validate(id, { phone: [world.code(bob, method)] }))).toMatch(/enforcement zebra/)
    expect(await outcome(world.validate(id, { laptop: [world.code(bob, second)] }))).toMatch(/enforcement people/)
    const both = { phone: [world.code(bob, method)], laptop: [world.code(bob, second)] }
    expect(await outcome(world.validate(id, both))).toBe('accepted')
  })

  test('whoever has no secret is refused, and told so', async () => {
    const eve = await world.person('eve')
    const id = await world.waiting('eve')
    const words = failed(`MFA secret for method name "phone" not present in entity "${eve}"`)
    expect(await outcome(world.validate(id, { [method]: ['123456'] }))).toBe(words)
    await world.secret(eve, method)
    expect(await outcome(world.validate(id, { [method]: [world.code(eve, method)] }))).toBe('accepted')
  })

  test('nobody in particular can show one, and is refused', async () => {
    expect(await outcome(world.login('x', { alias: undefined }))).toBe(DENIED)
    expect(await outcome(world.login('x', { alias: undefined }, { mfa: ['phone:1'] }))).toBe(DENIED)
  })

  test('tokens that tokens make need none', async () => {
    await world.enforce('tokens', { mfa_method_ids: [method], auth_method_types: ['token'] })
    const made = await vault.call('update', 'auth/token/create', {})
    expect(made.auth?.clientToken).not.toBe('')
  })
})

describe('a login that comes to nothing', () => {
  const entities = async (): Promise<number> =>
    ((await vault.data('list', 'identity/entity/id')).keys as string[]).length

  test('leaves no entity, no group membership and no wait', async () => {
    const within = () => {
      throw new EgideError('permission_denied', 'another was faster')
    }
    const before = await entities()
    const words = 'permission_denied: another was faster'
    expect(await outcome(world.login('new', { within }))).toBe(words)
    await vault.call('delete', 'identity/mfa/login-enforcement/people')
    expect(await outcome(world.login('new', { within, groupAliases: ['x'] }))).toBe(words)
    expect(await outcome(world.login('bob', { within, alias: { name: 'bob', metadata: { a: 'b' } } }))).toBe(words)
    expect(await entities()).toBe(before)
    expect(JSON.stringify(await vault.data('read', `identity/entity/id/${bob}`))).not.toContain('"a":"b"')
    expect((await vault.rows('mount/')).filter((row) => row.includes('/mfa/login'))).toEqual([])
  })
})
