import { X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Caller } from '../../engines/engine.ts'
import { CALLER } from '../engines/mounted-engine.ts'
import { at } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'
import { Authority } from './authority.ts'

/** Roles whose names depend on who asks. */

const who = (name: string, metadata: Readonly<Record<string, string>> = {}): Caller => ({
  ...CALLER,
  entityId: 'e',
  identity: {
    entity: { id: 'e', name, metadata, aliases: [] },
    groups: [{ id: 'g', name: 'team', namespacePath: '', metadata: { zone: 'zone.example.com' } }],
  },
})

describe('a role with templates', () => {
  async function outcome(
    role: Readonly<Record<string, unknown>>,
    asked: Readonly<Record<string, unknown>>,
    caller: Caller | undefined,
  ): Promise<string> {
    const ca = new Authority()
    await ca.root()
    await ca.role('own', { require_cn: false, ...role })
    return ca.call('update', 'issue/own', { ttl: '1h', ...asked }, caller).then(
      () => 'issued',
      (error: Error) => error.message,
    )
  }
  const domains = { allowed_domains_template: true, allow_bare_domains: true, allow_subdomains: false }
  const own = { ...domains, allowed_domains: '{{identity.entity.name}}.example.com' }
  const zone = { ...domains, allowed_domains: '{{ identity.entity.metadata.zone }}', allow_glob_domains: true }
  const uri = { allowed_uri_sans_template: true, allowed_uri_sans: 'spiffe://example.com/{{identity.entity.name}}' }

  test.each([
    ['their own name', own, { common_name: 'ada.example.com' }, who('ada'), true],
    ["another's name", own, { common_name: 'bob.example.com' }, who('ada'), false],
    ['the template itself', own, { common_name: '{{identity.entity.name}}.example.com' }, who('ada'), false],
    ['nobody in particular', own, { common_name: '.example.com' }, CALLER, false],
    ['metadata', zone, { common_name: 'a.example.com' }, who('ada', { zone: 'a.example.com' }), true],
    ['metadata that is not there', zone, { common_name: 'a.example.com' }, who('ada'), false],
    ['a pattern in metadata', zone, { common_name: 'b.example.com' }, who('ada', { zone: '*' }), false],
    [
      'a pattern that the role lets metadata hold',
      { ...zone, allow_globs_in_identity_templates: true },
      { common_name: 'b.example.com' },
      who('ada', { zone: '*.example.com' }),
      true,
    ],
    [
      "a group's metadata",
      { ...domains, allowed_domains: '{{identity.groups.names.team.metadata.zone}}' },
      { common_name: 'zone.example.com' },
      who('ada'),
      true,
    ],
    ['a URI of their own', uri, { uri_sans: 'spiffe://example.com/ada' }, who('ada'), true],
    ["another's URI", uri, { uri_sans: 'spiffe://example.com/bob' }, who('ada'), false],
    ['a URI below', uri, { uri_sans: 'spiffe://example.com/a/b' }, who('a/b'), false],
    ...['evil.com?', 'evil.com#'].map(
      (name) =>
        [
          `${name} as the host of a URI`,
          { ...uri, allowed_uri_sans: 'https://{{identity.entity.name}}.example.com/' },
          { uri_sans: `https://${name}.example.com/` },
          who(name),
          false,
        ] as const,
    ),
    ...['..', '.', '%2E%2e'].map(
      (name) =>
        [
          `${name} in a URI`,
          { ...uri, allowed_uri_sans: 'spiffe://example.com/team/{{identity.entity.name}}/db' },
          { uri_sans: `spiffe://example.com/team/${name}/db` },
          who(name),
          false,
        ] as const,
    ),
    ['dots in a name', uri, { uri_sans: 'spiffe://example.com/a..b' }, who('a..b'), true],
    ['a pattern in a URI', uri, { uri_sans: 'spiffe://example.com/bob' }, who('*'), false],
  ] as const)('%s', async (_what, role, asked, caller, allowed) => {
    expect(await outcome(role, asked, caller)).toMatch(allowed ? /^issued$/ : /not allowed (by|in) this role/)
  })

  test('what is no template is refused when the role is written, and a role says what it is', async () => {
    const ca = new Authority()
    for (const [field, flag] of [
      ['allowed_domains', 'allowed_domains_template'],
      ['allowed_uri_sans', 'allowed_uri_sans_template'],
    ] as const) {
      const refusal = await ca.refusal('update', 'roles/own', { [field]: 'a{{b', [flag]: true })
      expect(refusal).toBe(`invalid_request: ${field}: unbalanced templating braces`)
    }
    await ca.role('own', own)
    expect(await ca.data('read', 'roles/own')).toMatchObject({
      allowed_domains_template: true,
      allowed_uri_sans_template: false,
      allow_globs_in_identity_templates: false,
      allowed_domains: ['{{identity.entity.name}}.example.com'],
    })
  })
})

describe('over the wire', () => {
  let server: Server
  beforeAll(async () => {
    server = await startUnsealed({ storage: 'inmem' })
  })
  afterAll(() => server.remove())

  test('who logs in gets a certificate for the name of their entity, and no other', async () => {
    await server.call('POST', 'sys/mounts/pki', { body: { type: 'pki' } })
    await server.call('POST', 'pki/root/generate/internal', { body: { common_name: 'Root', key_type: 'ec' } })
    await server.call('POST', 'pki/roles/own', {
      body: {
        allowed_domains: '{{identity.entity.name}}.example.com',
        allowed_domains_template: true,
        allow_bare_domains: true,
        key_type: 'ec',
      },
    })
    await server.call('POST', 'sys/policies/acl/own', {
      body: { policy: 'path "pki/issue/own" { capabilities = ["update"] }' },
    })
    await server.call('POST', 'sys/auth/userpass', { body: { type: 'userpass' } })
    const auths = await server.call('GET', 'sys/auth')
    const accessor = at(auths.body, 'data', 'userpass/', 'accessor')
    await server.call('POST', 'auth/userpass/users/ada', { body: { password: 'correct horse', policies: 'own' } })
    const entity = await server.call('POST', 'identity/entity', { body: { name: 'lovelace' } })
    await server.call('POST', 'identity/entity-alias', {
      body: { name: 'ada', canonical_id: at(entity.body, 'data', 'id'), mount_accessor: accessor },
    })
    const login = await server.call('POST', 'auth/userpass/login/ada', { body: { password: 'correct horse' } })
    const token = String(at(login.body, 'auth', 'client_token'))
    const issue = (name: string) =>
      server.call('POST', 'pki/issue/own', { body: { common_name: name, ttl: '1h' }, token })
    const own = await issue('lovelace.example.com')
    expect(own.status).toBe(200)
    expect(new X509Certificate(String(at(own.body, 'data', 'certificate'))).subject).toBe('CN=lovelace.example.com')
    expect((await issue('babbage.example.com')).status).toBe(400)
    const asRoot = await server.call('POST', 'pki/issue/own', { body: { common_name: 'lovelace.example.com' } })
    expect(asRoot.status).toBe(400)
  })
})
