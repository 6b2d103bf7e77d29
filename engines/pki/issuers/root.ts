import { type EngineContext, type EngineRequest, type Reply, type Route, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { type CertificateDocument, rows } from '../documents.ts'
import { certificateText, checkFormat } from '../issuing/formats.ts'
import { type Issued, type Order, refuseFaults, signRecorded, templateOf } from '../issuing/issue.ts'
import { noUrlsWarnings } from '../issuing/urls.ts'
import { type Validity, validity } from '../issuing/validity.ts'
import { keySigner } from '../keys.ts'
import { issuersChange } from '../modified.ts'
import { hashBits, spkiOf } from '../x509/algorithms.ts'
import { toBeSigned } from '../x509/certificate.ts'
import { keyIdOf } from '../x509/extensions.ts'
import { hexSerial, newSerial } from '../x509/serial.ts'
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
import { allIssuers, allKeys, authorityOf, checkedName, findIssuer } from './find.ts'
import { bundled, keyReply } from './key-reply.ts'
import { newIssuer, putIssuer } from './new-issuer.ts'
import { type ChosenKey, chosenKey, putKey } from './new-key.ts'
import { ownAlgorithmName } from './revocation-algorithm.ts'

const fields = { ...subjectFields, ...keyFields, ...caFields, exported: exportedField }
type RootRequest = EngineRequest<typeof fields>

const spec = {
  summary: 'Make a root CA: a key and a certificate that it signs itself',
  fields,
  returns: CaReply,
  auditClear: CA_CLEAR,
  operations: { update: generate },
}

export const rootRoutes: readonly Route[] = [
  route('root/generate/:exported', spec),
  route('issuers/generate/root/:exported', spec),
  route('root/rotate/:exported', {
    ...spec,
    summary: 'Make another root CA beside those there are',
    operations: { update: rotate },
  }),
  route('root', {
    summary: 'Remove all issuers and keys',
    fields: {},
    access: 'sudo',
    operations: { delete: removeAll },
  }),
]

function generate(request: RootRequest, context: EngineContext): Promise<Reply> {
  return make(request, context, request.fields.issuer_name)
}

/** Until it is named otherwise, it is called next, where none is. */
async function rotate(request: RootRequest, context: EngineContext): Promise<Reply> {
  const next = (await findIssuer(context.store, 'next')) === undefined ? 'next' : ''
  return make(request, context, request.fields.issuer_name || next)
}

async function make({ fields }: RootRequest, context: EngineContext, issuerName: string): Promise<Reply> {
  const { store, clock } = context
  checkFormat(fields)
  if (fields.common_name === '') throw invalid('the common_name field is required')
  checkedName('issuer', issuerName, await allIssuers(store))
  if (fields.exported !== 'existing') checkedName('key', fields.key_name, await allKeys(store))
  const span = askedValidity(fields, context)
  const asked = askedOrder(fields, span)
  const chosen = await chosenKey(fields, context)
  const order: Order = { ...asked, spki: spkiOf(chosen.key) }
  const { id, serial, der } = await signedByItself(order, chosen, context)
  const issuer = {
    ...newIssuer(id, issuerName, der, chosen.document.id),
    revocationSignature: ownAlgorithmName(chosen.document.kind, {
      hash: hashBits(chosen.document, fields.signature_bits),
      pss: fields.use_pss,
    }),
  }
  await store.transaction((tx) => putIssuer(tx, issuer, clock))
  const certificate = certificateText(der, fields.format)
  return {
    data: {
      certificate: bundled(certificate, chosen, fields),
      issuing_ca: certificate,
      serial_number: serial,
      expiration: Math.floor(span.notAfterMs / 1000),
      issuer_id: id,
      issuer_name: issuerName,
      ...keyReply(chosen, fields),
    },
    warnings: [...span.warnings, ...subjectWarnings(order.subject), ...(await noUrlsWarnings(store))],
  }
}

function askedValidity(fields: RootRequest['fields'], { mount, clock }: EngineContext): Validity {
  return validity(
    {
      ttlSeconds: fields.ttl,
      notAfter: fields.not_after,
      notBefore: fields.not_before,
      notBeforeDurationSeconds: fields.not_before_duration,
    },
    { ttlSeconds: mount.defaultLeaseTtlSeconds, maxTtlSeconds: mount.maxLeaseTtlSeconds, issuer: undefined },
    clock.now(),
  )
}

/** Keeps the key, and the certificate that it signs for itself. `id`: of the issuer that both are for. */
async function signedByItself(
  order: Order,
  chosen: ChosenKey,
  context: EngineContext,
): Promise<Issued & { readonly id: string }> {
  const { store, random, clock } = context
  const serial = newSerial(random)
  const template = templateOf(order, serial, keyIdOf(order.spki), [])
  refuseFaults(order, template)
  const signer = keySigner(chosen.document, order.signatureBits, order.usePss)
  const name = subjectDer(order.subject)
  const id = random.uuid()
  const document: CertificateDocument = {
    tbs: toBeSigned(template, name, signer.algorithm),
    issuerId: id,
    authority: authorityOf({ subjectDer: name, spki: order.spki }),
    shard: 0,
    role: '',
    issuedAtMs: clock.now(),
    notAfterMs: template.notAfterMs,
  }
  // The key first: a certificate of a lost key is of no use, a key without one does no harm.
  if (chosen.isNew) await store.transaction((tx) => putKey(tx, chosen.document))
  return { id, ...(await signRecorded({ order, serial: hexSerial(serial), document, signer }, context)) }
}

/** All that is asked but the key, which is made when nothing else was wrong. */
function askedOrder(fields: RootRequest['fields'], validity: Order['validity']): Omit<Order, 'spki'> {
  const terms = caTerms(fields)
  return {
    subject: askedSubject(fields),
    altNames: askedCaNames(fields),
    validity,
    ...terms,
    ca: { pathLength: terms.pathLength },
    saysNoCa: false,
    enforceHostnames: false,
    role: '',
    signatureBits: fields.signature_bits,
    usePss: fields.use_pss,
    stored: true,
  }
}

async function removeAll(_request: EngineRequest, { store, clock }: EngineContext): Promise<Reply> {
  await store.transaction(async (tx) => {
    for (const { id } of await allIssuers(tx)) tx.delete(rows.issuer(id))
    for (const { id } of await allKeys(tx)) tx.delete(rows.key(id))
    tx.delete(rows.issuersConfig)
    tx.delete(rows.keysConfig)
    await issuersChange(tx, clock)
  })
  return {
    warnings: [
      'DELETE root removed all keys and issuers of the mount; DELETE issuer/REF and DELETE key/REF remove one alone',
    ],
  }
}
