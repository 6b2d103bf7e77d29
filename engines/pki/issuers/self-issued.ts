import { type EngineContext, type EngineRequest, type Reply, type Route, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import { type CertificateDocument, keyCodec, rows } from '../documents.ts'
import { refuseOutside } from '../issuing/constraints.ts'
import { certificateText } from '../issuing/formats.ts'
import { refuseUnusable, shardOf, signRecorded, urlExtensions } from '../issuing/issue.ts'
import { lint } from '../issuing/lint.ts'
import { refuseWithoutRoom } from '../issuing/path-length.ts'
import { urlsFor } from '../issuing/urls.ts'
import { keySigner } from '../keys.ts'
import { NO_ALT_NAMES } from '../x509/alt-names.ts'
import {
  type CertificateTemplate,
  type ParsedCertificate,
  parseCertificate,
  storedCertificate,
  toBeSigned,
} from '../x509/certificate.ts'
import { authorityKeyIdentifier, EXTENSION, type Extension } from '../x509/extensions.ts'
import { onlyBlock } from '../x509/pem.ts'
import { hexSerial, newSerial } from '../x509/serial.ts'
import { authorityOf, issuerNamed } from './find.ts'

/** `sign-self-issued`: https://openbao.org/api-docs/secret/pki/#sign-self-issued */

const fields = {
  certificate: field.text({ required: true, description: 'The self-issued certificate, in PEM' }),
  issuer_ref: field.name({ default: 'default', description: 'Issuer that signs' }),
  require_matching_certificate_algorithms: field.bool({
    default: false,
    description: "Only where its key is of the issuer's kind",
  }),
}

const spec = {
  summary: 'Sign a self-issued certificate anew, so that its key is trusted on two paths',
  fields,
  access: 'sudo' as const,
  auditClear: ['issuing_ca', 'issuer_ref', 'require_matching_certificate_algorithms'],
  operations: { update: signSelfIssued },
}

export const selfIssuedRoutes: readonly Route[] = [
  route('root/sign-self-issued', spec),
  route('issuer/:issuer_ref/sign-self-issued', spec),
]

/** What says who signed, and so is said anew. */
const OF_THE_ISSUER: ReadonlySet<string> = new Set([
  EXTENSION.authorityKeyId,
  EXTENSION.authorityInfo,
  EXTENSION.crlDistributionPoints,
  EXTENSION.freshestCrl,
])

/** All that the certificate says of itself is kept; its number is new, so that it can be recorded and revoked by it. */
async function signSelfIssued({ fields: given }: EngineRequest<typeof fields>, context: EngineContext): Promise<Reply> {
  const { store, random, clock } = context
  const own = parseCertificate(onlyBlock(given.certificate, ['CERTIFICATE'], 'certificate'))
  if (!own.isCa) throw invalid('given certificate is not a CA certificate')
  if (!own.subjectDer.equals(own.issuerDer)) throw invalid('given certificate is not self-issued')
  const issuer = await issuerNamed(store, given.issuer_ref)
  refuseUnusable(issuer)
  const key = issuer.keyId === '' ? undefined : await store.get(rows.key(issuer.keyId), keyCodec)
  if (key === undefined) throw invalid('unable to use issuer: it has no key here')
  const ca = storedCertificate(issuer.certificate)
  const isOfKind = own.publicKey.asymmetricKeyType === ca.publicKey.asymmetricKeyType
  if (given.require_matching_certificate_algorithms && !isOfKind)
    throw invalid("the certificate's key is not of the issuer's kind")
  // With the issuer's own name it counts for nothing in the length of a path (RFC 5280, 6.1.4).
  if (!own.subjectDer.equals(ca.subjectDer)) await refuseWithoutRoom(issuer, store)
  if (own.notAfterMs > ca.notAfterMs) throw invalid('the certificate would outlive its issuer')
  const serial = newSerial(random)
  const shard = shardOf(serial)
  const said = urlExtensions(await urlsFor(store, issuer, shard))
  const template = resigned(own, serial, [authorityKeyIdentifier(ca.keyId), ...said])
  refuseFault(own, template)
  await refuseOutside(template, true, issuer, store)
  const signer = keySigner(key)
  const document: CertificateDocument = {
    tbs: toBeSigned(template, ca.subjectDer, signer.algorithm),
    issuerId: issuer.id,
    authority: authorityOf(ca),
    shard,
    role: '',
    issuedAtMs: clock.now(),
    notAfterMs: own.notAfterMs,
  }
  const order = { stored: true, subject: own.subject, altNames: NO_ALT_NAMES, role: '' }
  const { der } = await signRecorded({ order, serial: hexSerial(serial), document, signer }, context)
  return { data: { certificate: certificateText(der, 'pem'), issuing_ca: certificateText(issuer.certificate, 'pem') } }
}

function resigned(own: ParsedCertificate, serial: Buffer, said: readonly Extension[]): CertificateTemplate {
  const { notBeforeMs, notAfterMs, subjectDer, spki, extensions } = own
  const kept = extensions.filter(({ id }) => !OF_THE_ISSUER.has(id))
  return { serial, notBeforeMs, notAfterMs, subject: subjectDer, spki, extensions: [...kept, ...said] }
}

/** That it says what its key is for is not asked of it: many roots do not, and it is not ours to add. */
function refuseFault({ subject }: ParsedCertificate, template: CertificateTemplate): void {
  const fault = lint({ template, subject, altNames: NO_ALT_NAMES, isCa: false, enforceHostnames: false })
  if (fault !== undefined) throw invalid(`the certificate would not be valid: ${fault}`)
}
