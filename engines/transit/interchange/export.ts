import Type from 'typebox'
import { ed25519Point, ed25519Seed } from '../../../crypto/keys/ed25519.ts'
import { wrapKey } from '../../../crypto/keys/kwp.ts'
import { privateKeyOf, publicKeyOf } from '../../../crypto/keys/pkcs8.ts'
import { type EngineContext, type EngineRequest, type Reply, type Route, route } from '../../engine.ts'
import { invalid, notFound } from '../../errors.ts'
import { field } from '../../field.ts'
import { certificatesPem, pem, publicKeyPem } from '../../pem.ts'
import { type Key, type KeyVersion, versionOf } from '../keys/key.ts'
import { loadKey, refuseSoftDeleted } from '../keys/key-store.ts'
import { type KeyType, keyTypeOf } from '../keys/key-types.ts'
import { WRAP_HASHES, wrapHash } from './wrap-hash.ts'

/** Rows that give out keys which were made exportable. */

const KINDS = ['encryption-key', 'signing-key', 'hmac-key', 'public-key', 'certificate-chain'] as const
type Kind = (typeof KINDS)[number]
const FORMATS = ['', 'raw', 'der', 'pem'] as const
type Format = (typeof FORMATS)[number]

const exportFields = {
  type: field.text({ required: true, description: `What to export: ${KINDS.join(', ')}.` }),
  name: field.name({ required: true, description: 'Name of the key.' }),
  format: field.text({
    default: '',
    query: true,
    description:
      'raw: base64 of the bytes, of symmetric and Ed25519 keys; der: base64 of PKCS #8 or SubjectPublicKeyInfo; pem: ' +
      "the same in PEM; empty: the type's usual.",
  }),
}
const version = field.text({ required: true, description: "The version's number, or latest." })

const rest = {
  returns: Type.Object({
    name: Type.String(),
    type: Type.String(),
    keys: Type.Record(Type.String(), Type.String(), { description: 'By version.' }),
  }),
  auditClear: ['name', 'type', 'format'],
}

export const exportRows: readonly Route[] = [
  route('export/:type/:name', {
    summary: 'Export all versions of a named key',
    fields: exportFields,
    ...rest,
    operations: { read: async ({ fields }, context) => exported(fields, undefined, context) },
  }),
  route('export/:type/:name/:version', {
    summary: 'Export a version of a named key',
    fields: { ...exportFields, version },
    ...rest,
    operations: { read: async ({ fields }, context) => exported(fields, fields.version, context) },
  }),
]

type ExportValues = EngineRequest<typeof exportFields>['fields']

async function exported(fields: ExportValues, asked: string | undefined, { store }: EngineContext): Promise<Reply> {
  const kind = KINDS.find((known) => known === fields.type)
  if (kind === undefined) throw invalid(`invalid export type: it is one of ${KINDS.join(', ')}`)
  const format = FORMATS.find((known) => known === fields.format)
  if (format === undefined) throw invalid('invalid format: it is raw, der, pem or absent')
  const key = await loadKey(store, fields.name)
  if (key === undefined) throw notFound()
  const isPublic = kind === 'public-key' || kind === 'certificate-chain'
  if (!key.exportable && !isPublic) throw invalid('private key material is not exportable')
  refuseSoftDeleted(key)
  const type = keyTypeOf(key.type)
  refuseOtherKind(type, kind)
  const keys = chosen(key, asked).map((one) => [one.number, inFormat(key, type, one, kind, format)])
  return { data: { name: key.name, type: key.type, keys: Object.fromEntries(keys) } }
}

function refuseOtherKind({ name, supports, algorithm }: KeyType, kind: Kind): void {
  if (kind === 'encryption-key' && !supports.encryption && !supports.encapsulation) {
    throw invalid('encryption not supported for the key')
  }
  if (kind === 'signing-key' && !supports.signing) throw invalid('signing not supported for the key')
  if (kind === 'certificate-chain' && !supports.signing) {
    throw invalid('certificate chain not supported for keys that do not support signing')
  }
  if (kind === 'public-key' && algorithm.kind !== 'pair') throw invalid(`keys of type ${name} have no public key`)
}

/** Those in use, or the one that was asked for. */
function chosen(key: Key, asked: string | undefined): readonly KeyVersion[] {
  if (asked === undefined) return key.versions.filter(({ number }) => number >= key.minDecryption)
  const text = asked.replace(/^v/, '')
  if (asked !== 'latest' && !/^\d{1,15}$/.test(text)) throw invalid('invalid key version')
  const number = asked === 'latest' ? key.latest : Number(text)
  if (number < key.minDecryption) throw invalid('version for export is below minimum decryption version')
  const found = versionOf(key, number)
  if (found === undefined) throw invalid('version does not exist or cannot be found')
  return [found]
}

function inFormat(key: Key, type: KeyType, version: KeyVersion, kind: Kind, format: Format): string {
  if (kind === 'certificate-chain') return certificateChain(version)
  if (kind === 'hmac-key') return rawOnly(version.hmacKey, format, 'hmac')
  if (type.algorithm.kind === 'symmetric') return rawOnly(version.key, format, type.name)
  if (kind === 'public-key') {
    if (key.derived) throw invalid('the public key of a derived key is no key of its own')
    return publicText(type, version, format)
  }
  // Only its public key was brought in.
  return version.key.length === 0 ? '' : privateText(type, version, format)
}

function certificateChain({ certificates = [] }: KeyVersion): string {
  if (certificates.length === 0) throw invalid('selected key version does not have a certificate chain imported')
  return certificatesPem(certificates)
}

function rawOnly(bytes: Buffer, format: Format, name: string): string {
  if (format === 'der' || format === 'pem') throw invalid(`keys of type ${name} are exported raw only`)
  return bytes.toString('base64')
}

function publicText({ name }: KeyType, { publicKey = Buffer.alloc(0) }: KeyVersion, format: Format): string {
  if (format === 'der') return publicKey.toString('base64')
  if (name === 'ed25519' && format !== 'pem') return ed25519Point(publicKey).toString('base64')
  if (format === 'raw') throw invalid(`keys of type ${name} are exported as der or pem only`)
  return publicKeyPem(publicKey)
}

/** The default forms are Vault's: PKCS #1, SEC 1, and of Ed25519 seed and public key. */
function privateText({ name }: KeyType, { key, publicKey = Buffer.alloc(0) }: KeyVersion, format: Format): string {
  if (format === 'der') return key.toString('base64')
  if (format === 'pem') return pem('PRIVATE KEY', key)
  if (name === 'ed25519') return Buffer.concat([ed25519Seed(key), ed25519Point(publicKey)]).toString('base64')
  if (format === 'raw') throw invalid(`keys of type ${name} are exported as der or pem only`)
  const legacy = name.startsWith('rsa-') ? 'pkcs1' : name.startsWith('ecdsa-') ? 'sec1' : undefined
  if (legacy === undefined) return pem('PRIVATE KEY', key)
  return privateKeyOf(key).export({ format: 'pem', type: legacy }).toString()
}

const byokFields = {
  destination: field.name({
    required: true,
    description: 'Name of the RSA key that wraps: as a rule an imported wrapping key.',
  }),
  source: field.name({ required: true, description: 'Name of the key to export.' }),
  hash: field.text({ default: 'SHA256', query: true, description: `The hash of RSA-OAEP: ${WRAP_HASHES}.` }),
}

const byokRest = { ...rest, auditClear: [...rest.auditClear, 'destination', 'source', 'hash', 'version'] }

export const byokRows: readonly Route[] = [
  route('byok-export/:destination/:source', {
    summary: 'Export all versions of a named key, wrapped as another vault imports them',
    fields: byokFields,
    ...byokRest,
    operations: { read: async ({ fields }, context) => wrapped(fields, undefined, context) },
  }),
  route('byok-export/:destination/:source/:version', {
    summary: 'Export a version of a named key, wrapped as another vault imports it',
    fields: { ...byokFields, version },
    ...byokRest,
    operations: { read: async ({ fields }, context) => wrapped(fields, fields.version, context) },
  }),
]

type ByokValues = EngineRequest<typeof byokFields>['fields']

async function wrapped(fields: ByokValues, asked: string | undefined, context: EngineContext): Promise<Reply> {
  const { store, random } = context
  const destination = await loadKey(store, fields.destination)
  if (destination === undefined) throw invalid('no such destination key to export to')
  refuseSoftDeleted(destination)
  const source = await loadKey(store, fields.source)
  if (source === undefined) throw invalid('no such source key for export')
  if (!source.exportable) throw invalid('key is not exportable')
  refuseSoftDeleted(source)
  const hash = wrapHash(fields.hash)
  const { publicKey } = versionOf(destination, destination.latest) ?? {}
  if (publicKey === undefined || !destination.type.startsWith('rsa-')) {
    throw invalid('unsupported key type in use; must be a rsa key')
  }
  const wrapping = publicKeyOf(publicKey)
  const keys = chosen(source, asked).map(({ number, key }) => {
    if (key.length === 0) throw invalid('a version has no private key to export')
    return [number, wrapKey(wrapping, hash, key, random).toString('base64')]
  })
  return { data: { name: source.name, type: source.type, keys: Object.fromEntries(keys) } }
}
