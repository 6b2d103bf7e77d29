import { at, type Json, type JsonObject } from '../../test/harness/http.ts'
import { request } from '../../test/pki/hostile-requests.ts'
import { ocspRequest } from '../../test/pki/ocsp-client.ts'
import { CLIENTS, type HttpRow, type SetUp } from './row.ts'

/** What a certificate authority is asked for; what it costs without HTTP: bench/micro/pki.ts. */

export const WANTED = { common_name: 'www.example.com', ttl: '24h' }
const SHARE_OF_KEYS = 0.9
const SHARE_OF_SIGNATURES = 0.7

const issuing = (kind: string, more: Partial<HttpRow>): HttpRow => ({
  name: `pki-issue-${kind}`,
  method: 'POST',
  path: `pki/issue/${kind}`,
  body: WANTED,
  connections: CLIENTS,
  ...more,
})

/** A key takes anything between a tenth and some times of the usual, so the windows are long. */
export const ISSUE_RSA = issuing('rsa-2048', {
  primitive: 'generate-rsa-2048',
  primitiveGoal: SHARE_OF_KEYS,
  windowFactor: 4,
})

export const OCSP: HttpRow = {
  name: 'pki-ocsp',
  method: 'GET',
  path: 'pki/ocsp/',
  madePath: { path: 'pki/issue/p256', body: WANTED, of: ocspPath },
  isAnonymous: true,
  connections: CLIENTS,
  primitive: 'sign-ecdsa-p256',
}

export const PKI_ROWS: readonly HttpRow[] = [
  issuing('p256', { openbaoGoal: 3, primitive: 'certify-p256' }),
  ISSUE_RSA,
  {
    name: 'pki-sign-rsa-2048',
    method: 'POST',
    path: 'pki-rsa/sign/any',
    body: { csr: request(), ttl: '24h' },
    connections: CLIENTS,
    primitive: 'certify-rsa-2048',
    primitiveGoal: SHARE_OF_SIGNATURES,
  },
  OCSP,
]

function ocspPath(reply: JsonObject): string {
  return statusPath(derOf(at(reply, 'data', 'issuing_ca')), String(at(reply, 'data', 'serial_number')))
}

/** The end of the path that asks for one certificate's status (RFC 6960, A.1). A nonce has the answer signed for it. */
export function statusPath(issuer: Buffer, serial: string, nonce?: Buffer): string {
  return encodeURIComponent(ocspRequest(issuer, serial, nonce).toString('base64'))
}

export function derOf(pem: Json): Buffer {
  return Buffer.from(String(pem).replaceAll(/-----[^-]+-----|\s/g, ''), 'base64')
}

export const PKI_POLICY = `path "pki/issue/*" { capabilities = ["update"] }
path "pki/revoke" { capabilities = ["update"] }
path "pki-rsa/sign/any" { capabilities = ["update"] }
`

/** Requests that make the authorities of the rows, in this order. */
export const PKI_SET_UP: readonly SetUp[] = [
  ...(['pki', 'pki-rsa'] as const).flatMap((mount) => {
    const root = { common_name: 'Bench Root', key_type: mount === 'pki' ? 'ec' : 'rsa', ttl: '8000h' }
    const setup: SetUp[] = [
      [`sys/mounts/${mount}`, { type: 'pki', config: { max_lease_ttl: '8760h' } }],
      [`${mount}/root/generate/internal`, root],
    ]
    return setup
  }),
  ['pki/roles/p256', { allow_any_name: true, key_type: 'ec', key_bits: 256 }],
  ['pki/roles/rsa-2048', { allow_any_name: true, key_type: 'rsa', key_bits: 2048 }],
  ['pki-rsa/roles/any', { allow_any_name: true, key_type: 'any' }],
]
