import type { Flags, Output } from './flag.ts'

export const CONNECTION = {
  address: { kind: 'text', help: 'Server: https://host:port, http://host:port or unix:///path. [EGIDE_ADDR]' },
  'ca-cert': { kind: 'text', help: 'PEM file of the authorities to trust. [EGIDE_CACERT]' },
  'ca-path': { kind: 'text', help: 'Directory of PEM files of the authorities to trust. [EGIDE_CAPATH]' },
  'client-cert': { kind: 'text', help: 'PEM file of the certificate to present. [EGIDE_CLIENT_CERT]' },
  'client-key': { kind: 'text', help: 'PEM file of its private key. [EGIDE_CLIENT_KEY]' },
  'tls-server-name': { kind: 'text', help: 'Name the server must prove, instead of the host. [EGIDE_TLS_SERVER_NAME]' },
  'tls-skip-verify': { kind: 'boolean', help: 'DANGEROUS: accept any certificate. [EGIDE_SKIP_VERIFY]' },
  namespace: { kind: 'text', help: 'Namespace to work in. [EGIDE_NAMESPACE]', aliases: ['ns'] },
  header: { kind: 'pairs', help: 'Extra HTTP header, name=value. Repeatable.' },
  mfa: { kind: 'list', help: 'Second factor of a login, METHOD or METHOD:PASSCODE. Repeatable. [EGIDE_MFA]' },
  'wrap-ttl': { kind: 'duration', help: 'Wrap the answer in a one-time token valid this long. [EGIDE_WRAP_TTL]' },
  'output-curl-string': { kind: 'boolean', help: 'Print the request as a curl command, and send nothing.' },
  'output-policy': { kind: 'boolean', help: 'Print the policy the request needs, and send nothing.' },
  'non-interactive': { kind: 'boolean', help: 'Never ask for input.' },
} as const satisfies Flags

export const FORMAT = {
  format: { kind: 'text', help: 'table, json or yaml. [EGIDE_FORMAT]' },
} as const satisfies Flags

export const FIELD = {
  field: { kind: 'text', help: 'Print only this field of the answer.' },
} as const satisfies Flags

/** The shared flags of a command, by where its help lists them. */
export function sharedFlags(network: boolean, output: Output): { http: Flags; output: Flags } {
  return {
    http: network ? CONNECTION : {},
    output: output === 'plain' ? {} : output === 'format' ? FORMAT : { ...FORMAT, ...FIELD },
  }
}
