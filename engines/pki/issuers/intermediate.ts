import { type EngineContext, type EngineRequest, type Reply, type Route, route } from '../../engine.ts'
import { EgideError, invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import { keyCodec, rows } from '../documents.ts'
import { asciiName } from '../issuing/asked-names.ts'
import { certificateText, checkFormat, PRIVATE_KEY_TYPES, privateKeyText, shown } from '../issuing/formats.ts'
import { issue, type Order, refuseUnusable } from '../issuing/issue.ts'
import { validity } from '../issuing/validity.ts'
import { keySigner } from '../keys.ts'
import { spkiOf } from '../x509/algorithms.ts'
import { countOf } from '../x509/alt-names.ts'
import { parseCertificate, signed, toBeSigned } from '../x509/certificate.ts'
import { makeRequest, parseRequest } from '../x509/csr.ts'
import { altNamesExtension, basicConstraints, type Extension } from '../x509/extensions.ts'
import { onlyBlock, pem } from '../x509/pem.ts'
import { serialBytes } from '../x509/serial.ts'
import { subjectDer } from '../x509/subject.ts'
import {
  askedCaNames,
  askedSubject,
  CA_CLEAR,
  CaReply,
  caFields,
  caTerms,
  exportedField,
  keyFields,
  subjectFields,
} from './ca-fields.ts'
import { chainCertificates, issuerNamed } from './find.ts'
import { type ChosenKey, chosenKey, putKey } from './new-key.ts'

const requestFields = {
  ...subjectFields,
  ...keyFields,
  exported: exportedField,
  add_basic_constraints: field.bool({ default: false, description: 'The request says that it is for a CA' }),
}
const crossFields = { ...requestFields, exported: field.text({ default: 'existing', description: 'Only existing' }) }
const signFields = {
  ...subjectFields,
  ...caFields,
  csr: field.text({ required: true, description: 'The request, in PEM' }),
  use_csr_values: field.bool({ default: false, description: 'Subject and names come from the request' }),
  issuer_ref: field.text({ default: 'default', description: 'Issuer that signs' }),
  skid: field.text({ default: '', description: 'Subject key identifier, in hexadecimal; default: made of the key' }),
}
const selfFields = {
  certificate: field.text({ required: true, description: 'The self-issued certificate, in PEM' }),
  issuer_ref: field.text({ default: 'default', description: 'Issuer that signs' }),
  require_matching_certificate_algorithms: field.bool({
    default: false,
    description: "Only where its key is of the issuer's kind",
  }),
}

const requestSpec = {
  summary: 'Make a key and a request for a CA certificate that another CA signs',
  fields: requestFields,
  returns: CaReply,
  auditClear: CA_CLEAR,
  operations: { update: generate },
}
const signSpec = {
  summary: "Sign another CA's request",
  fields: signFields,
  returns: CaReply,
  auditClear: CA_CLEAR,
  operations: { update: signIntermediate },
}
const selfSpec = {
  summary: 'Sign a self-issued certificate anew, so that its key is trusted on two paths',
  fields: selfFields,
  access: 'sudo' as const,
  auditClear: ['issuing_ca', 'issuer_ref', 'require_matching_certificate_algorithms'],
  operations: { update: signSelfIssued },
}

export const intermediateRoutes: readonly Route[] = [
  route('intermediate/generate/:exported', requestSpec),
  route('issuers/generate/intermediate/:exported', requestSpec),
  route('intermediate/cross-sign', {
    ...requestSpec,
    summary: 'Make a request for a key that is here already',
    fields: crossFields,
  }),
  route('root/sign-intermediate', signSpec),
  route('issuer/:issuer_ref/sign-intermediate', signSpec),
  route('root/sign-self-issued', selfSpec),
  route('issuer/:issuer_ref/sign-self-issued', selfSpec),
]

async function generate({ fields }: EngineRequest<typeof requestFields>, context: EngineContext): Promise<Reply> {
  checkFormat(fields)
  const chosen = await chosenKey(fields, context)
  const subject = askedSubject(fields)
  const names = askedCaNames(fields)
  const der = subjectDer(subject)
  const extensions: Extension[] = [
    ...(fields.add_basic_constraints ? [basicConstraints(true)] : []),
    ...(countOf(names) > 0 ? [altNamesExtension(names, false)] : []),
  ]
  const signer = keySigner(chosen.document, fields.signature_bits, false)
  const csr = await makeRequest({ subject: der, spki: spkiOf(chosen.key), extensions }, signer)
  if (chosen.isNew) await context.store.transaction((tx) => putKey(tx, chosen.document))
  const text = fields.format === 'der' ? csr.toString('base64') : pem('CERTIFICATE REQUEST', csr)
  return { data: { csr: bundled(text, chosen, fields), ...keyReply(chosen, fields) } }
}

function bundled(
  csr: string,
  chosen: ChosenKey,
  fields: { readonly format: string; readonly private_key_format: string },
): string {
  return fields.format === 'pem_bundle' && chosen.isExported ? `${privateKeyText(chosen.key, fields)}\n${csr}` : csr
}

function keyReply(
  { document, key, isExported }: ChosenKey,
  fields: { readonly format: string; readonly private_key_format: string },
) {
  return {
    key_id: document.id,
    key_name: document.name,
    ...(isExported && { private_key: privateKeyText(key, fields), private_key_type: PRIVATE_KEY_TYPES[document.kind] }),
  }
}

async function signIntermediate({ fields }: EngineRequest<typeof signFields>, context: EngineContext): Promise<Reply> {
  const { store, clock, mount } = context
  checkFormat(fields)
  const issuer = await issuerNamed(store, fields.issuer_ref)
  const request = parseRequest(fields.csr)
  const span = validity(
    {
      ttlSeconds: fields.ttl,
      notAfter: fields.not_after,
      notBefore: fields.not_before,
      notBeforeDurationSeconds: fields.not_before_duration,
    },
    // A CA may live as long as the one that signs it, whatever leaves may.
    { ttlSeconds: mount.defaultLeaseTtlSeconds, maxTtlSeconds: 0, issuer },
    clock.now(),
  )
  const terms = caTerms(fields)
  const commonName = fields.common_name || request.subject.commonName
  const keyId = keyIdentifier(fields.skid)
  const order: Order = {
    subject: fields.use_csr_values ? request.subject : { ...askedSubject(fields), commonName: asciiName(commonName) },
    ...(fields.use_csr_values && { subjectDer: request.subjectDer }),
    altNames: fields.use_csr_values ? request.altNames : askedCaNames({ ...fields, common_name: commonName }),
    spki: request.spki,
    validity: span,
    ...terms,
    ca: { pathLength: terms.pathLength },
    saysNoCa: false,
    enforceHostnames: false,
    ...(keyId && { subjectKeyId: keyId }),
    role: '',
    signatureBits: fields.signature_bits,
    usePss: fields.use_pss,
    stored: true,
  }
  const { der, serial } = await issue(order, issuer, context)
  const chain = await chainCertificates(store, issuer)
  // The chain of a CA's certificate begins with itself, as peers have it.
  const caChain = [der, ...chain].map((one) => certificateText(one, fields.format))
  return {
    data: {
      ...shown({ der, chain, key: undefined }, fields),
      ca_chain: caChain,
      serial_number: serial,
      expiration: Math.floor(span.notAfterMs / 1000),
    },
    warnings: span.warnings,
  }
}

const KEY_ID = /^(?:[0-9a-f]{2}[:-]?){1,64}$/i

function keyIdentifier(text: string): Buffer | undefined {
  if (text === '') return undefined
  if (!KEY_ID.test(text)) throw invalid('skid is not hexadecimal')
  return Buffer.from(text.replaceAll(/[:-]/g, ''), 'hex')
}

/** Everything is kept as it stands but the signature, and who made it. */
async function signSelfIssued({ fields }: EngineRequest<typeof selfFields>, { store }: EngineContext): Promise<Reply> {
  const own = parseCertificate(onlyBlock(fields.certificate, ['CERTIFICATE'], 'certificate'))
  if (!own.isCa) throw invalid('given certificate is not a CA certificate')
  if (!own.subjectDer.equals(own.issuerDer)) throw invalid('given certificate is not self-issued')
  const issuer = await issuerNamed(store, fields.issuer_ref)
  refuseUnusable(issuer)
  const key = issuer.keyId === '' ? undefined : await store.get(rows.key(issuer.keyId), keyCodec)
  if (key === undefined) throw invalid('unable to use issuer: it has no key here')
  const ca = parseCertificate(issuer.certificate)
  if (
    fields.require_matching_certificate_algorithms &&
    own.publicKey.asymmetricKeyType !== ca.publicKey.asymmetricKeyType
  ) {
    throw invalid("the certificate's key is not of the issuer's kind")
  }
  if (own.notAfterMs > ca.notAfterMs) throw invalid('the certificate would outlive its issuer')
  const signer = keySigner(key, 0, false)
  const template = { ...own, serial: serialBytes(own.serial), subject: own.subjectDer }
  const der = await signed(toBeSigned(template, ca.subjectDer, signer.algorithm), signer)
  if (parseCertificate(der).serial !== own.serial)
    throw new EgideError('internal', 'a certificate was not signed as it stands')
  return { data: { certificate: certificateText(der, 'pem'), issuing_ca: certificateText(issuer.certificate, 'pem') } }
}
