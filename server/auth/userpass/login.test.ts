import { beforeEach, expect, test } from 'vitest'
import { TestNamespace } from '../../../test/core/test-namespace.ts'
import { TestClock } from '../../../test/harness/rows.ts'
import { userpass } from './index.ts'
import { userCodec } from './user.ts'

/** Logins through the whole pipeline: what is refused leaves nothing behind and says nothing of its cause. */

const REFUSED = 'invalid_request: invalid username or password'

let clock: TestClock
let vault: TestNamespace

beforeEach(async () => {
  clock = new TestClock()
  vault = await TestNamespace.create({ engines: [userpass], clock })
  await vault.call('update', 'sys/auth/userpass', { type: 'userpass' })
  await vault.call('update', 'auth/userpass/users/Alice', {
    password: 'correct horse',
    token_policies: 'p',
    token_ttl: '10m',
    token_max_ttl: '1h',
  })
})

const login = (name: string, password: string, remoteAddress = '192.0.2.1') =>
  vault.call('update', `auth/userpass/login/${name}`, { password }, { token: undefined, remoteAddress })
const outcome = (name: string, password: string, remoteAddress?: string): Promise<string> =>
  login(name, password, remoteAddress).then(
    () => 'accepted',
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  )
const tokenCount = async (): Promise<number> => (await vault.rows('tokens/id/')).length
const tune = (settings: object) => vault.call('update', 'sys/auth/userpass/tune', { user_lockout_config: settings })

test('a name and a password let in, on the terms of the user', async () => {
  const { auth } = await login('ALICE', 'correct horse')
  expect(auth).toMatchObject({
    policies: ['default', 'p'],
    metadata: { username: 'alice' },
    leaseDurationSeconds: 600,
    renewable: true,
  })
  const looked = await vault.data('update', 'auth/token/lookup', { token: auth?.clientToken })
  expect(looked).toMatchObject({ display_name: 'userpass-alice', path: 'auth/userpass/login/alice' })
})

test('the tokens of a user are revoked by the path of a login, however each of them spelt the name', async () => {
  for (const prefix of ['alice', 'Alice']) {
    const made = [await login('alice', 'correct horse'), await login('aLICE', 'correct horse')]
    await vault.call('update', `sys/leases/revoke-prefix/auth/userpass/login/${prefix}`)
    for (const { auth } of made) expect(await vault.isValid(auth?.clientToken ?? ''), prefix).toBe(false)
  }
})

test('a login has what roles of `sys/roles` give to its user', async () => {
  await vault.call('update', 'sys/roles/ops', { policies: 'more', member_auth_roles: 'auth/userpass/aLICE' })
  const { auth } = await login('alice', 'correct horse')
  expect(auth).toMatchObject({ policies: ['default', 'more', 'p'], identityPolicies: ['more'] })
})

test('what is refused is refused in the same words, and makes no token', async () => {
  await vault.call('update', 'auth/userpass/users/bound', { password: 'p', token_bound_cidrs: '198.51.100.0/24' })
  const refused: Record<string, readonly [string, string, string?]> = {
    'a wrong password': ['alice', 'correct horsf'],
    'a password in other letters': ['alice', 'Correct horse'],
    'a password with a space': ['alice', 'correct horse '],
    'a user that there is not': ['bob', 'correct horse'],
    'a name that no user can have': ['alice ', 'correct horse'],
    'a name in other Unicode forms': ['ａlice', 'correct horse'],
    'a name with a zero byte': ['alice\0', 'correct horse'],
    'a name of 1000 characters': ['a'.repeat(1000), 'correct horse'],
    'a password of 5000 bytes': ['alice', 'x'.repeat(5000)],
    'an address that they may not come from': ['bound', 'p'],
  }
  const before = await tokenCount()
  for (const [what, [name, password, address]] of Object.entries(refused)) {
    expect(await outcome(name, password, address), what).toBe(REFUSED)
  }
  expect(await outcome('alice', '')).toBe('invalid_request: missing password')
  expect(await tokenCount()).toBe(before)
  expect(vault.logged.join()).not.toMatch(/horse/)
  expect(await outcome('bound', 'p', '198.51.100.2')).toBe('accepted')
})

test('who fails five times is locked out for a while, whatever the spelling of the name', async () => {
  for (const name of ['alice', 'ALICE', 'Alice', 'aLICE']) expect(await outcome(name, 'wrong')).toBe(REFUSED)
  expect(await outcome('alice', 'correct horse')).toBe('accepted')
  for (const name of ['alice', 'ALICE', 'Alice', 'aLICE', 'alicE']) expect(await outcome(name, 'wrong')).toBe(REFUSED)
  expect(await outcome('alice', 'correct horse')).toBe(REFUSED)
  expect(await outcome('ALICE', 'correct horse')).toBe(REFUSED)
  clock.nowMs += 899_000
  expect(await outcome('alice', 'correct horse')).toBe(REFUSED)
  clock.nowMs += 1_000
  expect(await outcome('alice', 'correct horse')).toBe('accepted')
})

test('failures that lie apart are not counted together', async () => {
  for (let n = 0; n < 10; n++) {
    expect(await outcome('alice', 'wrong')).toBe(REFUSED)
    clock.nowMs += 901_000
  }
  expect(await outcome('alice', 'correct horse')).toBe('accepted')
})

test('trying many passwords at once gets no further than one after the other', async () => {
  const guesses = Array.from({ length: 30 }, (_, n) => `guess ${n}`)
  const outcomes = await Promise.all([...guesses, 'correct horse'].map((guess) => outcome('alice', guess)))
  expect(outcomes).toEqual(outcomes.map(() => REFUSED))
})

test('a login that is under way when its user is given other policies has none of those before', async () => {
  const early = outcome('alice', 'correct horse')
  await vault.call('update', 'auth/userpass/users/alice/policies', { token_policies: 'less' })
  expect(await early).toBe('unavailable: the user was changed during the login')
  expect((await login('alice', 'correct horse')).auth?.policies).toEqual(['default', 'less'])
})

test('what is counted is in the database: another process counts on', async () => {
  for (let n = 0; n < 3; n++) await outcome('alice', 'wrong')
  const other = await TestNamespace.over({ engines: [userpass], clock, backend: vault.backend, cipher: vault.cipher })
  await other.namespace.open()
  const there = (password: string) =>
    other.refusal('update', 'auth/userpass/login/alice', { password }, { token: undefined })
  for (let n = 0; n < 2; n++) expect(await there('wrong')).toBe(REFUSED)
  expect(await there('correct horse')).toBe(REFUSED)
  expect(await outcome('alice', 'correct horse')).toBe(REFUSED)
})

test('who is locked out is listed and let in again', async () => {
  for (let n = 0; n < 6; n++) await outcome('alice', 'wrong')
  for (let n = 0; n < 6; n++) await outcome('nobody', 'wrong')
  const mount = (await vault.namespace.mounts.at('auth/userpass/'))?.accessor ?? ''
  const locked = await vault.namespace.lockedUsers.locked()
  expect(locked).toEqual([{ mountAccessor: mount, aliases: ['alice'] }])
  expect(await vault.namespace.lockedUsers.locked('another')).toEqual([])
  await vault.namespace.lockedUsers.unlock(mount, 'Alice')
  expect(await vault.namespace.lockedUsers.locked()).toEqual([])
  expect(await outcome('alice', 'correct horse')).toBe('accepted')
})

test('inventing names fills no more than a bounded number of rows, which go', async () => {
  for (let n = 0; n < 20; n++) await outcome(`nobody-${n}`, 'wrong')
  const rows = async () => (await vault.rows('mount/')).filter((row) => row.includes('/strangers/'))
  expect((await rows()).length).toBeGreaterThan(0)
  expect((await vault.rows('mount/')).filter((row) => row.includes('/failures/'))).toEqual([])
  clock.nowMs += 900_000
  await vault.sweep()
  expect(await rows()).toEqual([])
})

test('a mount is tuned to be stricter, or to lock nobody out', async () => {
  await tune({ lockout_threshold: '2', lockout_duration: '1h', lockout_counter_reset_duration: '30m' })
  expect(await vault.data('read', 'sys/auth/userpass/tune')).toMatchObject({
    user_lockout_threshold: 2,
    user_lockout_duration: 3600,
    user_lockout_counter_reset_duration: 1800,
    user_lockout_disable: false,
  })
  for (let n = 0; n < 2; n++) await outcome('alice', 'wrong')
  clock.nowMs += 3_599_000
  expect(await outcome('alice', 'correct horse')).toBe(REFUSED)
  await tune({ lockout_disable: true })
  for (let n = 0; n < 4; n++) await outcome('alice', 'wrong')
  expect(await outcome('alice', 'correct horse')).toBe('accepted')
  for (const wrong of [{ lockout_threshold: -1 }, { lockout_duration: 'x' }, { other: 1 }]) {
    const change = { user_lockout_config: wrong }
    expect(await vault.refusal('update', 'sys/auth/userpass/tune', change)).toMatch(/^invalid_request/)
  }
  const { auth } = await vault.data('read', 'sys/internal/ui/mounts')
  expect((auth as Record<string, unknown>)['userpass/']).toMatchObject({
    config: { user_lockout_config: { user_lockout_disable: true } },
  })
  const elsewhere = { user_lockout_config: { lockout_threshold: 1 } }
  expect(await vault.refusal('update', 'sys/auth/door/tune', elsewhere)).toMatch(/auth type "door" not allowed/)
})

test('good and bad logins at one time: no bad one is accepted, no good one refused', async () => {
  await tune({ lockout_disable: true })
  const before = await tokenCount()
  const passwords = Array.from({ length: 100 }, (_, n) => (n % 2 === 0 ? 'correct horse' : `wrong ${n}`))
  const outcomes = await Promise.all(passwords.map((password) => outcome('alice', password)))
  expect(outcomes).toEqual(passwords.map((_, n) => (n % 2 === 0 ? 'accepted' : REFUSED)))
  expect(await tokenCount()).toBe(before + 50)
})

test('a token is renewed on what its user has now, and not with other policies or without the user', async () => {
  const token = (await login('alice', 'correct horse')).auth?.clientToken
  const renew = () => vault.refusal('update', 'auth/token/renew-self', {}, { token })
  await vault.call('update', 'auth/userpass/users/alice', { token_ttl: '20m' })
  const renewed = await vault.call('update', 'auth/token/renew-self', {}, { token })
  expect(renewed.auth?.leaseDurationSeconds).toBe(1200)
  await vault.call('update', 'auth/userpass/users/alice/policies', { token_policies: 'p,q' })
  expect(await renew()).toBe('invalid_request: policies have changed, not renewing')
  // The same, written otherwise; the default policy may come and go.
  for (const same of [
    [' P', 'p'],
    ['p', 'default'],
  ]) {
    await vault.call('update', 'auth/userpass/users/alice', { token_policies: same })
    await vault.call('update', 'auth/token/renew-self', {}, { token })
  }
  await vault.call('delete', 'auth/userpass/users/alice')
  expect(await renew()).toMatch(/does not exist, not renewing/)
  await vault.call('update', 'auth/userpass/users/alice', { password: 'x', token_policies: 'p' })
  expect(await renew()).toMatch(/does not exist, not renewing/)
})

test('users are shown without their passwords, and keep what an update does not name', async () => {
  await vault.call('update', 'auth/userpass/users/bob', {
    password: 'x',
    policies: 'A',
    ttl: '1m',
    bound_cidrs: '10.0.0.1',
  })
  expect(await vault.data('read', 'auth/userpass/users/BOB')).toEqual({
    token_ttl: 60,
    ttl: 60,
    token_max_ttl: 0,
    token_policies: ['a'],
    policies: ['a'],
    token_bound_cidrs: ['10.0.0.1'],
    bound_cidrs: ['10.0.0.1'],
    token_explicit_max_ttl: 0,
    token_no_default_policy: false,
    token_num_uses: 0,
    token_period: 0,
    token_type: 'default',
    token_strictly_bind_ip: false,
  })
  expect(await vault.data('list', 'auth/userpass/users')).toEqual({ keys: ['alice', 'bob'] })
  await vault.call('update', 'auth/userpass/users/alice', { token_ttl: '5m' })
  await vault.call('update', 'auth/userpass/users/alice/password', { password: 'another' })
  expect(await outcome('alice', 'correct horse')).toBe(REFUSED)
  expect((await login('alice', 'another')).auth?.leaseDurationSeconds).toBe(300)
})

/** Of `correct horse`: made by libxcrypt's crypt(3). */
const BCRYPT = '$2b$05$7fFjacsUPdoqr.NXW3a7A.hI3HwXQi5PLmRSHsZlCsei60Ap2S2EG'

test('a bcrypt hash that was brought along lets its password in, and gives way to one of ours', async () => {
  const hashes = async () => {
    const mount = vault.namespace.mounts.at('auth/userpass/')
    const store = vault.namespace.store.view(`mount/${(await mount)?.uuid}/`)
    const user = await store.get('user/imported', userCodec)
    return Object.keys(user?.password ?? {})
  }
  for (const version of ['2a', '2b', '2y']) {
    const password_hash = BCRYPT.replace('$2b$', `$${version}$`)
    await vault.call('update', 'auth/userpass/users/imported', { password_hash, token_policies: 'p' })
    expect(await hashes()).toEqual(['bcrypt'])
    for (const wrong of ['correct horsf', 'Correct horse', BCRYPT])
      expect(await outcome('imported', wrong)).toBe(REFUSED)
    expect(await hashes()).toEqual(['bcrypt'])
    const outcomes = await Promise.all(['correct horse', 'x', 'correct horse'].map((one) => outcome('imported', one)))
    expect(outcomes).toEqual(['accepted', REFUSED, 'accepted'])
    expect(await hashes()).toContain('memoryKib')
    expect(await outcome('imported', 'correct horse')).toBe('accepted')
    expect(await outcome('imported', 'correct horsf')).toBe(REFUSED)
    await vault.call('delete', 'auth/userpass/users/imported')
  }
  expect(JSON.stringify(vault.logged)).not.toContain('$2')
})

/** Of 80 times `x`, of which bcrypt looks at 72. */
const LONG = '$2b$05$jx1v/d/IoyGj1KY0jSbEreZIdNO4Zy4lqXzDpffP2cT.YPvfVzesK'

test.each([
  ['longer than bcrypt looks', LONG, 'x'.repeat(80), `${'x'.repeat(72)}y`],
  ['that bcrypt takes for another', BCRYPT, 'correct horse', 'correct horse\0correct horse'],
])('a password %s does not take the place of the one that was brought along', async (_what, hash, right, taken) => {
  await vault.call('update', 'auth/userpass/users/imported', { password_hash: hash })
  for (const one of [taken, right, right, taken.slice(1)])
    expect(await outcome('imported', one)).toBe(one === taken.slice(1) ? REFUSED : 'accepted')
})

test('users are not written with what makes no sense', async () => {
  const at = (name: string) => `auth/userpass/users/${name}`
  const refused: readonly (readonly [path: string, sent: object, words: RegExp])[] = [
    [at('new'), {}, /must provide either password or password_hash/],
    [at('new'), { password_hash: '$2a$10$x' }, /password_hash must be a bcrypt hash/],
    [at('new'), { password_hash: BCRYPT.replace('$05$', '$15$') }, /a cost of 4 to 14/],
    [at('new'), { password_hash: BCRYPT.replace('$2b', '$1b') }, /must be a bcrypt hash/],
    [at('alice/password'), { password: 'x', password_hash: BCRYPT }, /only one of password or password_hash/],
    [at('alice/password'), {}, /must provide either/],
    [at('new'), { password: 'x'.repeat(5000) }, /password is longer/],
    [at('new'), { password: 'x', token_policies: 'root' }, /root/],
    [at('new'), { password: 'x', token_type: 'batch', token_period: 1 }, /periodic/],
    [at('nobody/password'), { password: 'x' }, /username does not exist/],
    [at('nobody/policies'), { token_policies: 'x' }, /username does not exist/],
    [at('é'), { password: 'x' }, /^not_found/],
    [at('a b'), { password: 'x' }, /^not_found/],
  ]
  for (const [path, sent, words] of refused) expect(await vault.refusal('update', path, sent), path).toMatch(words)
  expect(await vault.refusal('read', at('new'))).toBe('not_found: ')
})

test('of many logins at once some wait, the rest are told to come again, and count as no failure', async () => {
  await vault.call('update', 'auth/userpass/users/bob', { password_hash: BCRYPT })
  await tune({ lockout_threshold: '300' })
  const answers = await Promise.all(Array.from({ length: 262 }, () => outcome('bob', 'wrong')))
  // Two are being checked, 256 wait.
  expect(answers.filter((answer) => answer === REFUSED)).toHaveLength(258)
  expect(answers.filter((answer) => answer !== REFUSED)).toEqual(
    Array.from({ length: 4 }, () => 'unavailable: too many passwords are being checked'),
  )
  for (let n = 0; n < 41; n++) expect(await outcome('bob', 'wrong')).toBe(REFUSED)
  expect(await outcome('bob', 'correct horse')).toBe('accepted')
})
