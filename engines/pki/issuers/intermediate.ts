import { type EngineContext, type EngineRequest, type Reply, type Route, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import { asciiName } from '../issuing/asked-names.ts'
import { certificateText, checkFormat, shown } from '../issuing/formats.ts'
import { issue, type Order } from '../issuing/issue.ts'
import { checkKey } from '../issuing/leaf.ts'
import { noUrlsWarnings } from '../issuing/urls.ts'
import { validity } from '../issuing/validity.ts'
import { keySigner } from '../keys.ts'
import { DEFAULT_ROLE } from '../roles/role.ts'
import { spkiOf } from '../x509/algorithms.ts'
import { countOf } from '../x509/alt-names.ts'
import { parseCertificate, storedCertificate } from '../x509/certificate.ts'
import { makeRequest, parseRequest } from '../x509/csr.ts'
import { altNamesExtension, basicConstraints, type Extension } from '../x509/extensions.ts'
import { pem } from '../x509/pem.ts'
import { subjectDer, subjectWarnings } from '../x509/subject.ts'
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
import { bundled, keyReply } from './key-reply.ts'
import { chosenKey, putKey } from './new-key.ts'

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
  issuer_ref: field.name({ default: 'default', description: 'Issuer that signs' }),
  enforce_leaf_not_after_behavior: field.bool({
    default: false,
    description:
      "The issuer's leaf_not_after_behavior counts for this CA too; without it the CA may outlive its issuer",
  }),
  skid: field.text({ default: '', description: 'Subject key identifier, in hexadecimal; default: made of the key' }),
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
  const signer = keySigner(chosen.document, fields.signature_bits, fields.use_pss)
  const csr = await makeRequest({ subject: der, spki: spkiOf(chosen.key), extensions }, signer)
  if (chosen.isNew) await context.store.transaction((tx) => putKey(tx, chosen.document))
  const text = fields.format === 'der' ? csr.toString('base64') : pem('CERTIFICATE REQUEST', csr)
  return {
    data: { csr: bundled(text, chosen, fields), ...keyReply(chosen, fields) },
    warnings: await noUrlsWarnings(context.store, AGAIN_AFTER_ROOT),
  }
}

const AGAIN_AFTER_ROOT =
  ' Since this certificate is an intermediate, it might be useful to regenerate this certificate after fixing this problem for the root mount.'

async function signIntermediate({ fields }: EngineRequest<typeof signFields>, context: EngineContext): Promise<Reply> {
  const { store, clock, mount } = context
  checkFormat(fields)
  const issuer = await issuerNamed(store, fields.issuer_ref)
  const request = parseRequest(fields.csr)
  checkKey({ ...DEFAULT_ROLE, keyType: 'any' }, request.spec)
  const span = validity(
    {
      ttlSeconds: fields.ttl,
      notAfter: fields.not_after,
      notBefore: fields.not_before,
      notBeforeDurationSeconds: fields.not_before_duration,
    },
    // A CA may outlive the one that signs it, which is renewed in the meantime, whatever leaves may.
    {
      ttlSeconds: mount.defaultLeaseTtlSeconds,
      maxTtlSeconds: mount.maxLeaseTtlSeconds,
      issuer: fields.enforce_leaf_not_after_behavior ? issuer : { ...issuer, leafNotAfter: 'permit' },
    },
    clock.now(),
  )
  const outlives = span.notAfterMs > storedCertificate(issuer.certificate).notAfterMs
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
    warnings: [
      ...span.warnings,
      ...subjectWarnings(order.subject),
      ...(outlives ? [OUTLIVES] : []),
      ...(parseCertificate(der).pathLength === 0 ? [LAST] : []),
    ],
  }
}

const OUTLIVES =
  "The certificate ends after that of its issuer: chains that lead through the issuer end with it, unless it's renewed."

const LAST = 'The maximum path length of the certificate is zero: it can sign no certificates of other CAs.'

const KEY_ID = /^(?:[0-9a-f]{2}[:-]?){1,64}$/i

function keyIdentifier(text: string): Buffer | undefined {
  if (text === '') return undefined
  if (!KEY_ID.test(text)) throw invalid('skid is not hexadecimal')
  return Buffer.from(text.replaceAll(/[:-]/g, ''), 'hex')
}
