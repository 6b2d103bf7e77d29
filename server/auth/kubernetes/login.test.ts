import { createHmac } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { TestNamespace } from '../../../test/core/test-namespace.ts'
import { newAuthority } from '../cert/testing-certificates.ts'
import { pemOf, signer } from '../jwks/testing-tokens.ts'
import { AUDIENCE, REVIEWER, type TestCluster, type TokenWanted } from './testing-cluster.ts'
import { TestLogins } from './testing-logins.ts'

/** Who gets in with a token of a cluster and who does not, through the whole pipeline, against an API server over TLS. */

const DENIED = 'permission_denied: permission denied'
const AWAY = 'unavailable: the Kubernetes API server cannot be asked'

let logins: TestLogins
let cluster: TestCluster
let namespace: TestNamespace

beforeEach(async () => {
  logins = await TestLogins.open()
  ;({ cluster, namespace } = logins)
})
afterEach(() => logins.close())

const configure = (more?: object) => logins.configure(more)
const allow = (more: object = {}, name = 'web') =>
  namespace.call('update', `auth/kubernetes/role/${name}`, {
    bound_service_account_names: 'web',
    bound_service_account_namespaces: 'apps',
    token_policies: 'web',
    ...more,
  })
const logIn = (jwt: string, role?: string) => logins.logIn(jwt, role)
const refusal = (jwt: string, role?: string) => logins.refusal(jwt, role)
const tokens = async () => ((await namespace.data('list', 'auth/token/accessors')).keys as unknown[]).length

const stranger = signer('k1', 'RS256')
const outcomeOf = (error: Error) => error.message

const SHARED = "with the cluster's key set"
const MODES: Record<string, () => object> = {
  'by review alone': () => ({}),
  'with PEM keys': () => ({ pem_keys: pemOf(cluster.signer) }),
  [SHARED]: () => ({ verify_with_jwks: true }),
}

for (const [mode, config] of Object.entries(MODES)) {
  describe(`verified ${mode}`, () => {
    beforeEach(async () => {
      await configure(config())
      await allow()
    })

    test('a token of a bound service account lets in', async () => {
      const { auth } = await logIn(await cluster.token(), 'WEB')
      expect(auth).toMatchObject({ policies: ['default', 'web'], renewable: true })
      expect(auth?.metadata).toEqual({
        role: 'web',
        service_account_name: 'web',
        service_account_namespace: 'apps',
        service_account_uid: 'uid-of-apps-web',
        service_account_secret_name: '',
      })
      expect(await namespace.data('update', 'auth/token/lookup', { token: auth?.clientToken })).toMatchObject({
        display_name: 'kubernetes-apps-web',
      })
      expect(cluster.calls.reviews).toBe(1)
    })

    // A review each is real work, of which a busy machine gets less done in the time that a call may take.
    const each = mode === SHARED ? 100 : 25
    test(`${each} good and ${each} bad logins at a time: each gets what it should`, async () => {
      const before = await tokens()
      const sent = await Promise.all(
        Array.from({ length: 2 * each }, (_, i) =>
          cluster.token(i % 2 === 0 ? { pod: `web-${i}` } : { pod: `x-${i}`, signer: stranger, isForged: true }),
        ),
      )
      const outcomes = await Promise.all(sent.map((jwt) => logIn(jwt).then(() => 'in', outcomeOf)))
      expect(outcomes).toEqual(sent.map((_, i) => (i % 2 === 0 ? 'in' : 'permission denied')))
      expect(await tokens()).toBe(before + each)
    })
  })
}

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

interface Bad {
  readonly token: () => Promise<string>
  /** Refused only where somebody verifies the signature, or looks at the claim: `jwks`. */
  readonly config?: object
  readonly role?: object
}
const made = (wanted: TokenWanted, more: Omit<Bad, 'token'> = {}): Bad => ({
  token: () => cluster.token(wanted),
  ...more,
})
const bad: Record<string, Bad> = {
  rubbish: { token: async () => 'rubbish' },
  'three empty parts': { token: async () => '..' },
  'one of another service account': made({ name: 'other' }),
  'one of another namespace': made({ namespace: 'other' }),
  'one that the cluster never gave out': made({ isForged: true }),
  'one that the cluster never gave out, with its key set': made(
    { isForged: true, signer: stranger },
    { config: { verify_with_jwks: true } },
  ),
  'one with the name of another account than the cluster knows': {
    token: async () => {
      const claims = { 'kubernetes.io': { namespace: 'apps', serviceaccount: { name: 'web', uid: 'uid-of-apps-web' } } }
      return cluster.token({ namespace: 'evil', name: 'evil', claims })
    },
  },
  'one of an account that was made anew': {
    token: async () => {
      const claims = { 'kubernetes.io': { namespace: 'apps', serviceaccount: { name: 'web', uid: 'older' } } }
      return cluster.token({ claims })
    },
  },
  'an expired one': made({ claims: { exp: 1 } }),
  'one that is not valid yet': made({ claims: { nbf: 4_000_000_000 } }),
  'one with a time that is none': made({ claims: { exp: 'never' } }),
  'one for another audience': made({ audiences: ['other'] }, { role: { audience: 'vault' } }),
  'one for no audience': made({ audiences: [] }, { role: { audience: 'vault' } }),
  'one whose audience is part of the name': made({ audiences: 'vault-not' }, { role: { audience: 'vault' } }),
  'one by another issuer': made({}, { config: { disable_iss_validation: false, issuer: 'https://other' } }),
  'one without an issuer': made({ claims: { iss: undefined } }, { config: { disable_iss_validation: false } }),
  'one of a person': made({ claims: { 'kubernetes.io': undefined } }),
  'one without a uid': made({ claims: { 'kubernetes.io': { namespace: 'apps', serviceaccount: { name: 'web' } } } }),
  'one that is not signed': {
    token: async () => {
      const [, claims] = (await cluster.token()).split('.')
      return `${base64url({ alg: 'none' })}.${claims}.`
    },
  },
  'one that is signed with the public key as a secret': {
    config: { verify_with_jwks: true },
    token: async () => {
      const [, claims] = (await cluster.token()).split('.')
      const head = `${base64url({ alg: 'HS256', kid: 'k1' })}.${claims}`
      return `${head}.${createHmac('sha256', pemOf(cluster.signer)).update(head).digest('base64url')}`
    },
  },
  'one by an unknown key': made({ signer: signer('k9'), isForged: true }, { config: { verify_with_jwks: true } }),
  'a good one with another signature': {
    config: { verify_with_jwks: true },
    token: async () => {
      const [head, claims] = (await cluster.token()).split('.')
      return `${head}.${claims}.${(await cluster.token({ pod: 'x' })).split('.')[2]}`
    },
  },
  'a good one, to a role of other accounts': made({}, { role: { bound_service_account_names: ['we', 'webs'] } }),
  'a good one, to a role of other namespaces': made({}, { role: { bound_service_account_namespaces: 'app,a*x' } }),
  'a good one, from an address that the role does not let in': made({}, { role: { token_bound_cidrs: '10.0.0.0/8' } }),
}

describe('a client is refused, and learns nothing else, that sends', () => {
  for (const [what, { token, config, role }] of Object.entries(bad)) {
    test(what, async () => {
      await configure(config)
      await allow(role)
      const before = await tokens()
      const jwt = await token()
      expect(await refusal(jwt)).toBe(DENIED)
      expect(await refusal(jwt, 'nothing')).toBe(DENIED)
      expect(await tokens()).toBe(before)
    })
  }

  test('a good one, to a mount that is not configured', async () => {
    await allow()
    expect(await refusal(await cluster.token())).toBe(DENIED)
  })
})

test('a login has what roles of `sys/roles` give to the role that it is under', async () => {
  await configure()
  await allow()
  await namespace.call('update', 'sys/roles/ops', { policies: 'more', member_auth_roles: 'auth/kubernetes/Web' })
  const { auth } = await logIn(await cluster.token(), 'WEB')
  expect(auth).toMatchObject({ policies: ['default', 'more', 'web'], identityPolicies: ['more'] })
})

test('what is missing is said', async () => {
  expect(await refusal('')).toBe('invalid_request: missing jwt')
  expect(await refusal('x', '')).toBe('invalid_request: missing role')
})

test('a token of a secret, which has no times, lets in', async () => {
  await configure()
  await allow()
  const legacy = {
    'kubernetes.io': undefined,
    'kubernetes.io/serviceaccount/namespace': 'apps',
    'kubernetes.io/serviceaccount/service-account.name': 'web',
    'kubernetes.io/serviceaccount/service-account.uid': 'uid-of-apps-web',
    'kubernetes.io/serviceaccount/secret.name': 'web-token',
    exp: undefined,
    nbf: undefined,
    iat: undefined,
  }
  const { auth } = await logIn(await cluster.token({ claims: legacy }))
  expect(auth?.metadata).toMatchObject({ service_account_secret_name: 'web-token' })
})

test('names and namespaces have globs', async () => {
  await configure()
  await allow({ bound_service_account_names: ['web-*', 'api'], bound_service_account_namespaces: 'team-*' })
  await logIn(await cluster.token({ name: 'web-1', namespace: 'team-a' }))
  expect(await refusal(await cluster.token({ name: 'aweb-1', namespace: 'team-a' }))).toBe(DENIED)
  await allow({ bound_service_account_names: '*', bound_service_account_namespaces: '*' })
  await logIn(await cluster.token({ name: 'x', namespace: 'y' }))
})

test('namespaces are chosen by their labels, and only for tokens that are good', async () => {
  await configure()
  const selector =
    '{"matchLabels":{"team":"a"},"matchExpressions":[{"key":"stage","operator":"NotIn","values":["test"]}]}'
  await allow({ bound_service_account_namespaces: [], bound_service_account_namespace_selector: selector })
  cluster.labels = { apps: { team: 'a' }, tests: { team: 'a', stage: 'test' }, others: { team: 'b' } }
  await logIn(await cluster.token())
  for (const name of ['tests', 'others', 'gone'])
    expect(await refusal(await cluster.token({ namespace: name })), name).toBe(DENIED)
  expect(cluster.calls.namespaces).toBe(4)
  expect(await refusal(await cluster.token({ namespace: 'secret', isForged: true }))).toBe(DENIED)
  expect(cluster.calls.namespaces).toBe(4)
  await configure({ token_reviewer_jwt: '' })
  cluster.isOpen = true
  expect(await refusal(await cluster.token({ pod: 'b' })), 'nobody may look at namespaces').toBe(AWAY)
})

test('the role says what the alias is, and annotations what is known of it', async () => {
  await configure({ use_annotations_as_alias_metadata: true })
  cluster.annotations = { 'apps/web': { 'alias-metadata.vault.hashicorp.com/team': 'blue', 'other/x': 'y' } }
  await allow({ alias_name_source: 'serviceaccount_name' })
  await logIn(await cluster.token())
  expect(cluster.calls.accounts).toBe(1)
})

test('a renewal follows the role, and ends with it', async () => {
  await configure()
  await allow({ token_ttl: '1h' })
  const { auth } = await logIn(await cluster.token())
  const renew = (operation: 'call' | 'refusal') =>
    namespace[operation]('update', 'auth/token/renew-self', {}, { token: auth?.clientToken })
  await allow({ token_ttl: '2h' })
  expect(await renew('call')).toMatchObject({ auth: { leaseDurationSeconds: 7200 } })
  await namespace.call('delete', 'auth/kubernetes/role/web')
  expect(await renew('refusal')).toMatch(/^invalid_request: .*not renewing$/)
  await allow({ token_ttl: '2h' })
  expect(await renew('refusal')).toMatch(/^invalid_request: .*not renewing$/)
})

test('in a pod its own token and authority are used, and read again when they are replaced', async () => {
  const pod = path.join(logins.folder, 'pod')
  mkdirSync(pod)
  writeFileSync(path.join(pod, 'token'), `${REVIEWER}\n`)
  writeFileSync(path.join(pod, 'ca.crt'), cluster.caPem)
  await configure({ kubernetes_ca_cert: '', token_reviewer_jwt: '' })
  await allow()
  await logIn(await cluster.token({ pod: 'a' }))
  cluster.reviewer = 'the next token'
  expect(await refusal(await cluster.token({ pod: 'b' }))).toBe(AWAY)
  writeFileSync(path.join(pod, 'token'), 'the next token')
  await logIn(await cluster.token({ pod: 'c' }))
  writeFileSync(path.join(pod, 'ca.crt'), (await newAuthority()).pem)
  expect(await refusal(await cluster.token({ pod: 'd' })), 'another authority').toBe(AWAY)
  await configure({ token_reviewer_jwt: '', disable_local_ca_jwt: true })
  cluster.isOpen = true
  await logIn(await cluster.token({ pod: 'e' }))
})

test('the audience of the cluster is asked for where the role names none', async () => {
  await configure()
  await allow()
  await logIn(await cluster.token({ audiences: ['x', AUDIENCE] }))
  await logIn(await cluster.token({ audiences: 'vault' }))
})

test.each([
  ['deleted', () => namespace.call('delete', 'auth/kubernetes/role/web')],
  ['changed', () => allow({ token_policies: 'less' })],
])('a role that is %s while the cluster is asked lets nobody in', async (_, change) => {
  await configure()
  await allow()
  const before = await tokens()
  cluster.before = change
  expect(await refusal(await cluster.token())).toBe('unavailable: the role was changed during the login')
  expect(await tokens()).toBe(before)
})
