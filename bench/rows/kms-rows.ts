import type { PrimitiveName } from '../primitives/primitives.ts'
import { CLIENTS, type HttpRow, type SetUp } from './row.ts'
import { INPUT, PLAINTEXT } from './transit-rows.ts'

/** The same requests twice: over REST, and signed, in the AWS KMS protocol. */

interface Kind {
  readonly name: string
  /** Its path over REST, its operation in AWS's protocol. */
  readonly path: string
  readonly aws: string
  readonly primitive: PrimitiveName
  /** Members by their names over REST; AWS writes KeyId for key_id. */
  readonly body: Readonly<Record<string, string>>
  readonly made?: { readonly member: string; readonly aws: string; readonly path: string; readonly body: object }
}

const P256 = { message: INPUT, signing_algorithm: 'ECDSA_SHA_256' }
const RSA = { message: INPUT, signing_algorithm: 'RSASSA_PSS_SHA_256' }
const MAC = { message: INPUT, mac_algorithm: 'HMAC_SHA_256' }
const PLAIN = { plaintext: PLAINTEXT }

const KINDS: readonly Kind[] = [
  { name: 'encrypt', path: 'encrypt/bench', aws: 'Encrypt', primitive: 'encrypt-300', body: PLAIN },
  {
    name: 'decrypt',
    path: 'decrypt/bench',
    aws: 'Decrypt',
    primitive: 'decrypt-300',
    body: {},
    made: { member: 'ciphertext', aws: 'CiphertextBlob', path: 'encrypt/bench', body: PLAIN },
  },
  { name: 'sign-ecdsa-p256', path: 'sign/p256', aws: 'Sign', primitive: 'sign-ecdsa-p256', body: P256 },
  { name: 'sign-rsa-2048', path: 'sign/rsa', aws: 'Sign', primitive: 'sign-rsa-2048', body: RSA },
  {
    name: 'verify-ecdsa-p256',
    path: 'verify/p256',
    aws: 'Verify',
    primitive: 'verify-ecdsa-p256',
    body: P256,
    made: { member: 'signature', aws: 'Signature', path: 'sign/p256', body: P256 },
  },
  { name: 'mac', path: 'mac/mac', aws: 'GenerateMac', primitive: 'hmac-64', body: MAC },
]

const overRest = ({ name, path, primitive, body, made }: Kind): HttpRow => ({
  name: `kms-${name}`,
  method: 'POST',
  path: `kms/${path}`,
  body,
  ...(made && { made: { member: made.member, path: `kms/${made.path}`, body: made.body } }),
  isOwn: true,
  connections: CLIENTS,
  primitive,
})

const overAws = ({ name, path, aws, primitive, body, made }: Kind): HttpRow => ({
  name: `aws-kms-${name}`,
  method: 'POST',
  path: '',
  aws,
  body: { KeyId: `alias/${path.split('/')[1]}`, ...inPascalCase(body) },
  ...(made && { made: { member: made.aws, from: made.member, path: `kms/${made.path}`, body: made.body } }),
  isOwn: true,
  connections: CLIENTS,
  primitive,
})

function inPascalCase(body: Kind['body']): Record<string, string> {
  const named = (name: string): string => name.replaceAll(/(?:^|_)(.)/g, (_, first: string) => first.toUpperCase())
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [named(name), value]))
}

export const KMS_ROWS: readonly HttpRow[] = [...KINDS.map(overRest), ...KINDS.map(overAws)]

export const KMS_POLICY = ['encrypt', 'decrypt', 'sign', 'verify', 'mac']
  .map((name) => `path "kms/${name}/*" { capabilities = ["update"] }\n`)
  .join('')

/** Of Egide alone: the mount is there from the start. */
export const KMS_SET_UP: readonly SetUp[] = [
  ['kms/keys/bench', {}],
  ['kms/keys/p256', { key_spec: 'ECC_NIST_P256', key_usage: 'SIGN_VERIFY' }],
  ['kms/keys/rsa', { key_spec: 'RSA_2048', key_usage: 'SIGN_VERIFY' }],
  ['kms/keys/mac', { key_spec: 'HMAC_256', key_usage: 'GENERATE_VERIFY_MAC' }],
]
