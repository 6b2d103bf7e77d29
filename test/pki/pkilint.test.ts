import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serialBytes } from '../../engines/pki/x509/serial.ts'
import { Absent, preparePkilint } from '../clients/client-programs.ts'
import { Authority } from './authority.ts'
import { ocspRequest, signerIn } from './ocsp-client.ts'

/**
 * What is issued, read by pkilint: every certificate, list and answer by RFC 5280 and RFC 6960, and certificates for the
 * web also by the Baseline Requirements, which bind public authorities alone.
 */

const STORY = path.join(import.meta.dirname, '..', 'clients', 'python', 'pkilint_story.py')
const INSTALLED_WITHIN_MS = 400_000

/** Findings that stay, by why: all but the first two are of the Baseline Requirements. */
const EXCUSED: Readonly<Record<string, string>> = {
  'pkix.invalid_domain_name_syntax: Invalid domain name syntax: "*.example.com"':
    'a wildcard is no name of RFC 5280; the linter of the Baseline Requirements and every client take it (RFC 9525)',
  'pkix.invalid_uri_syntax: Invalid URI syntax: "spiffe://example.com/a"':
    'a URI by RFC 3986, whose scheme the linter does not know',
  'cabf.serverauth.prohibited_signature_algorithm_encoding':
    'Ed25519 is not for the public web; X.509 has it (RFC 8410)',
  'cabf.serverauth.prohibited_subject_public_key_algorithm_encoding': 'as above',
  'cabf.serverauth.ca.certificate_policies_extension_absent':
    'a private authority has no policies of the Forum to name, and the API of sign-intermediate has no field for them',
  'cabf.serverauth.subscriber.subject_key_identifier_extension_present':
    'RFC 5280, 4.2.1.2 wants it; that it costs the web a few bytes is the Forum’s reason',
}

interface Finding {
  readonly code: string
  readonly message: string | null
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'egide-pkilint-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test(
  'pkilint finds nothing in what P-256, RSA and Ed25519 authorities make',
  async ({ skip }) => {
    const python = await preparePkilint().catch((error: unknown) => {
      if (error instanceof Absent) return skip(error.message)
      throw error
    })
    for (const keyType of ['ec', 'rsa', 'ed25519']) await writeAll(keyType)
    const { stdout } = await promisify(execFile)(python, [STORY, folder])
    const found = JSON.parse(stdout) as readonly Finding[]
    expect(found.filter((finding) => EXCUSED[excuseOf(finding)] === undefined)).toEqual([])
    // An excuse that nothing needs any more goes.
    expect([...new Set(found.map(excuseOf))].sort()).toEqual(Object.keys(EXCUSED).sort())
  },
  INSTALLED_WITHIN_MS,
)

/** Of RFC 5280 what was said of one value, not of all. */
function excuseOf({ code, message }: Finding): string {
  return code.startsWith('pkix.') ? `${code}: ${message}` : code
}

const der = (pem: unknown): Buffer => Buffer.from(String(pem).replaceAll(/-----[^-]+-----|\s/g, ''), 'base64')

/** A root, an issuing authority, leaves, lists and answers, as pkilint_story.py wants them named. */
async function writeAll(keyType: string): Promise<void> {
  const key = { key_type: keyType }
  const top = new Authority()
  const root = await top.root({ ...key, ...NAME, common_name: 'Root', ttl: '', not_after: '2036-01-01T00:00:00Z' })
  await addresses(top, 'root')
  const ca = new Authority()
  // Another authority draws other numbers.
  for (let drawn = 0; drawn < 50; drawn++) ca.context.random.uuid()
  const { csr } = await ca.data('update', 'intermediate/generate/internal', { ...key, ...NAME, common_name: 'Issuing' })
  const issuing = await top.data('update', 'root/sign-intermediate', {
    ...NAME,
    csr,
    common_name: 'Issuing',
    ttl: '8000h',
    max_path_length: 0,
    ext_key_usage: 'ServerAuth,ClientAuth',
  })
  await ca.call('update', 'intermediate/set-signed', { certificate: issuing.certificate })
  await addresses(ca, 'issuing')
  keep(`root.${keyType}.der`, der(root.certificate))
  keep(`intermediate.${keyType}.der`, der(issuing.certificate))
  await writeLeaves(ca, keyType)
  chain(`${keyType}-1`, `root.${keyType}.der`, `intermediate.${keyType}.der`)
  chain(`${keyType}-2`, `intermediate.${keyType}.der`, `server.${keyType}.der`)
  await writeLists(ca, keyType, der(issuing.certificate))
}

const NAME = { organization: 'Example', country: 'US' }

function keep(name: string, content: Buffer | string): void {
  writeFileSync(path.join(folder, name), content)
}

function chain(name: string, ...files: readonly string[]): void {
  keep(`chain.${name}.json`, JSON.stringify(files.map((file) => path.join(folder, file))))
}

async function addresses(ca: Authority, host: string, more: object = {}): Promise<void> {
  await ca.call('update', 'config/urls', {
    issuing_certificates: `http://${host}.example.com/v1/pki/ca`,
    crl_distribution_points: `http://${host}.example.com/v1/pki/crl/shard/{{crl_shard}}`,
    ocsp_servers: `http://${host}.example.com/v1/pki/ocsp`,
    enable_templating: true,
    ...more,
  })
}

async function writeLeaves(ca: Authority, keyType: string): Promise<void> {
  const key = { key_type: keyType }
  // As the Forum wants a server's: no name but the alternative ones, and the policy of a validated domain.
  await ca.role('server', {
    ...key,
    client_flag: false,
    require_cn: false,
    max_ttl: '300h',
    key_usage: 'DigitalSignature',
    policy_identifiers: '2.23.140.1.2.1',
  })
  await ca.role('plain', { ...key, allow_any_name: true, enforce_hostnames: false, allowed_uri_sans: '*' })
  const server = await ca.issue('server', { common_name: '', alt_names: 'www.example.com,*.example.com' })
  keep(`server.${keyType}.der`, der(server.certificate))
  for (const [name, fields] of Object.entries({
    client: { common_name: 'a service', exclude_cn_from_sans: true },
    names: { alt_names: 'b.example.com,a@example.com', ip_sans: '10.0.0.1,::1', uri_sans: 'spiffe://example.com/a' },
    international: { common_name: 'bücher.example.com' },
    nameless: { common_name: '', ip_sans: '10.0.0.1' },
  })) {
    await ca.role('plain', {
      ...key,
      allow_any_name: true,
      enforce_hostnames: false,
      allowed_uri_sans: '*',
      require_cn: false,
    })
    keep(`cert.${keyType}-${name}.der`, der((await ca.issue('plain', fields)).certificate))
  }
}

async function writeLists(ca: Authority, keyType: string, issuer: Buffer): Promise<void> {
  keep(`crl.${keyType}-empty.der`, await ca.raw('crl'))
  const { serial_number: revoked } = await ca.issue('plain')
  const { serial_number: good } = await ca.issue('plain')
  await ca.call('update', 'revoke', { serial_number: revoked })
  keep(`crl.${keyType}-full.der`, await ca.raw('crl'))
  const shard = (serialBytes(String(revoked))[1] ?? 0) % 128
  keep(`crl.${keyType}-shard.der`, await ca.raw(`crl/shard/${shard}`))
  for (const [name, serial] of Object.entries({ revoked, good, unknown: '01:02:03:04:05:06:07:08' })) {
    keep(`ocsp.${keyType}-${name}.der`, await answer(ca, ocspRequest(issuer, String(serial))))
  }
  await ca.call('update', 'config/crl', { auto_rebuild: true, enable_delta: true })
  await addresses(ca, 'issuing', { delta_crl_distribution_points: 'http://issuing.example.com/v1/pki/crl/delta' })
  const { serial_number: later, certificate } = await ca.issue('plain')
  keep(`cert.${keyType}-freshest.der`, der(certificate))
  keep(`crl.${keyType}-freshest.der`, await ca.raw('crl'))
  await ca.call('update', 'revoke', { serial_number: later })
  ca.pass(3600)
  keep(`crl.${keyType}-delta.der`, await ca.raw('crl/delta'))
  await ca.call('update', 'config/crl', { ocsp_delegated: true })
  await ca.periodic()
  const delegated = await answer(ca, ocspRequest(issuer, String(good)))
  keep(`ocsp.${keyType}-delegated.der`, delegated)
  keep(`responder.${keyType}.der`, signerIn(delegated).raw)
}

async function answer(ca: Authority, request: Buffer): Promise<Buffer> {
  const { raw } = await ca.call('update', 'ocsp', { req: request.toString('base64') })
  if (raw?.status !== 200 || !(raw.body instanceof Uint8Array)) throw new Error(`refused with ${raw?.status}`)
  return Buffer.from(raw.body)
}
