import { afterAll, describe, expect, test } from 'vitest'
import { configOf, load, refusalOf, removeFolder, warningsOf } from './testing-config.ts'

afterAll(removeFolder)

const sealOf = (text: string, env = {}) => load(text, env).config.seal

test('a static seal, its keys from wherever they are', () => {
  const text = `seal "static" {
    current_key_id = "new"
    current_key = "file:///run/key"
    previous_key_id = "old"
    previous_key = "env://OLD_KEY"
    break_glass = "true"
  }`
  expect(sealOf(text, { OLD_KEY: 'abc' }).active).toEqual({
    type: 'static',
    breakGlass: true,
    current: { id: 'new', key: { file: '/run/key' } },
    previous: { id: 'old', key: { text: 'abc' } },
  })
})

describe('a transit seal', () => {
  const text = `seal "transit" {
    address = "https://vault.example.com:8200/"
    token = "s.token"
    disable_renewal = "true"
    key_name = "unseal"
    mount_path = "/deep/transit/"
    namespace = "ns1/"
    tls_ca_cert = "ca.pem"
    tls_client_cert = "client.pem"
    tls_client_key = "client-key.pem"
    tls_server_name = "vault"
    tls_skip_verify = "false"
  }`
  const transit = {
    type: 'transit',
    breakGlass: false,
    address: 'https://vault.example.com:8200',
    token: { text: 's.token' },
    keyName: 'unseal',
    mountPath: 'deep/transit',
    namespace: 'ns1/',
    disableRenewal: true,
    tls: {
      caFile: 'ca.pem',
      client: { certFile: 'client.pem', keyFile: 'client-key.pem' },
      serverName: 'vault',
      insecureSkipVerify: false,
    },
  }

  test('with everything', () => {
    expect(sealOf(text)).toEqual({ active: transit, former: undefined })
    expect(warningsOf(text)).toEqual([])
  })

  test('under its own variables, and over those of clients', () => {
    const env = {
      VAULT_TRANSIT_SEAL_KEY_NAME: 'vault',
      BAO_TRANSIT_SEAL_KEY_NAME: 'bao',
      VAULT_TRANSIT_SEAL_MOUNT_PATH: 'other',
      VAULT_TRANSIT_SEAL_DISABLE_RENEWAL: 'false',
      VAULT_ADDR: 'http://127.0.0.1:1',
      VAULT_TOKEN: 's.other',
    }
    expect(sealOf(text, env).active).toEqual({ ...transit, keyName: 'bao', mountPath: 'other', disableRenewal: false })
  })

  test('from the environment alone', () => {
    const env = {
      BAO_SEAL_TYPE: 'transit',
      VAULT_ADDR: 'http://127.0.0.1:8200',
      VAULT_TOKEN: 's.token',
      VAULT_CACERT: 'ca.pem',
      EGIDE_TRANSIT_SEAL_KEY_NAME: 'unseal',
      EGIDE_ADDR: 'http://this.server',
    }
    expect(sealOf('', env).active).toMatchObject({
      address: 'http://127.0.0.1:8200',
      token: { text: 's.token' },
      keyName: 'unseal',
      mountPath: 'transit',
      tls: { caFile: 'ca.pem' },
    })
  })

  test('that is left, beside the one in use', () => {
    const former = text.replace(/}$/, 'disabled = "true"\n}')
    expect(sealOf(former, { VAULT_TRANSIT_SEAL_KEY_NAME: 'new' })).toEqual({
      active: { type: 'shamir' },
      former: transit,
    })
    const both = `${former}\nseal "static" { current_key_id = "a", current_key = "b" }`
    expect(sealOf(both)).toMatchObject({ active: { type: 'static' }, former: { type: 'transit' } })
    expect(configOf(`${former}\nseal "shamir" {}`).seal).toMatchObject({ active: { type: 'shamir' }, former: transit })
  })
})

const refused: Record<string, [text: string, message: RegExp]> = {
  'a static seal without a key': ['seal "static" { current_key_id = "a" }', /seal "static": current_key is needed/],
  'a key without a name': ['seal "static" { current_key = "a" }', /current_key_id is needed/],
  'half a previous key': [
    'seal "static" {\ncurrent_key_id = "a"\ncurrent_key = "b"\nprevious_key = "c"\n}',
    /previous_key_id is needed/,
  ],
  'one name for two keys': [
    'seal "static" {\ncurrent_key_id = "a"\ncurrent_key = "b"\nprevious_key_id = "a"\nprevious_key = "c"\n}',
    /two keys must not have one id/,
  ],
  'a variable that is not set': [
    'seal "static" {\ncurrent_key_id = "a"\ncurrent_key = "env://NOTHING"\n}',
    /current_key names a variable that is not set/,
  ],
  'a transit seal without an address': ['seal "transit" {}', /seal "transit": address is needed/],
  'an address that is none': ['seal "transit" { address = "vault:8200" }', /address must be an http or https URL/],
  'half a client certificate': [
    'seal "transit" {\naddress = "http://a"\ntoken = "b"\nkey_name = "c"\ntls_client_cert = "d"\n}',
    /tls_client_cert and tls_client_key go together/,
  ],
  'a flag that is none': [
    'seal "transit" {\naddress = "http://a"\ntoken = "b"\nkey_name = "c"\ntls_skip_verify = "perhaps"\n}',
    /tls_skip_verify must be true or false/,
  ],
  'two seals in use': ['seal "shamir" {}\nseal "shamir" {}', /^x\.hcl:2: more than one seal block/],
  'shamir disabled': ['seal "shamir" { disabled = true }', /has no use disabled/],
  'a seal that replaces its own type': [
    `seal "static" {\ncurrent_key_id = "a"\ncurrent_key = "b"\n}
     seal "static" {\ncurrent_key_id = "c"\ncurrent_key = "d"\ndisabled = true\n}`,
    /can't replace a seal of its own type/,
  ],
}
for (const [what, [text, message]] of Object.entries(refused))
  test(`refused: ${what}`, () => expect(refusalOf(text)).toMatch(message))

test('no message holds a secret', () => {
  const text = 'seal "transit" {\naddress = "http://a"\ntoken = "s.the-secret"\n}'
  expect(refusalOf(text)).not.toContain('the-secret')
})
