import type { EngineContext } from '../../engine.ts'
import type { IssuerDocument } from '../documents.ts'
import { DEFAULT_ROLE, type Role } from '../roles/role.ts'
import type { ParsedRequest } from '../x509/csr.ts'
import { EXTENSION, type KeyUsageName } from '../x509/extensions.ts'
import { refuseTooMany } from './asked-names.ts'
import { type LeafOrder, leafOrder, leafUsages, purposeIds, type Usages } from './leaf.ts'

/** What of a certificate the caller says, and not the request that is signed. */
export interface VerbatimTerms {
  readonly ttlSeconds: number
  readonly notAfter: string
  readonly notBefore: string
  readonly keyUsages: readonly KeyUsageName[] | undefined
  readonly extKeyUsages: readonly string[]
  readonly extKeyUsageOids: readonly string[]
  readonly saysNoCa: boolean
  readonly signatureBits: number
  readonly usePss: boolean
}

/** Netscape's type of a certificate: where usages and basic constraints are not there, OpenSSL takes it for what makes a CA. */
const NETSCAPE_TYPE = '2.16.840.1.113730.1.1'

/** Extensions that a request does not choose: the issuer writes them, whatever it says or after it was looked at. */
const OURS: ReadonlySet<string> = new Set([...Object.values(EXTENSION), NETSCAPE_TYPE])

/**
 * A certificate with the subject, names, usages and unknown extensions of a request. The role gives the ttl and whether it is
 * kept.
 */
export function verbatimOrder(
  role: Role,
  request: ParsedRequest,
  terms: VerbatimTerms,
  issuer: IssuerDocument,
  context: Pick<EngineContext, 'clock' | 'mount'>,
): LeafOrder {
  refuseTooMany(request.altNames)
  const anyName: Role = {
    ...DEFAULT_ROLE,
    name: role.name,
    ttlSeconds: role.ttlSeconds,
    maxTtlSeconds: role.maxTtlSeconds,
    notAfter: role.notAfter,
    notBefore: role.notBefore,
    notAfterBound: role.notAfterBound,
    notBeforeBound: role.notBeforeBound,
    notBeforeDurationSeconds: role.notBeforeDurationSeconds,
    noStore: role.noStore,
    generateLease: role.generateLease,
    allowAnyName: true,
    enforceHostnames: false,
    requireCn: false,
    cnValidations: ['disabled'],
    allowedUriSans: ['*'],
    allowedOtherSans: ['*'],
    allowedSerialNumbers: ['*'],
    allowedUserIds: ['*'],
    keyType: 'any',
    signatureBits: terms.signatureBits || role.signatureBits,
    usePss: terms.usePss || role.usePss,
  }
  const requested = {
    commonName: request.subject.commonName,
    altNames: request.altNames,
    serialNumber: request.subject.serialNumber,
    userIds: request.subject.userIds,
    ttlSeconds: terms.ttlSeconds,
    notAfter: terms.notAfter,
    notBefore: terms.notBefore,
  }
  const usages = usagesFor(request, terms)
  const purposes = [...new Set([...purposeIds(terms.extKeyUsages), ...terms.extKeyUsageOids])]
  // One that names none may not stand in a certificate (RFC 5280, 4.2.1.12).
  const keepsPurposes = purposes.length === 0 && request.extKeyUsages.length > 0
  const { order, validity, warnings } = leafOrder(anyName, requested, request, issuer, context)
  return {
    order: {
      ...order,
      subject: request.subject,
      subjectDer: request.subjectDer,
      keyUsages: usages.kept,
      extKeyUsages: purposes,
      saysNoCa: terms.saysNoCa,
      extensions: request.extensions.filter(
        ({ id }) => !OURS.has(id) || (keepsPurposes && id === EXTENSION.extKeyUsage),
      ),
    },
    validity,
    warnings: [...warnings, ...usages.warnings, ...(request.isCa ? [NO_CA] : [])],
  }
}

const NO_CA = 'the request asks for an authority, which no certificate is that comes of sign-verbatim'

/** Those of who asks, else of the request; else what fits the key, as where the request names CertSign alone. */
function usagesFor({ keyUsages, spec }: ParsedRequest, { keyUsages: asked }: VerbatimTerms): Usages {
  if (asked !== undefined || keyUsages.length === 0) return leafUsages(asked, spec)
  return leafUsages(keyUsages, spec, leafUsages(undefined, spec).kept)
}
