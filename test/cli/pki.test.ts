import { X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Server, startUnsealed } from '../harness/server.ts'
import { Shell } from './shell.ts'

/** `egide pki …` at a server over TLS, which ACME needs. */

let server: Server
let shell: Shell
beforeAll(async () => {
  server = await startUnsealed({ storage: 'inmem', tls: true })
  shell = new Shell({
    EGIDE_ADDR: server.address,
    EGIDE_TOKEN: server.rootToken,
    EGIDE_CACERT: server.certificate?.caFile,
  })
  for (const mount of ['root', 'int', 'other', 'empty']) {
    await shell.ok(['secrets', 'enable', `-path=${mount}`, '-max-lease-ttl=87600h', 'pki'])
  }
  await shell.ok([
    'write',
    'root/root/generate/internal',
    'common_name=Root',
    'issuer_name=top',
    'key_type=ec',
    'ttl=87000h',
  ])
  await shell.ok(['write', 'other/root/generate/internal', 'common_name=Other', 'key_type=ed25519', 'ttl=87000h'])
})
afterAll(async () => {
  shell.remove()
  await server.remove()
})

const json = async (...args: string[]) => JSON.parse(await shell.ok([...args, '-format=json']))
const issuer = async (path: string) => (await json('read', path)).data

describe('issue and reissue', () => {
  test('an intermediate of another mount, with its chain and parent beside it', async () => {
    const asked = ['common_name=Int', 'key_type=rsa', 'key_bits=2048', 'ttl=8700h', 'ou=Ops', 'max_path_length=0']
    const made = (await json('pki', 'issue', '-issuer_name=first', 'root/issuer/top', 'int', ...asked)).data
    expect(made).toMatchObject({ issuer_name: 'first', ca_chain: [expect.any(String), expect.any(String)] })
    const [own, parent] = [made.certificate, (await issuer('root/issuer/top')).certificate].map(
      (pem) => new X509Certificate(pem),
    )
    expect(own?.verify(parent?.publicKey as X509Certificate['publicKey'])).toBe(true)
    expect(made.key_id).not.toBe('')
    expect((await issuer('int/issuer/top')).certificate).toBe((await issuer('root/issuer/top')).certificate)
    await shell.ok(['write', 'int/roles/web', 'allowed_domains=example.com', 'allow_subdomains=true', 'key_type=ec'])
    await shell.ok(['write', 'int/issuer/first/issue/web', 'common_name=www.example.com', 'ttl=1h'])
  })

  test('one like another, but for what is given', async () => {
    const again = (await json('pki', 'reissue', '-issuer_name=second', 'root/issuer/top', 'int/issuer/first', 'int'))
      .data
    const [old, made] = [(await issuer('int/issuer/first')).certificate, again.certificate].map(
      (pem) => new X509Certificate(pem),
    )
    expect(made?.subject).toBe(old?.subject)
    expect(made?.subject).toContain('OU=Ops')
    expect(made?.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048)
    expect(made?.publicKey.equals(old?.publicKey as X509Certificate['publicKey'])).toBe(false)
    const span = (one: X509Certificate | undefined) =>
      Math.round(((one?.validToDate.getTime() ?? 0) - (one?.validFromDate.getTime() ?? 0)) / 60_000)
    expect(Math.abs(span(made) - span(old))).toBeLessThan(2)

    const args = ['-type=existing', '-issuer_name=third', 'root/issuer/top', 'int/issuer/first', 'int']
    const same = (await json('pki', 'reissue', ...args, 'common_name=Third', 'ttl=100h')).data
    const third = new X509Certificate(same.certificate)
    expect(third.subject).toContain('CN=Third')
    expect(third.publicKey.equals(old?.publicKey as X509Certificate['publicKey'])).toBe(true)
    expect(same.key_id).toBe((await issuer('int/issuer/first')).key_id)
  })

  test('what cannot be done is said, with what was done before', async () => {
    const path = await shell.run(['pki', 'issue', 'root/ca', 'int', 'common_name=X'])
    expect([path.code, path.stderr]).toEqual([1, expect.stringContaining('root/ca is no path of an issuer')])
    const parent = await shell.run(['pki', 'issue', 'root/issuer/none', 'int', 'common_name=X'])
    expect([parent.code, parent.stderr]).toEqual([2, expect.stringContaining('No value found at root/issuer/none')])
    const mount = await shell.run(['pki', 'issue', 'root/issuer/top', 'secret', 'common_name=X'])
    expect([mount.code, mount.stderr]).toEqual([2, expect.stringContaining('Error making a request')])
    const long = await shell.run([
      'pki',
      'issue',
      'root/issuer/top',
      'empty',
      'common_name=X',
      'ttl=87500h',
      'enforce_leaf_not_after_behavior=true',
      'key_type=ec',
    ])
    expect(long.code).toBe(2)
    expect(long.stderr).toContain('Error signing the request by root/issuer/top')
    expect(long.stderr).toMatch(/To remove the new key: egide delete empty\/key\/[0-9a-f-]{36}/)
    expect((await shell.run(['pki', 'issue', 'root/issuer/top', 'int'])).code).toBe(1)
  })
})

describe('verify-sign and list-intermediates', () => {
  test('what speaks for one having issued another', async () => {
    const all = { subject_match: true, path_match: true, trust_match: true, key_id_match: true, signature_match: true }
    const none = Object.fromEntries(Object.keys(all).map((name) => [name, false]))
    expect(await json('pki', 'verify-sign', 'root/issuer/top', 'int/issuer/first')).toEqual(all)
    expect(await json('pki', 'verify-sign', 'root/issuer/top', 'root/issuer/top')).toEqual(all)
    expect(await json('pki', 'verify-sign', 'other/issuer/default', 'int/issuer/first')).toEqual(none)
    const shown = await shell.ok(['pki', 'verify-sign', 'int/issuer/first', 'root/issuer/top'])
    expect(shown).toMatch(/^issuer:int\/issuer\/first\nissued:root\/issuer\/top\n\nfield +value\n/)
    expect(shown).toMatch(/^signature_match +false$/m)
    expect((await shell.run(['pki', 'verify-sign', 'root/issuer/none', 'int/issuer/first'])).code).toBe(2)
    expect((await shell.run(['pki', 'verify-sign', 'secret/config', 'int/issuer/first'])).code).toBe(1)
  })

  test('which issuers of all mounts, of some, or by name, one issued', async () => {
    const top = {
      'int/issuer/first': true,
      'int/issuer/second': true,
      'int/issuer/third': true,
      'int/issuer/top': true,
    }
    expect(await json('pki', 'list-intermediates', '-use_names', 'root/issuer/top', 'int')).toEqual(top)
    const everywhere = await json('pki', 'list-intermediates', 'root/issuer/top')
    expect(Object.values(everywhere).sort()).toEqual([false, true, true, true, true, true])
    const first = await shell.ok([
      'pki',
      'list-intermediates',
      'other/issuer/default',
      'int/issuer/first',
      'other/issuer/default',
    ])
    expect(first).toMatch(/^intermediate +match\?\n-+ +-+\nint\/issuer\/first +false\nother\/issuer\/default +true\n/)
    const loose = ['-subject_match=false', '-key_id_match=false', '-direct_sign=false', '-indirect_sign=false']
    expect(await json('pki', 'list-intermediates', ...loose, 'other/issuer/default', 'int/issuer/first')).toEqual({
      'int/issuer/first': true,
    })
  })
})

interface Finding {
  readonly status: string
  readonly status_code: number
  readonly endpoint: string
  readonly message: string
}

describe('health-check', () => {
  /** The findings of one check, as `status endpoint`. */
  async function found(mount: string, check: string, settings: object = {}, env = {}): Promise<readonly string[]> {
    const file = shell.file('health.json', JSON.stringify({ [check]: { enabled: true, ...settings } }))
    const args = ['pki', 'health-check', '-default-disabled', `-health-config=${file}`, '-format=json', mount]
    const ended = await shell.run(args, { env })
    const results = JSON.parse(ended.stdout) as Record<string, readonly Finding[]>
    expect(Object.keys(results)).toEqual([check])
    const findings = results[check] ?? []
    const highest = Math.max(0, ...findings.map(({ status_code: code }) => code))
    expect(ended.code).toBe(highest > 1 ? highest : 0)
    return findings.map(({ status, endpoint }) => `${status} ${endpoint}`)
  }

  test('all checks of a mount, in their order, and the highest of what they say', async () => {
    const ended = await shell.run(['pki', 'health-check', 'root'])
    expect(ended.code).toBe(4)
    const names = [...ended.stdout.matchAll(/^(\w+)\n-+\nstatus +endpoint +message\n/gm)].map(([, name]) => name)
    expect(names).toEqual([
      'ca_validity_period',
      'crl_validity_period',
      'root_issued_leaves',
      'role_allows_localhost',
      'role_allows_glob_wildcards',
      'role_no_store_false',
      'audit_visibility',
      'allow_if_modified_since',
      'enable_auto_tidy',
      'tidy_last_run',
      'too_many_certs',
      'enable_acme_issuance',
      'allow_acme_headers',
    ])
    expect(ended.stdout).toMatch(/^critical +\/root\/tidy-status /m)
    for (const [indicator, code] of [
      ['permission', 0],
      ['critical', 4],
      ['warning', 4],
      ['informational', 4],
    ] as const) {
      expect((await shell.run(['pki', 'health-check', `-return-indicator=${indicator}`, 'root'])).code).toBe(code)
    }
  })

  test('issuers that end soon', async () => {
    const { issuer_id: id } = await issuer('other/issuer/default')
    expect(await found('other', 'ca_validity_period')).toEqual([`ok /other/issuer/${id}`])
    const soon = { root_expiry_informational: '90000h' }
    expect(await found('other', 'ca_validity_period', soon)).toEqual([`informational /other/issuer/${id}`])
    expect(await found('other', 'ca_validity_period', { ...soon, root_expiry_critical: '9000d' })).toEqual([
      `critical /other/issuer/${id}`,
    ])
    expect((await found('int', 'ca_validity_period')).filter((one) => one.startsWith('critical'))).toHaveLength(1)
  })

  test('lists of what is revoked', async () => {
    const { issuer_id: id } = await issuer('other/issuer/default')
    expect(await found('other', 'crl_validity_period')).toEqual([`ok /other/issuer/${id}/crl`])
    await shell.ok(['write', 'other/config/crl', 'auto_rebuild=true', 'enable_delta=true'])
    expect(await found('other', 'crl_validity_period')).toEqual([
      `ok /other/issuer/${id}/crl`,
      `ok /other/issuer/${id}/crl/delta`,
    ])
  })

  test('leaves of a root, and keys that no device holds', async () => {
    const { issuer_id: id } = await issuer('other/issuer/default')
    expect(await found('other', 'root_issued_leaves')).toEqual(['ok /other/certs'])
    await shell.ok(['write', 'other/roles/web', 'allow_any_name=true', 'key_type=ec', 'enforce_hostnames=false'])
    await shell.ok(['write', 'other/issue/web', 'common_name=a', 'ttl=1h'])
    expect(await found('other', 'root_issued_leaves')).toEqual([`warning /other/issuer/${id}`])
    expect(await found('int', 'root_issued_leaves')).toEqual(['ok /int/certs'])
    expect(await found('other', 'hardware_backed_root')).toEqual(['not_applicable /other/issuers'])
  })

  test('roles', async () => {
    expect(await found('int', 'role_allows_localhost')).toEqual(['warning /int/roles/web'])
    await shell.ok(['patch', 'int/roles/web', 'allow_localhost=false'])
    expect(await found('int', 'role_allows_localhost')).toEqual(['ok /int/roles'])
    expect(await found('int', 'role_allows_glob_wildcards')).toEqual(['ok /int/roles'])
    await shell.ok(['patch', 'int/roles/web', 'allowed_domains=*.example.com', 'allow_glob_domains=true'])
    expect(await found('int', 'role_allows_glob_wildcards')).toEqual(['warning /int/roles/web'])
    expect(await found('int', 'role_no_store_false')).toEqual(['warning /int/roles/web'])
    expect(await found('int', 'role_no_store_false', { allowed_roles: ['web'] })).toEqual(['ok /int/roles'])
    await shell.ok(['write', 'int/config/crl', 'auto_rebuild=true'])
    expect(await found('int', 'role_no_store_false')).toEqual(['informational /int/roles/web'])
    await shell.ok(['patch', 'int/roles/web', 'no_store=true'])
    expect(await found('int', 'role_no_store_false')).toEqual(['ok /int/roles'])
    expect(await found('root', 'role_no_store_false')).toEqual([])
  })

  test('how the mount is tuned and tidied', async () => {
    const tune = '/sys/mounts/int/tune'
    expect(await found('int', 'audit_visibility')).toEqual([`ok ${tune}`])
    await shell.ok(['secrets', 'tune', '-audit-non-hmac-request-keys=pem_bundle', 'int'])
    expect(await found('int', 'audit_visibility')).toEqual([`warning ${tune}`])
    expect(await found('int', 'audit_visibility', { ignored_parameters: ['pem_bundle'] })).toEqual([`ok ${tune}`])
    // The server dates what there is from the second after it changed.
    await expect.poll(() => found('int', 'allow_if_modified_since')).toEqual([`ok ${tune}`])
    const headers = ['-passthrough-request-headers=If-Modified-Since', '-allowed-response-headers=Last-Modified']
    await shell.ok(['secrets', 'tune', ...headers, 'int'])
    expect(await found('int', 'allow_if_modified_since')).toEqual([`ok ${tune}`])
    expect(await found('int', 'enable_auto_tidy')).toEqual(['informational /int/config/auto-tidy'])
    await shell.ok(['write', 'int/config/auto-tidy', 'enabled=true', 'tidy_cert_store=true', 'interval_duration=1h'])
    expect(await found('int', 'enable_auto_tidy')).toEqual(['ok /int/config/auto-tidy'])
    expect(await found('int', 'enable_auto_tidy', { interval_duration_warning: '30m' })).toEqual([
      'warning /int/config/auto-tidy',
    ])
    expect(await found('int', 'tidy_last_run')).toEqual(['critical /int/tidy-status'])
    await shell.ok(['write', 'int/tidy', 'tidy_cert_store=true'])
    await expect.poll(() => found('int', 'tidy_last_run')).toEqual(['ok /int/tidy-status'])
    expect(await found('int', 'tidy_last_run', { last_run_warning: 0, last_run_critical: '1d' })).toEqual([
      'warning /int/tidy-status',
    ])
    expect(await found('other', 'too_many_certs')).toEqual(['ok /other/certs'])
    expect(await found('other', 'too_many_certs', { count_warning: 1 })).toEqual(['warning /other/certs'])
    expect(await found('other', 'too_many_certs', { count_critical: 1 })).toEqual(['critical /other/certs'])
  })

  test('ACME', async () => {
    expect(await found('empty', 'enable_acme_issuance')).toEqual(['not_applicable /empty/config/acme'])
    expect(await found('root', 'enable_acme_issuance')).toEqual(['not_applicable /root/config/acme'])
    expect(await found('int', 'enable_acme_issuance')).toEqual(['informational /int/config/acme'])
    expect(await found('int', 'allow_acme_headers')).toEqual(['not_applicable /int/config/acme'])
    await shell.ok(['write', 'int/config/cluster', `path=${server.address.replace('https', 'http')}/v1/int`])
    await shell.ok(['write', 'int/config/acme', 'enabled=true'])
    expect(await found('int', 'enable_acme_issuance')).toEqual(['warning /int/config/cluster'])
    await shell.ok(['write', 'int/config/cluster', `path=${server.address}/v1/nothing`])
    expect(await found('int', 'enable_acme_issuance')).toEqual(['warning /int/config/cluster'])
    await shell.ok(['write', 'int/config/cluster', `path=${server.address}/v1/int`])
    expect(await found('int', 'enable_acme_issuance')).toEqual(['ok /int/config/cluster'])
    expect(await found('int', 'allow_acme_headers')).toEqual(['ok /sys/mounts/int/tune'])
  })

  test('a token that may see little is told so, and what it may see is checked', async () => {
    const policy = shell.file('little.hcl', 'path "root/issuers" { capabilities = ["list"] }')
    await shell.ok(['policy', 'write', 'little', policy])
    const token = (await json('token', 'create', '-policy=little')).auth.client_token as string
    const env = { EGIDE_TOKEN: token }
    expect(await found('root', 'tidy_last_run', {}, env)).toEqual(['insufficient_permissions /root/tidy-status'])
    expect(await found('root', 'role_allows_localhost', {}, env)).toEqual(['insufficient_permissions /root/roles'])
    expect(await found('root', 'audit_visibility', {}, env)).toEqual(['insufficient_permissions /sys/mounts/root/tune'])
    const ended = await shell.run(['pki', 'health-check', '-return-indicator=permission', 'root'], { env })
    expect(ended.code).toBe(6)
  })

  test.each([
    ['no mount', ['root', 'more'], /Too many arguments/],
    ['nothing', [], /Not enough arguments/],
    ['a mount of another type', ['secret'], /secret is a mount of type kv, not pki/],
    ['a mount that is not there', ['nothing'], /there is no such mount|is no mount of type pki/],
    ['an auth method', ['auth/token'], /auth method/],
    ['another indicator', ['-return-indicator=loud', 'root'], /-return-indicator is one of/],
    ['a mount without issuers', ['empty'], /no issuers yet/],
    ['a configuration that is not there', ['-health-config=none.json', 'root'], /error reading file none.json/],
  ])('%s is refused', async (_what, args, said) => {
    const ended = await shell.run(['pki', 'health-check', ...args])
    expect([ended.code, ended.stderr]).toEqual([1, expect.stringMatching(said)])
  })

  test.each([
    ['[]', /holds no object/],
    ['{', /holds no object/],
    ['{"none": {}}', /there is no check none/],
    ['{"tidy_last_run": {"more": 1}}', /unknown configuration option for tidy_last_run: more/],
    ['{"tidy_last_run": {"last_run_critical": "soon"}}', /tidy_last_run.last_run_critical: a duration/],
    ['{"too_many_certs": {"count_critical": 0}}', /a whole number from 1/],
    ['{"role_no_store_false": {"allowed_roles": "web"}}', /a list of texts/],
  ])('the configuration %s is refused', async (text, said) => {
    const file = shell.file('bad.json', text)
    const ended = await shell.run(['pki', 'health-check', `-health-config=${file}`, 'int'])
    expect([ended.code, ended.stderr]).toEqual([1, expect.stringMatching(said)])
  })

  test('the checks are listed without a server', async () => {
    const listed = JSON.parse(
      await shell.ok(['pki', 'health-check', '-list', '-format=json'], { env: { EGIDE_ADDR: 'https://127.0.0.1:1' } }),
    )
    expect(listed).toMatchObject({
      hardware_backed_root: { enabled: false },
      tidy_last_run: { last_run_critical: '7d' },
    })
    expect(Object.keys(listed)).toHaveLength(14)
  })
})
