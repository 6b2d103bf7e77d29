import { createHash, createPublicKey } from 'node:crypto'
import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, type Route, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import { issuerNamed, loadedKey } from '../issuers/issuers.ts'
import { generateKey, keySpec, privateKeyText } from '../keys/private-key.ts'
import { parsePublicKey, publicKeyOf, type SshPublicKey } from '../keys/public-key.ts'
import { signerOf } from '../keys/signer.ts'
import { isPlainText } from '../plain-text.ts'
import { type CaRole, roleNamed } from '../roles/role.ts'
import { type CertificateType, signedCertificate } from './certificate.ts'
import { checkKey, sizesFor } from './key-rules.ts'
import { criticalOptions, extensions } from './options.ts'
import { principalsOf } from './principals.ts'
import { whoAsks } from './who.ts'

/** Certificates: https://openbao.org/api-docs/secret/ssh/#sign-ssh-key */

const certificateFields = {
  role: field.nameWithAt({ required: true, description: 'Role that says what the certificate may be like.' }),
  ttl: field.duration({ description: "How long the certificate holds; the role's, then the mount's" }),
  valid_principals: field.text({ description: "Users or hosts, with commas between; the role's default_user" }),
  cert_type: field.text({ default: 'user', description: 'user or host' }),
  key_id: field.text({ default: '', description: 'What sshd logs; made by the role where it is not given' }),
  critical_options: field.stringMap({ default: {}, description: "Critical options; the role's where none are given" }),
  extensions: field.stringMap({ default: {}, description: "Extensions; the role's where none are given" }),
}
const signFields = {
  ...certificateFields,
  public_key: field.text({ default: '', description: 'The key to be signed, as OpenSSH writes public keys' }),
}
const issueFields = {
  ...certificateFields,
  key_type: field.text({ default: 'rsa', description: 'rsa, ec or ed25519' }),
  key_bits: field.int({
    default: 0,
    description: 'Size of the key; 0: 4096 of rsa, 256 of ec, or what the role allows',
  }),
}
type CertificateRequest = EngineRequest<typeof certificateFields>

const signed = {
  serial_number: Type.String({ description: 'Hexadecimal' }),
  signed_key: Type.String({ description: 'The certificate, as a line of OpenSSH' }),
  issuer_id: Type.String(),
}
const SignReply = Type.Object(signed)
const IssueReply = Type.Object({
  ...signed,
  private_key: Type.String({ description: 'It is given once and kept nowhere' }),
  private_key_type: Type.String(),
})

const CLEAR = [
  'role',
  'ttl',
  'valid_principals',
  'cert_type',
  'key_id',
  'key_type',
  'key_bits',
  'serial_number',
  'issuer_id',
  'private_key_type',
]

export const signingRoutes: readonly Route[] = [
  route('sign/:role', {
    summary: 'Sign a public key',
    fields: signFields,
    returns: SignReply,
    auditClear: CLEAR,
    operations: { update: sign },
  }),
  route('issue/:role', {
    summary: 'Make a key pair and sign it',
    fields: issueFields,
    returns: IssueReply,
    auditClear: CLEAR,
    operations: { update: issue },
  }),
]

async function sign(request: EngineRequest<typeof signFields>, context: EngineContext): Promise<Reply> {
  const role = await caRole(request.fields.role, context)
  if (request.fields.public_key === '') throw invalid('missing public_key')
  const key = parsePublicKey('public_key', request.fields.public_key)
  checkKey(key, role.allowedKeyLengths)
  return certificateFor(key, role, request, context)
}

async function issue(request: EngineRequest<typeof issueFields>, context: EngineContext): Promise<Reply> {
  const { role: name, key_type: keyType, key_bits: bits } = request.fields
  const role = await caRole(name, context)
  const spec = keySpec(keyType, bits, sizesFor(keyType, role.allowedKeyLengths))
  checkKey(spec, role.allowedKeyLengths)
  const key = await generateKey(spec, context.rsaKeys)
  const reply = await certificateFor(publicKeyOf(createPublicKey(key)), role, request, context)
  const pair = { private_key: privateKeyText(key, context.random), private_key_type: keyType }
  return { ...reply, data: { ...reply.data, ...pair } }
}

async function caRole(name: string, { store }: EngineContext): Promise<CaRole> {
  const role = await roleNamed(store, name)
  if (role === undefined) throw invalid('unknown role')
  if (role.keyType !== 'ca') throw invalid(`role key type '${role.keyType}' not allowed to sign keys`)
  return role
}

async function certificateFor(
  key: SshPublicKey,
  role: CaRole,
  request: CertificateRequest,
  context: EngineContext,
): Promise<Reply> {
  const { fields } = request
  const who = whoAsks(request, context)
  const type = certificateType(fields.cert_type, role)
  const granted = extensions(fields.extensions, role, who)
  const nowSeconds = Math.floor(context.clock.now() / 1000)
  const serial = newSerial(context)
  const contents = {
    type,
    key,
    serial,
    keyId: keyIdOf(key, role, request),
    principals: principalsOf(type, fields.valid_principals, role, who),
    validAfter: Math.max(0, nowSeconds - role.notBeforeSeconds),
    validBefore: nowSeconds + ttlOf(fields.ttl, role, context),
    criticalOptions: criticalOptions(fields.critical_options, role),
    extensions: granted.extensions,
  }
  const issuer = await issuerNamed(context.store, role.issuerRef)
  const hash = role.algorithmSigner === 'default' ? 'rsa-sha2-256' : role.algorithmSigner
  const certificate = await signedCertificate(contents, context.random.bytes(32), signerOf(loadedKey(issuer), hash))
  return {
    data: { serial_number: serial.toString(16), signed_key: certificate, issuer_id: issuer.id },
    warnings: granted.warnings,
  }
}

function certificateType(sent: string, role: CaRole): CertificateType {
  if (sent !== 'user' && sent !== 'host') throw invalid("cert_type must be either 'user' or 'host'")
  const isAllowed = sent === 'user' ? role.allowUserCertificates : role.allowHostCertificates
  if (!isAllowed) throw invalid(`cert_type '${sent}' is not allowed by role`)
  return sent
}

/** 64 random bits, never 0: that is what certificates without a number have. */
function newSerial({ random }: EngineContext): bigint {
  for (;;) {
    const serial = random.bytes(8).readBigUInt64BE()
    if (serial !== 0n) return serial
  }
}

function ttlOf(asked: number | undefined, role: CaRole, { mount }: EngineContext): number {
  if (asked !== undefined && asked < 0) throw invalid('ttl cannot be negative')
  const max = role.maxTtlSeconds || mount.maxLeaseTtlSeconds
  if (asked !== undefined && asked > max) throw invalid(`ttl is larger than maximum allowed ${max}`)
  return Math.min(asked || role.ttlSeconds || mount.defaultLeaseTtlSeconds, max)
}

const KEY_ID_MAX = 1024

function keyIdOf(key: SshPublicKey, role: CaRole, { fields, caller }: CertificateRequest): string {
  if (fields.key_id !== '' && !role.allowUserKeyIds) throw invalid('setting key_id is not allowed by role')
  const displayName = caller?.displayName ?? ''
  const usual = displayName === '' ? 'vault-{{public_key_hash}}' : 'vault-{{token_display_name}}-{{public_key_hash}}'
  const known = new Map([
    ['token_display_name', displayName],
    ['role_name', fields.role],
    ['public_key_hash', createHash('sha256').update(key.blob).digest('hex')],
  ])
  // In one pass: a display name that looks like one of them stays what it is.
  const made = (role.keyIdFormat || usual).replaceAll(/\{\{(\w+)\}\}/g, (all, name: string) => known.get(name) ?? all)
  const keyId = fields.key_id || made
  if (!isPlainText(keyId, KEY_ID_MAX)) {
    throw invalid(`key_id: expected at most ${KEY_ID_MAX} characters, none of them a control character`)
  }
  return keyId
}
