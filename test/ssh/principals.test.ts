import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Caller } from '../../engines/engine.ts'
import { CALLER } from '../engines/mounted-engine.ts'
import { toldWithin } from '../harness/properties.ts'
import { type Certificate, type Data, HOSTS, SshAuthority, USERS, who } from './authority.ts'

/** Whom a certificate is for: the table of what a role lets a caller ask for. */

let ca: SshAuthority
beforeEach(async () => {
  ca = new SshAuthority()
  await ca.ca()
})

const outcome = (role: Data, asked: Data, caller?: Caller) => ca.outcomeUnder(role, asked, caller)
const user = USERS
const host = HOSTS
const asHost = { cert_type: 'host' }
const EMPTY = /refusing to issue unsafe, globally-valid certificate/
const NONE = /role is not configured to allow any principals/
const OTHER = /is not a valid value for valid_principals/

describe('principals', () => {
  test.each<[string, Data, Data, RegExp | readonly string[]]>([
    ['none asked for, none by default', user, {}, EMPTY],
    ['none asked for, where any is allowed', { allowed_users: '*' }, {}, EMPTY],
    ['an empty list', { ...user, default_user: 'ada' }, { valid_principals: '' }, EMPTY],
    ['a list of commas and blanks', { ...user, default_user: 'ada' }, { valid_principals: ' , ,' }, EMPTY],
    ['a default that is blank', { ...user, default_user: ' ,' }, {}, EMPTY],
    ['none asked for of a host', { ...host, allow_subdomains: true }, asHost, EMPTY],
    ['none asked for of a host, where any is allowed', { ...host, allowed_domains: '*' }, asHost, EMPTY],
    ["a host's default is no user's", { ...host, allowed_domains: '*', default_user: 'ada' }, asHost, EMPTY],
    ['none, where the role says so', { allow_empty_principals: true }, {}, []],
    ['none of a host, where the role says so', { ...host, allow_empty_principals: true }, asHost, []],
    ['the default', { ...user, default_user: 'ada' }, {}, ['ada']],
    ['a default that is not allowed', { ...user, default_user: 'root' }, {}, OTHER],
    ['a default where none is allowed', { default_user: 'ada' }, {}, NONE],
    ['one where none is allowed', {}, { valid_principals: 'ada' }, NONE],
    ['one where the list is of commas', { allowed_users: ' , ' }, { valid_principals: 'ada' }, NONE],
    ['one where empty is allowed and none is', { allow_empty_principals: true }, { valid_principals: 'root' }, NONE],
    ['one that is allowed', user, { valid_principals: 'bob' }, ['bob']],
    ['several, some twice', user, { valid_principals: 'bob, ada,bob' }, ['bob', 'ada']],
    ['one of them not allowed', user, { valid_principals: 'ada,root' }, OTHER],
    ['another case', user, { valid_principals: 'Ada' }, OTHER],
    ['the star itself', user, { valid_principals: '*' }, OTHER],
    ['a star among names is only a name', { allowed_users: 'ada,*' }, { valid_principals: 'root' }, OTHER],
    ['any', { allowed_users: '*' }, { valid_principals: 'root' }, ['root']],
    ['a line break', { allowed_users: '*' }, { valid_principals: 'ada\nroot' }, /control character/],
    ['a NUL', { allowed_users: '*' }, { valid_principals: 'ada\0' }, /control character/],
    ['a long one', { allowed_users: '*' }, { valid_principals: 'a'.repeat(256) }, /at most 255/],
    [
      'more than sshd takes',
      { allowed_users: '*' },
      { valid_principals: Array.from({ length: 257 }, (_, n) => `u${n}`).join() },
      /more than 256/,
    ],
    [
      'a domain itself',
      { ...host, allow_bare_domains: true },
      { ...asHost, valid_principals: 'example.org' },
      ['example.org'],
    ],
    [
      'a domain itself, where it may only be below',
      { ...host, allow_subdomains: true },
      { ...asHost, valid_principals: 'example.com' },
      OTHER,
    ],
    [
      'below a domain',
      { ...host, allow_subdomains: true },
      { ...asHost, valid_principals: 'a.b.example.com' },
      ['a.b.example.com'],
    ],
    [
      'below a domain, where it may only be itself',
      { ...host, allow_bare_domains: true },
      { ...asHost, valid_principals: 'a.example.com' },
      OTHER,
    ],
    ['neither', host, { ...asHost, valid_principals: 'example.com' }, OTHER],
    [
      'an end that is no label',
      { ...host, allow_subdomains: true },
      { ...asHost, valid_principals: 'evilexample.com' },
      OTHER,
    ],
    [
      'nothing before the dot',
      { ...host, allow_subdomains: true },
      { ...asHost, valid_principals: '.example.com' },
      OTHER,
    ],
    [
      'a domain in front',
      { ...host, allow_subdomains: true },
      { ...asHost, valid_principals: 'example.com.evil.org' },
      OTHER,
    ],
    ["a user's list is not a host's", { ...host, allowed_users: 'a' }, { ...asHost, valid_principals: 'a' }, OTHER],
  ])('%s', async (_what, role, asked, expected) => {
    const got = await outcome(role, asked)
    if (expected instanceof RegExp) expect(got).toMatch(expected)
    else expect(got).toMatchObject({ principals: expected })
  })

  test('whatever a role allows and a caller asks for: what is signed names somebody, and nobody else', async () => {
    const name = fc.constantFrom(
      'ada',
      'bob',
      'root',
      '*',
      '',
      ' ',
      'a.example.com',
      '.example.com',
      '{{identity.entity.name}}',
    )
    const list = fc.array(name, { maxLength: 4 }).map((names) => names.join(','))
    await fc.assert(
      fc.asyncProperty(
        list,
        list,
        fc.option(list, { nil: undefined }),
        fc.boolean(),
        fc.boolean(),
        async (allowed, byDefault, asked, isTemplate, withEntity) => {
          const role = { allowed_users: allowed, default_user: byDefault, allowed_users_template: isTemplate }
          const caller = withEntity ? who('eve') : CALLER
          const got = await outcome(role, asked === undefined ? {} : { valid_principals: asked }, caller)
          if (typeof got === 'string') return
          expect(got.principals).not.toHaveLength(0)
          expect(got.principals).not.toContain('')
          if (allowed.trim() === '*') return
          const names = allowed.split(',').map((one) => one.trim())
          const filled = isTemplate
            ? names.map((one) => (one.startsWith('{{') ? (withEntity ? 'eve' : '') : one))
            : names
          for (const principal of got.principals) expect(filled).toContain(principal)
        },
      ),
      { numRuns: 300, ...toldWithin() },
    )
  })
})

describe('identity templates', () => {
  const own = { allowed_users: 'shared, {{identity.entity.name}}', allowed_users_template: true }
  const login = { default_extensions: { 'permit-pty': '', 'login@github.com': '{{identity.entity.metadata.github}}' } }
  test.each<[string, Data, Data, Caller, RegExp | Partial<Certificate>]>([
    ['their own name', own, { valid_principals: 'ada' }, who('ada'), { principals: ['ada'] }],
    ["another's name", own, { valid_principals: 'bob' }, who('ada'), OTHER],
    ['a name beside the template', own, { valid_principals: 'shared' }, CALLER, { principals: ['shared'] }],
    ['the template itself', own, { valid_principals: '{{identity.entity.name}}' }, CALLER, OTHER],
    ['the template itself, of an entity', own, { valid_principals: '{{identity.entity.name}}' }, who('ada'), OTHER],
    [
      'a template that is none',
      { ...own, allowed_users_template: false },
      { valid_principals: 'ada' },
      who('ada'),
      OTHER,
    ],
    ['a star in a name', own, { valid_principals: 'root' }, who('*'), OTHER],
    ['a star in a name is not that name', own, { valid_principals: '*' }, who('*'), OTHER],
    ['nor is a question mark', own, { valid_principals: 'a?a' }, who('a?a'), OTHER],
    [
      'a star in a name, where lists are let be',
      { ...own, allow_commas_in_identity_templates: true },
      { valid_principals: '*' },
      who('*'),
      OTHER,
    ],
    [
      'a star in a name, where the role lets patterns be',
      { ...own, allow_wildcards_in_identity_templates: true },
      { valid_principals: '*' },
      who('*'),
      { principals: ['*'] },
    ],
    [
      'a star that is let be stands for no other name',
      { ...own, allow_wildcards_in_identity_templates: true },
      { valid_principals: 'root' },
      who('*'),
      OTHER,
    ],
    [
      'a list, where patterns are let be',
      { ...own, allow_wildcards_in_identity_templates: true },
      { valid_principals: 'root' },
      who('ada,root'),
      OTHER,
    ],
    ...(['*', '*.*'] as const).map((pattern): [string, Data, Data, Caller, RegExp] => [
      `a host of any name, as ${pattern}, by a star in a name`,
      {
        ...host,
        allow_bare_domains: true,
        allow_subdomains: true,
        allowed_domains: '{{identity.entity.name}}',
        allowed_domains_template: true,
      },
      { ...asHost, valid_principals: pattern },
      who('*'),
      OTHER,
    ]),
    ...(['ada,root', '*'] as const).map((name): [string, Data, Data, Caller, RegExp] => [
      `a default of ${name} in a name, where any is allowed`,
      { allowed_users: '*', default_user: '{{identity.entity.name}}', default_user_template: true },
      {},
      who(name),
      /default_user has no value/,
    ]),
    [
      'a default that is a list, where the role lets it be',
      {
        allowed_users: '*',
        default_user: '{{identity.entity.name}}',
        default_user_template: true,
        allow_commas_in_identity_templates: true,
      },
      {},
      who('ada,root'),
      { principals: ['ada', 'root'] },
    ],
    ['a list in a name', own, { valid_principals: 'root' }, who('ada,root'), OTHER],
    [
      'a list that the role lets be',
      { ...own, allow_commas_in_identity_templates: true },
      { valid_principals: 'root' },
      who('ada,root'),
      { principals: ['root'] },
    ],
    [
      'an alias',
      { ...own, allowed_users: '{{identity.entity.aliases.auth_1.name}}' },
      { valid_principals: 'ada@corp' },
      who('ada'),
      { principals: ['ada@corp'] },
    ],
    [
      'metadata that is not there',
      { ...own, allowed_users: '{{identity.entity.metadata.user}}' },
      { valid_principals: 'ada' },
      who('ada'),
      OTHER,
    ],
    [
      'a default',
      { ...own, default_user: '{{ identity.entity.name }}', default_user_template: true },
      {},
      who('ada'),
      { principals: ['ada'] },
    ],
    [
      'a default of nobody',
      { ...own, default_user: '{{identity.entity.name}}', default_user_template: true },
      {},
      CALLER,
      /default_user has no value/,
    ],
    ['a default that is none', { ...own, default_user: '{{identity.entity.name}}' }, {}, who('ada'), OTHER],
    [
      "a group's domain",
      {
        ...host,
        allow_subdomains: true,
        allowed_domains: '{{identity.groups.names.team.metadata.domain}}',
        allowed_domains_template: true,
      },
      { ...asHost, valid_principals: 'a.team.example.com' },
      who('ada'),
      { principals: ['a.team.example.com'] },
    ],
    [
      'an extension',
      { ...user, default_user: 'ada', ...login, default_extensions_template: true },
      {},
      who('ada', { github: 'ada99' }),
      { extensions: { 'permit-pty': '', 'login@github.com': 'ada99' } },
    ],
    [
      'an extension of nobody',
      { ...user, default_user: 'ada', ...login, default_extensions_template: true },
      {},
      CALLER,
      { extensions: { 'permit-pty': '' } },
    ],
    [
      'an extension without a value',
      { ...user, default_user: 'ada', ...login, default_extensions_template: true },
      {},
      who('ada'),
      /the template of login@github.com has no value/,
    ],
  ])('%s', async (_what, role, asked, caller, expected) => {
    const got = await outcome(role, asked, caller)
    if (expected instanceof RegExp) expect(got).toMatch(expected)
    else expect(got).toMatchObject(expected)
  })

  test('braces that do not pair are refused when the role is written', async () => {
    const role = {
      key_type: 'ca',
      allow_user_certificates: true,
      allowed_users: '{{identity',
      allowed_users_template: true,
    }
    expect(await ca.refusal('create', 'roles/own', role)).toMatch(/allowed_users: unbalanced/)
  })
})
