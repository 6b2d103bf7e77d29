import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Authority } from './authority.ts'
import { request } from './hostile-requests.ts'

/** Authorities that openssl made. */
let directory: string
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'egide-test-'))
})
afterAll(() => rmSync(directory, { recursive: true }))

let ca: Authority
beforeEach(() => {
  ca = new Authority()
})

interface Made {
  readonly certificate: string
  readonly key: string
}

/** `usages`: undefined for a certificate that has no such extension. */
function made(usages: string | undefined): Made {
  const [key, certificate] = [path.join(directory, 'key.pem'), path.join(directory, 'ca.pem')]
  const newKey = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key]
  const says = ['-subj', '/CN=Elsewhere', '-addext', 'basicConstraints=critical,CA:TRUE']
  const more = usages === undefined ? [] : ['-addext', `keyUsage=critical,${usages}`]
  // Without the defaults of the machine's own configuration, which add extensions.
  const config = path.join(directory, 'empty.cnf')
  execFileSync('sh', ['-c', `printf '[req]\\ndistinguished_name=dn\\n[dn]\\n' > ${config}`])
  execFileSync('openssl', ['req', '-config', config, ...newKey, ...says, ...more, '-out', certificate], {
    stdio: 'ignore',
  })
  return { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') }
}

const usage = async () => (await ca.data('read', 'issuer/default')).usage
const ALL = 'crl-signing,issuing-certificates,ocsp-signing,read-only'

test('an authority whose certificate does not allow lists is not used for them', async () => {
  const { certificate, key } = made('keyCertSign')
  await ca.call('update', 'issuers/import/bundle', { pem_bundle: certificate + key })
  expect(await usage()).toBe('issuing-certificates,ocsp-signing,read-only')
  expect(await ca.refusal('read', 'issuer/default/crl')).toMatch(/may not sign lists/)
  expect(await ca.refusal('update', 'issuer/default', { usage: 'crl-signing' })).toMatch(/does not allow to sign lists/)
  await ca.call('patch', 'issuer/default', { issuer_name: 'elsewhere' })
  await ca.call('update', 'issuer/default', { issuer_name: 'again' })
  expect(await usage()).toBe('issuing-certificates,ocsp-signing,read-only')
})

test('nor when its key comes later', async () => {
  const { certificate, key } = made('keyCertSign')
  await ca.call('update', 'issuers/import/cert', { pem_bundle: certificate })
  await ca.call('update', 'issuers/import/bundle', { pem_bundle: key })
  expect(await usage()).toBe('issuing-certificates,ocsp-signing,read-only')
})

test.each([['keyCertSign,cRLSign'], [undefined]])('one that allows them (%s) is used for all', async (usages) => {
  const { certificate, key } = made(usages)
  await ca.call('update', 'issuers/import/bundle', { pem_bundle: certificate + key })
  expect(await usage()).toBe(ALL)
  expect(await ca.raw('issuer/default/crl/pem')).not.toHaveLength(0)
})

test('a key for PSS alone is refused', async () => {
  const options = ['-algorithm', 'RSA-PSS', '-pkeyopt', 'rsa_keygen_bits:2048']
  const pem_bundle = execFileSync('openssl', ['genpkey', ...options], { encoding: 'utf8', stdio: 'pipe' })
  for (const name of ['keys/import', 'issuers/import/bundle', 'config/ca'])
    expect(await ca.refusal('update', name, { pem_bundle })).toMatch(/^invalid_request: RSA keys for PSS alone/)
})

test('removing all issuers and keys at once says what it did', async () => {
  await ca.root()
  const { warnings } = await ca.call('delete', 'root', {})
  expect(warnings).toHaveLength(1)
  expect(warnings?.[0]).toMatch(/all keys and issuers/)
})

test('the detailed list has the names, key and issuer of each certificate', async () => {
  await ca.root({ organization: ['Example, Inc.'], ou: ['one', 'two'], common_name: 'Root #1', country: 'DE' })
  await ca.role('web', { key_type: 'any', max_ttl: '100h' })
  const names = ['a', 'b', 'c', 'd', 'e', 'f'].map((label) => `${label}.example.com`)
  const kinds = { ec: 384, ed25519: 0, rsa: 2048 }
  const issued = new Map<string, string>()
  for (const [key_type, key_bits] of Object.entries(kinds)) {
    const { serial_number } = await ca.issue('web', { key_type, key_bits, alt_names: names.join() })
    issued.set(key_type, String(serial_number))
  }
  const { key_info: info } = (await ca.data('list', 'certs/detailed')) as {
    key_info: Record<string, Record<string, unknown>>
  }
  const of = (kind: string) => info[issued.get(kind) ?? '']
  expect(of('ec')).toMatchObject({
    common_name: 'www.example.com',
    issuer: 'CN=Root #1,OU=one+OU=two,O=Example\\, Inc.,C=DE',
    key_type: 'ec',
    key_bits: 384,
  })
  expect(of('ec')?.dns_names).toHaveLength(5)
  expect(of('ed25519')).toMatchObject({ key_type: 'ed25519', key_bits: 256 })
  expect(of('rsa')).toMatchObject({ key_type: 'rsa', key_bits: 2048 })
})

test('a default issuer without its key is warned of', async () => {
  await ca.root()
  const { certificate } = made('keyCertSign,cRLSign')
  const { imported_issuers: ids } = await ca.data('update', 'issuers/import/cert', { pem_bundle: certificate })
  const [id] = ids as string[]
  for (const name of ['root/replace', 'config/issuers']) {
    const { data, warnings } = await ca.call('update', name, { default: id })
    expect(data).toEqual({ default: id, default_follows_latest_issuer: false })
    expect(warnings?.[0]).toMatch(/has no key/)
    expect(await ca.refusal('update', name, { default: 'default' })).toMatch(/named otherwise/)
  }
})

test('a key that comes again keeps its name, and a warning says so', async () => {
  const { key } = made(undefined)
  const first = await ca.call('update', 'keys/import', { pem_bundle: key, key_name: 'first' })
  const again = await ca.call('update', 'keys/import', { pem_bundle: key, key_name: 'second' })
  expect(first.warnings ?? []).toEqual([])
  expect(again.data).toEqual(first.data)
  expect(again.warnings?.[0]).toMatch(/is here already/)
})

test('what of a bundle is neither certificate nor key, or cannot be read, is not left out in silence', async () => {
  const elsewhere = new Authority()
  const { certificate, private_key: key } = await elsewhere.data('update', 'root/generate/exported', {
    common_name: 'Elsewhere',
    key_type: 'ec',
  })
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const cipher = { format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' } as const
  const cut = String(key).slice(0, 90)
  for (const [more, why] of [
    [privateKey.export({ type: 'pkcs8', ...cipher }), 'the PEM bundle holds ENCRYPTED PRIVATE KEY'],
    [privateKey.export({ type: 'sec1', ...cipher }), 'a block of the PEM bundle cannot be read'],
    [publicKey.export({ type: 'spki', format: 'pem' }), 'the PEM bundle holds PUBLIC KEY'],
    [request(), 'the PEM bundle holds CERTIFICATE REQUEST'],
    [cut, 'a block of the PEM bundle cannot be read'],
  ] as const) {
    const ca = new Authority()
    for (const path of ['issuers/import/bundle', 'issuers/import/cert', 'config/ca'])
      expect(await ca.refusal('update', path, { pem_bundle: `${certificate}\n${more}` })).toContain(why)
    expect(await ca.refusal('list', 'issuers')).toContain('not_found')
  }
  const named = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n'
  const pem_bundle = `subject=/CN=Elsewhere\n${certificate}\n${named}${key}`
  expect((await new Authority().data('update', 'config/ca', { pem_bundle })).imported_keys).toHaveLength(1)
})
