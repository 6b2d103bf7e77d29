import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { EgideError } from '../../../engines/errors.ts'
import { testFactors } from '../../../test/core/factors.ts'
import { TestClock, TestRandom } from '../../../test/harness/rows.ts'
import { MfaWorld, outcome } from '../../../test/identity/mfa-world.ts'
import { Unreachable } from '../../auth/jwks/outgoing-fetch.ts'
import { duoSignature } from './duo.ts'
import { FactorServices } from './services.ts'
import { DUO, OKTA, PASSCODE, PINGID, TestServices } from './testing-services.ts'

/** Second factors at services, through the whole pipeline, against what speaks their wire formats over TLS. */

const DENIED = 'permission_denied: permission denied'
const METHOD = 'identity/mfa/method'

let services: TestServices
let world: MfaWorld
beforeAll(async () => {
  services = await TestServices.open()
})
afterAll(() => services?.close())
beforeEach(async () => {
  services.reset()
  world = await MfaWorld.create({ outgoing: services.fetch })
})

const settings = (more: object = {}) => {
  const lines = {
    use_base64_key: PINGID.key.toString('base64'),
    use_signature: 'true',
    token: PINGID.token,
    idp_url: `https://${PINGID.host}/pingid`,
    org_alias: PINGID.org,
    admin_url: 'https://admin.test/pingid',
    authenticator_url: 'https://authenticator.test/pingid/ppm',
    ...more,
  }
  const text = Object.entries(lines).map(([name, value]) => `${name}=${value}`)
  return Buffer.from(['#Auto-Generated', ...text, ''].join('\r\n')).toString('base64')
}

const TERMS_OF_DUO = {
  usernameFormat: '',
  apiHostname: DUO.host,
  integrationKey: DUO.integrationKey,
  pushInfo: '',
  usesPasscode: false,
}
const TERMS = {
  duo: { api_hostname: DUO.host, integration_key: DUO.integrationKey, secret_key: DUO.secretKey },
  okta: { org_name: 'acme', api_token: OKTA.token },
  pingid: { settings_file_base64: settings() },
} as const
type Kind = keyof typeof TERMS

/** A method that all logins need. */
async function enforced(kind: Kind, more: object = {}): Promise<string> {
  const { method_id } = await world.vault.data('update', `${METHOD}/${kind}`, { ...TERMS[kind], ...more })
  await world.enforce('all', { mfa_method_ids: [method_id], auth_method_types: ['door'] })
  return String(method_id)
}

const answer = async (name: string, method: string, passcodes: readonly string[] = ['']) =>
  outcome(world.validate(await world.waiting(name), { [method]: passcodes }))

describe.each(['duo', 'okta', 'pingid'] as const)('%s', (kind) => {
  test('lets in who confirms, in both ways, and nobody else', async () => {
    const method = await enforced(kind, { username_format: '{{identity.entity.name}}' })
    for (const name of ['yes-ann', 'no-bob']) await world.person(name)
    const before = await world.tokens()
    const { auth } = await world.login('yes-ann')
    const [constraint] = auth?.mfaRequirement?.constraints ?? []
    expect(constraint?.any).toEqual([{ type: kind, id: method, usesPasscode: false, name: '' }])
    expect(await answer('yes-ann', method)).toBe('accepted')
    expect(await outcome(world.login('yes-ann', {}, { mfa: [method] }))).toBe('accepted')
    expect(await world.tokens()).toHaveLength(before.length + 2)
    expect(await answer('no-bob', method)).toMatch(/^permission_denied: failed to satisfy enforcement all. error: /)
    expect(await outcome(world.login('no-bob', {}, { mfa: [method] }))).toBe(DENIED)
    expect(await world.tokens()).toHaveLength(before.length + 2)
    expect(new Set(services.seen.map((line) => line.split(/[ /]/)[1]))).toEqual(
      new Set([{ duo: DUO.host, okta: OKTA.host, pingid: PINGID.host }[kind]]),
    )
  })

  test('whoever does not confirm is asked five times in a row, and not more for a while', async () => {
    const method = await enforced(kind)
    await world.person('no-eve')
    for (let n = 0; n < 5; n++) expect(await answer('no-eve', method)).not.toMatch(/maximum/)
    const asked = services.seen.length
    expect(await answer('no-eve', method)).toMatch(/maximum \w+ validation attempts 6 exceeded the allowed attempts 5/)
    expect(await outcome(world.login('no-eve', {}, { mfa: [method] }))).toBe(DENIED)
    expect(services.seen).toHaveLength(asked)
    world.vault.pass(60)
    expect(await answer('no-eve', method)).not.toMatch(/maximum/)
  })

  test('a service that fails lets nobody in, and says nothing of why', async () => {
    const method = await enforced(kind)
    await world.person('yes-ann')
    const before = await world.tokens()
    const faults: Record<string, NonNullable<TestServices['fault']>> = {
      'ends the connection': (reply) => reply.socket?.destroy(),
      'answers 500': (reply) => reply.writeHead(500).end('no'),
      'answers nonsense': (reply) => reply.writeHead(200).end('<html>'),
      'answers an empty object': (reply) => reply.writeHead(200).end('{}'),
      'answers null': (reply) => reply.writeHead(200).end('null'),
      'sends elsewhere': (reply) => reply.writeHead(302, { location: 'https://evil.test/' }).end(),
    }
    const words = /^unavailable: (Duo|Okta|PingID) (cannot be asked|does not answer as it should)$/
    for (const [what, fault] of Object.entries(faults)) {
      services.fault = fault
      const got = await answer('yes-ann', method)
      // Okta's list of users is none.
      expect(got, what).toMatch(
        kind === 'okta' && what.includes('answers') ? /^(unavailable|permission_denied)/ : words,
      )
      world.vault.pass(60)
    }
    services.fault = undefined
    expect(await world.tokens()).toEqual(before)
    expect(await answer('yes-ann', method)).toBe('accepted')
  })

  test('no secret of the method is shown or logged', async () => {
    const method = await enforced(kind)
    await world.person('no-eve')
    await answer('no-eve', method)
    const shown = JSON.stringify([
      await world.vault.data('read', `${METHOD}/${kind}/${method}`),
      await world.vault.data('read', `${METHOD}/${method}`),
      await world.vault.data('list', METHOD),
      world.vault.logged,
    ])
    for (const secret of [DUO.secretKey, OKTA.token, PINGID.token, PINGID.key.toString('base64')])
      expect(shown).not.toContain(secret)
  })
})

describe.each(['duo', 'okta'] as const)('%s', (kind) => {
  test('waits for who is slow, and not for ever', async () => {
    const method = await enforced(kind)
    for (const name of [`slow-${kind}`, 'never']) await world.person(name)
    expect(await answer(`slow-${kind}`, method)).toBe('accepted')
    expect(await answer('never', method)).toMatch(/push verification timed out/)
  })
})

describe('Duo', () => {
  test('signs as its documentation says', () => {
    const terms = {
      integrationKey: 'DIWJ8X6AEYOR5OMC6TQ1',
      secretKey: Buffer.from('Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep'),
      apiHostname: 'api-XXXXXXXX.duosecurity.com',
    }
    const params = { username: 'root', realname: 'First Last' }
    const call = { method: 'post', path: '/accounts/v1/account/list', params }
    const signed = duoSignature(terms, call, 'Tue, 21 Aug 2012 17:29:18 -0000')
    expect(signed).toBe(
      'Basic RElXSjhYNkFFWU9SNU9NQzZUUTE6MWJmZmI4OTI0MzQ4ZjdkYjdkYTllN2Q3ZDc0OWRlZDkzYWFmZDAyZDhlOTA0OTYwZGE3Yjk2YzU3NTEwMjIwMTg1YTY0YTI4MjdlZThmMjRhYzVkMzA4MDJhOWVlOTdlNTlkZTQ0YjMwNGIxODI0MmYwZDU5NmQxNWE4MTIyYWY=',
    )
  })

  test('takes a passcode, and tells a wrong one in the words of all', async () => {
    const method = await enforced('duo', { use_passcode: true, push_info: 'from=vault&why=login' })
    await world.person("ann o'neil (*)")
    const { auth } = await world.login("ann o'neil (*)")
    expect(auth?.mfaRequirement?.constraints[0]?.any[0]?.usesPasscode).toBe(true)
    expect(await answer("ann o'neil (*)", method, ['0000'])).toMatch(
      /error: MFA credentials not supplied or incorrect;/,
    )
    expect(await answer("ann o'neil (*)", method, [PASSCODE])).toBe('accepted')
    expect(services.params[1]).toMatchObject({ factor: 'passcode', ipaddr: '192.0.2.1', async: '1' })
    await world.person('yes-push')
    expect(await answer('yes-push', method)).toBe('accepted')
    const pushed = services.params.find(({ factor }) => factor === 'push')
    expect(pushed).toMatchObject({ device: 'auto', pushinfo: 'from=vault&why=login', username: 'yes-push' })
  })

  test('has the last word on who needs no push, or gets none', async () => {
    const method = await enforced('duo')
    for (const name of ['bypass-x', 'locked-y']) await world.person(name)
    expect(await answer('bypass-x', method)).toBe('accepted')
    expect(await answer('locked-y', method)).toMatch(/duo authentication failed: "Your account is disabled"/)
  })

  test('is away when it does not know our key', async () => {
    const method = await enforced('duo', { secret_key: 'another' })
    await world.person('yes-ann')
    expect(await answer('yes-ann', method)).toBe('unavailable: Duo does not answer as it should')
    expect(world.vault.logged.join()).toMatch(/Invalid signature/)
  })
})

describe('Okta', () => {
  test('finds people by login or e-mail address, one of each', async () => {
    const method = await enforced('okta', {
      primary_email: true,
      username_format: '{{identity.entity.name}}@acme.test',
    })
    const people = ['yes "x\\', 'nobody', 'twins', 'sms'] as const
    for (const name of people) await world.person(name)
    expect(await answer(people[0], method)).toBe('accepted')
    expect(services.params[0]?.filter).toBe('profile.email eq "yes \\"x\\\\@acme.test"')
    expect(await answer('nobody', method)).toMatch(/no users found/)
    expect(await answer('twins', method)).toMatch(/more than one user/)
    expect(await answer('sms', method)).toMatch(/no push-type MFA factor/)
  })

  test('gives its token to no other host', async () => {
    const method = await enforced('okta')
    await world.person('yes-ann')
    for (const elsewhere of ['https://evil.test', `http://${OKTA.host}`, `https://${OKTA.host}.evil.test`]) {
      services.oktaPoll = elsewhere
      expect(await answer('yes-ann', method)).toBe('unavailable: Okta does not answer as it should')
      expect(services.seen.at(-1)).toMatch(/verify$/)
      world.vault.pass(60)
    }
  })
})

test('a mount that is removed while they answer makes no token', async () => {
  const method = await enforced('duo')
  await world.person('slow-mount')
  const [id, before] = [await world.waiting('slow-mount'), await world.tokens()]
  services.beforeNextAnswer(() => world.vault.call('delete', 'sys/auth/door'))
  expect(await outcome(world.validate(id, { [method]: [''] }))).toBe(DENIED)
  expect(await world.tokens()).toEqual(before)
})

describe('PingID', () => {
  test('is believed when it signs for us, and for what was asked', async () => {
    const method = await enforced('pingid')
    await world.person('yes-ann')
    const lies: readonly TestServices['ping'][] = [
      { key: Buffer.from('another key') },
      { header: { alg: 'none' } },
      { header: { orgAlias: 'org-2' } },
      { header: { token: 'x' } },
      { body: { clientData: 'of another question' } },
      { body: { clientData: null } },
    ]
    for (const lie of lies) {
      services.ping = lie
      expect(await answer('yes-ann', method), JSON.stringify(lie)).toBe(
        'unavailable: PingID does not answer as it should',
      )
      world.vault.pass(60)
    }
    services.ping = { header: { orgAlias: undefined, org_alias: PINGID.org } }
    expect(await answer('yes-ann', method)).toBe('accepted')
    services.ping = { body: { errorId: '0200x' } }
    expect(await answer('yes-ann', method)).toMatch(/pingid authentication failed/)
  })
})

test('who takes all the places that one may have leaves places for others, and gets them back', async () => {
  const release = Promise.withResolvers<never>()
  const ignored = () => undefined
  const log = { debug: ignored, info: ignored, warn: ignored, error: ignored }
  const places = testFactors(new TestClock(), new TestRandom(), log, () => release.promise)
  const terms = { ...TERMS_OF_DUO, secretKey: Buffer.from(DUO.secretKey) }
  const method = { type: 'duo', id: 'm', name: '', terms } as const
  const asked = { username: 'ann', passcode: '', remoteAddress: '', signal: undefined }
  const under: Promise<string>[] = []
  const ask = (path: string) =>
    under.push(
      places.confirm({ id: path, path }, method, asked, 'bad').then(
        () => 'confirmed',
        ({ code, message }: EgideError) => `${code}: ${message}`,
      ),
    )
  const max = FactorServices.askedMax
  for (let nth = 0; nth < max; nth++) ask(nth % 2 === 0 ? 'team/' : 'team/sub/')
  const full = 'unavailable: too many second factors are asked for'
  for (const path of ['team/', 'team/deeper/still/']) {
    ask(path)
    expect(await under.pop()).toBe(full)
  }
  for (let nth = 0; nth < max / 2; nth++) ask('')
  ask('')
  expect(await under.pop()).toBe(full)
  for (let nth = 0; nth < max / 4; nth++) ask('other/')
  expect(under).toHaveLength(max * 1.75)
  release.reject(new Unreachable('gone'))
  expect(new Set(await Promise.all(under))).toEqual(new Set(['unavailable: Duo cannot be asked']))
  ask('team/')
  expect(await under.pop()).toBe('unavailable: Duo cannot be asked')
})

test('several kinds go together: any of one enforcement, all enforcements', async () => {
  const duo = await enforced('duo')
  const totp = await world.method()
  await world.enforce('all', { mfa_method_ids: [duo, totp], auth_method_types: ['door'] })
  const okta = String((await world.vault.data('update', `${METHOD}/okta`, TERMS.okta)).method_id)
  const ann = await world.person('yes-ann', [totp])
  await world.enforce('also', { mfa_method_ids: [okta], identity_entity_ids: [ann] })
  const id = await world.waiting('yes-ann')
  const code = world.code(ann, totp)
  expect(await outcome(world.validate(id, { [totp]: [code] }))).toMatch(/enforcement also/)
  expect(await outcome(world.validate(id, { [totp]: [code], [okta]: [''] }))).toBe('accepted')
  const next = await world.waiting('yes-ann')
  expect(await outcome(world.validate(next, { [duo]: [''], [okta]: [''] }))).toBe('accepted')
})

test('methods are not made of what makes no sense, and say so without what was sent', async () => {
  const refused: readonly (readonly [Kind, object, RegExp])[] = [
    ['duo', { secret_key: '' }, /secret_key is empty/],
    ['duo', { integration_key: '' }, /integration_key is empty/],
    ['duo', { api_hostname: '' }, /api_hostname is empty/],
    ['duo', { api_hostname: 'evil.test/path' }, /must be a host name/],
    ['duo', { api_hostname: 'localhost' }, /must be a host name/],
    ['duo', { api_hostname: 'a@evil.test' }, /must be a host name/],
    ['duo', { push_info: 'x'.repeat(2000) }, /push_info must be text of at most/],
    ['duo', { username_format: '{{x' }, /username_format has braces/],
    ['okta', { org_name: '' }, /org_name must be set/],
    ['okta', { org_name: 'evil.test/' }, /org_name must be a part/],
    ['okta', { api_token: '' }, /api_token must be set/],
    ['okta', { base_url: 'https://okta.com' }, /base_url must be a host name/],
    ['pingid', { settings_file_base64: '' }, /settings_file_base64 is empty/],
    ['pingid', { settings_file_base64: '!!' }, /must be base64/],
    [
      'pingid',
      { settings_file_base64: Buffer.from('secret').toString('base64') },
      /line 1 of the pingid settings file/,
    ],
    ['pingid', { settings_file_base64: settings({ token: '' }) }, /lacks token/],
    ['pingid', { settings_file_base64: settings({ idp_url: 'http://idp.test' }) }, /must be an https URL/],
    ['pingid', { settings_file_base64: settings({ other: 'x' }) }, /none of its settings/],
  ]
  for (const [kind, terms, words] of refused) {
    const sent = { ...TERMS[kind], ...terms }
    expect(await world.vault.refusal('update', `${METHOD}/${kind}`, sent), JSON.stringify(terms)).toMatch(words)
  }
  const { method_id } = await world.vault.data('update', `${METHOD}/okta`, { ...TERMS.okta, production: false })
  expect(await world.vault.data('read', `${METHOD}/okta/${method_id}`)).toMatchObject({ base_url: 'oktapreview.com' })
  expect(await world.vault.refusal('read', `${METHOD}/duo/${method_id}`)).toMatch(/failed to find the method ID/)
  expect(await world.vault.refusal('update', `${METHOD}/duo/${method_id}`, TERMS.duo)).toMatch(/is of type okta/)
  expect(await world.vault.refusal('delete', `${METHOD}/duo/${method_id}`)).toMatch(/does not match/)
  const made = { method_id, entity_id: await world.person('x') }
  expect(await world.vault.refusal('update', `${METHOD}/totp/admin-generate`, made)).toMatch(
    /generate not available for MFA type "okta"/,
  )
})
