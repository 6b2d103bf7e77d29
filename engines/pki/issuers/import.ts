import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, type Route, route } from '../../engine.ts'
import { EgideError, invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import { issuerCodec, issuersConfigCodec, type KeyDocument, rows } from '../documents.ts'
import { constraintsOf } from '../issuing/constraints.ts'
import { noUrlsWarnings } from '../issuing/urls.ts'
import { loadedKey } from '../keys.ts'
import { issuersChange } from '../modified.ts'
import { publicKeyOf, spkiOf } from '../x509/algorithms.ts'
import { type ParsedCertificate, parseCertificate, storedCertificate } from '../x509/certificate.ts'
import { type PemBlock, pem, pemBlocks } from '../x509/pem.ts'
import { allIssuers, allKeys, checkedName, firstUsage, issuersConfig } from './find.ts'
import { newIssuer, putIssuer } from './new-issuer.ts'
import { keyDocument, putKey } from './new-key.ts'

/** CAs that were made elsewhere: https://openbao.org/api-docs/secret/pki/#import-ca-certificates-and-keys */

const bundleFields = { pem_bundle: field.text({ required: true, description: 'Certificates and keys, in PEM' }) }
const signedFields = {
  certificate: field.text({ required: true, description: 'The signed certificate, and perhaps its chain, in PEM' }),
}
const keyFields = {
  pem_bundle: field.text({ required: true, description: 'One private key, in PEM' }),
  key_name: field.text({ default: '', description: 'Name for the key' }),
}

const ImportReply = Type.Object({
  imported_issuers: Type.Union([Type.Array(Type.String()), Type.Null()]),
  imported_keys: Type.Union([Type.Array(Type.String()), Type.Null()]),
  existing_issuers: Type.Union([Type.Array(Type.String()), Type.Null()]),
  existing_keys: Type.Union([Type.Array(Type.String()), Type.Null()]),
  mapping: Type.Record(Type.String(), Type.String(), { description: 'The key of each issuer.' }),
})
const CLEAR = Object.keys(ImportReply.properties)

const bundle = (summary: string, withKeys: boolean) => ({
  summary,
  fields: bundleFields,
  returns: ImportReply,
  auditClear: CLEAR,
  operations: {
    update: ({ fields }: EngineRequest<typeof bundleFields>, context: EngineContext) =>
      importBundle(fields.pem_bundle, withKeys, context),
  },
})

export const importRoutes: readonly Route[] = [
  route('config/ca', bundle('Import a CA with its key', true)),
  route('issuers/import/bundle', bundle('Import certificates and keys of CAs', true)),
  route('issuers/import/cert', bundle('Import certificates of CAs', false)),
  route('intermediate/set-signed', {
    summary: 'Import the certificate that another CA made of a request',
    fields: signedFields,
    returns: ImportReply,
    auditClear: CLEAR,
    operations: { update: ({ fields }, context) => importBundle(fields.certificate, false, context) },
  }),
  route('keys/import', {
    summary: 'Import a key',
    fields: keyFields,
    auditClear: ['key_name', 'key_id', 'key_type'],
    operations: { update: importKey },
  }),
]

const KEY_LABELS = ['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY']
/** What a bundle may hold: also the curve that openssl writes in front of a key, which the key names itself. */
const LABELS = ['CERTIFICATE', 'EC PARAMETERS', ...KEY_LABELS]

/** Throws `invalid_request` for a block of another kind, as a key under a password: the authority would come without its key. */
function bundleBlocks(text: string): readonly PemBlock[] {
  const blocks = pemBlocks(text)
  const other = blocks.find(({ label }) => !LABELS.includes(label))
  if (other !== undefined)
    throw invalid(`the PEM bundle holds ${other.label}, which is neither a certificate nor a key without a password`)
  if (text.split('-----BEGIN ').length - 1 > blocks.length)
    throw invalid('a block of the PEM bundle cannot be read: it is cut short, holds headers, or is not base64')
  return blocks
}

async function importBundle(text: string, withKeys: boolean, context: EngineContext): Promise<Reply> {
  const blocks = bundleBlocks(text)
  const certificates = blocks.filter(({ label }) => label === 'CERTIFICATE').map(({ der }) => caCertificate(der))
  const keys = blocks.filter(({ label }) => KEY_LABELS.includes(label)).map(privateKey)
  if (keys.length > 0 && !withKeys)
    throw invalid('private keys found in the PEM bundle but not allowed by the path; use /issuers/import/bundle')
  if (certificates.length + keys.length === 0) throw invalid('the PEM bundle holds neither certificates nor keys')
  const done = await store(certificates, keys, context)
  const orNull = (list: readonly string[]): readonly string[] | null => (list.length === 0 ? null : list)
  return {
    data: {
      imported_issuers: orNull(done.importedIssuers),
      imported_keys: orNull(done.importedKeys),
      existing_issuers: orNull(done.existingIssuers),
      existing_keys: orNull(done.existingKeys),
      mapping: done.mapping,
    },
    warnings: await noUrlsWarnings(context.store),
  }
}

interface Imported {
  readonly importedIssuers: string[]
  readonly existingIssuers: string[]
  readonly importedKeys: string[]
  readonly existingKeys: string[]
  readonly mapping: Record<string, string>
}

function store(
  certificates: readonly ParsedCertificate[],
  keys: readonly KeyObject[],
  { store, random, clock }: EngineContext,
): Promise<Imported> {
  return store.transaction(async (tx) => {
    const done: Imported = { importedIssuers: [], existingIssuers: [], importedKeys: [], existingKeys: [], mapping: {} }
    const known = new Map((await allKeys(tx)).map((one) => [spkiText(loadedKey(one)), one]))
    for (const key of keys) {
      const found = known.get(spkiText(key))
      if (found !== undefined) done.existingKeys.push(found.id)
      else {
        const document = keyDocument(random.uuid(), '', key)
        await putKey(tx, document)
        known.set(spkiText(key), document)
        done.importedKeys.push(document.id)
      }
    }
    for (const certificate of certificates)
      await putCertificate(certificate, known.get(certificate.spki.toString('hex')))
    await adoptKeys(known)
    return done

    async function putCertificate(certificate: ParsedCertificate, key: KeyDocument | undefined): Promise<void> {
      const there = (await allIssuers(tx)).find((one) => one.certificate.equals(certificate.der))
      const id = there?.id ?? random.uuid()
      if (there === undefined) {
        await putIssuer(tx, newIssuer(id, '', certificate.der, key?.id ?? ''), clock)
        done.importedIssuers.push(id)
      } else done.existingIssuers.push(id)
      done.mapping[id] = key?.id ?? ''
    }

    /** Issuers whose key came later. */
    async function adoptKeys(all: ReadonlyMap<string, KeyDocument>): Promise<void> {
      for (const issuer of await allIssuers(tx)) {
        const key = all.get(storedCertificate(issuer.certificate).spki.toString('hex'))
        if (issuer.keyId !== '' || key === undefined) continue
        const adopted = { ...issuer, keyId: key.id }
        tx.put(rows.issuer(issuer.id), { ...adopted, usage: firstUsage(adopted) }, issuerCodec)
        await issuersChange(tx, clock)
        const config = await issuersConfig(tx)
        if (config.default === '') tx.put(rows.issuersConfig, { ...config, default: issuer.id }, issuersConfigCodec)
      }
    }
  })
}

function caCertificate(der: Buffer): ParsedCertificate {
  const certificate = parseCertificate(der)
  if (!certificate.isCa) throw invalid('the certificate is not marked for CA use and cannot be imported')
  constraintsOf(certificate)
  return certificate
}

function privateKey(block: PemBlock): KeyObject {
  const key = readKey(block)
  // It signs in one way alone, which neither lists nor OCSP answers nor the other issuers' defaults are made for.
  if ((key.asymmetricKeyType as string) === 'rsa-pss')
    throw invalid('RSA keys for PSS alone (1.2.840.113549.1.1.10) are not supported: write the key as an RSA key')
  publicKeyOf(createPublicKey(key).export({ format: 'der', type: 'spki' })) // refuses what is no good as one
  return key
}

function readKey({ label, der }: PemBlock): KeyObject {
  try {
    return createPrivateKey(pem(label, der))
  } catch (error) {
    throw new EgideError('invalid_request', 'a private key of the PEM bundle cannot be read', { cause: error })
  }
}

const spkiText = (key: KeyObject): string => spkiOf(key).toString('hex')

async function importKey(
  { fields }: EngineRequest<typeof keyFields>,
  { store, random }: EngineContext,
): Promise<Reply> {
  const blocks = pemBlocks(fields.pem_bundle)
  const [block] = blocks
  if (block === undefined || blocks.length > 1 || !KEY_LABELS.includes(block.label)) {
    throw invalid('only a single key can be imported: the PEM bundle has to hold one private key and nothing else')
  }
  const key = privateKey(block)
  return store.transaction(async (tx) => {
    const keys = await allKeys(tx)
    checkedName('key', fields.key_name, keys)
    const text = spkiText(key)
    const there = keys.find((one) => spkiText(loadedKey(one)) === text)
    const document = there ?? keyDocument(random.uuid(), fields.key_name, key)
    if (there === undefined) await putKey(tx, document)
    return {
      data: { key_id: document.id, key_name: document.name, key_type: document.kind },
      warnings:
        there === undefined ? [] : ['This key is here already, under the name it has: write key/REF to rename it'],
    }
  })
}
