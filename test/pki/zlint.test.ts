import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Absent, buildZlint } from '../clients/client-programs.ts'
import { Authority } from './authority.ts'

/**
 * What is issued, read by zlint: all by the RFCs, and what a public authority could issue by the rules of the Forum and the
 * browsers as well.
 */

const BUILT_WITHIN_MS = 400_000
const RFCS = 'RFC3279,RFC5280,RFC5480,RFC5891,RFC8813'

/** Findings that stay, by why. */
const EXCUSED: Readonly<Record<string, string>> = {
  n_ct_sct_policy_count_unsatisfied: 'a private authority logs its certificates nowhere',
  w_ext_subject_key_identifier_not_recommended_subscriber:
    'RFC 5280, 4.2.1.2 wants it; that it costs the web a few bytes is the Forum’s reason',
}
const FINDINGS = new Set(['info', 'notice', 'warn', 'error', 'fatal'])

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'egide-zlint-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Results = Readonly<Record<string, { readonly result: string; readonly details?: string }>>

test(
  'zlint finds nothing in what P-256, RSA and Ed25519 authorities issue',
  async ({ skip }) => {
    const zlint = await buildZlint().catch((error: unknown) => {
      if (error instanceof Absent) return skip(error.message)
      throw error
    })
    const found: string[] = []
    const excused = new Set<string>()
    for (const keyType of ['ec', 'rsa', 'ed25519']) {
      for (const [name, { text, byAll }] of Object.entries(await issuedBy(keyType))) {
        const file = path.join(folder, `${keyType}-${name}.pem`)
        writeFileSync(file, `${text}\n`)
        const { stdout } = await promisify(execFile)(zlint, [...(byAll ? [] : ['-includeSources', RFCS]), file])
        for (const [lint, { result, details = '' }] of Object.entries(JSON.parse(stdout) as Results)) {
          if (!FINDINGS.has(result)) continue
          if (EXCUSED[lint] === undefined) found.push(`${keyType} ${name}: ${lint} ${details}`)
          else excused.add(lint)
        }
      }
    }
    expect(found).toEqual([])
    // An excuse that nothing needs any more goes.
    expect([...excused].sort()).toEqual(Object.keys(EXCUSED).sort())
  },
  BUILT_WITHIN_MS,
)

interface Lintable {
  readonly text: unknown
  readonly byAll: boolean
}

const NAME = { organization: 'Example', country: 'US' }

async function issuedBy(keyType: string): Promise<Readonly<Record<string, Lintable>>> {
  const key = { key_type: keyType }
  const top = new Authority()
  const root = await top.root({ ...key, ...NAME, common_name: 'Root', ttl: '', not_after: '2036-01-01T00:00:00Z' })
  const ca = new Authority()
  const { csr } = await ca.data('update', 'intermediate/generate/internal', { ...key, ...NAME, common_name: 'Issuing' })
  const below = { ...NAME, csr, common_name: 'Issuing', ttl: '8000h', max_path_length: 0 }
  await addresses(top, 'root')
  const issuing = await top.data('update', 'root/sign-intermediate', below)
  const narrow = await top.data('update', 'root/sign-intermediate', { ...below, permitted_dns_domains: 'example.com' })
  await ca.call('update', 'intermediate/set-signed', { certificate: issuing.certificate })
  await addresses(ca, 'issuing')
  await ca.role('server', {
    ...key,
    client_flag: false,
    require_cn: false,
    key_usage: 'DigitalSignature',
    policy_identifiers: '2.23.140.1.2.1',
  })
  await ca.role('any', {
    ...key,
    allow_any_name: true,
    enforce_hostnames: false,
    require_cn: false,
    allowed_uri_sans: '*',
    allowed_other_sans: '*',
    allowed_user_ids: '*',
    organization: ['A', 'B'],
    ou: 'Unit',
    country: 'US',
    locality: 'Town',
    province: 'State',
    street_address: 'Street 1',
    postal_code: '12345',
  })
  const leaf = async (role: string, fields: Readonly<Record<string, unknown>>): Promise<Lintable> => ({
    text: (await ca.issue(role, fields)).certificate,
    byAll: role === 'server' && keyType !== 'ed25519',
  })
  return {
    root: { text: root.certificate, byAll: keyType !== 'ed25519' },
    intermediate: { text: issuing.certificate, byAll: false },
    constrained: { text: narrow.certificate, byAll: false },
    server: await leaf('server', { common_name: '', alt_names: 'www.example.com,*.example.com' }),
    client: await leaf('any', { common_name: 'a service', exclude_cn_from_sans: true }),
    nameless: await leaf('any', { common_name: '', ip_sans: '10.0.0.1' }),
    international: await leaf('any', { common_name: 'bücher.example.com' }),
    names: await leaf('any', {
      alt_names: 'a@example.com,*.example.com,xn--bcher-kva.example.com',
      ip_sans: '10.0.0.1,::1',
      uri_sans: 'spiffe://example.com/a',
      other_sans: '1.3.6.1.4.1.311.20.2.3;utf8:ada@example.com',
      user_ids: 'ada',
    }),
    verbatim: { text: (await ca.data('update', 'sign-verbatim', { csr, ttl: '1h' })).certificate, byAll: false },
  }
}

async function addresses(ca: Authority, host: string): Promise<void> {
  await ca.call('update', 'config/urls', {
    issuing_certificates: `http://${host}.example.com/v1/pki/ca`,
    crl_distribution_points: `http://${host}.example.com/v1/pki/crl`,
    ocsp_servers: `http://${host}.example.com/v1/pki/ocsp`,
  })
}
