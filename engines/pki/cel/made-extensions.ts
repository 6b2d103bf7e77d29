import { invalid } from '../../errors.ts'
import { askedConstraints } from '../issuers/constraint-fields.ts'
import { implicit, integer, oid, sequence, sequenceOf } from '../x509/der.ts'
import { certificatePolicies, EXTENSION, type Extension } from '../x509/extensions.ts'
import { refuseNotDer } from '../x509/strict-der.ts'
import { oidOf, rangeText } from './made-values.ts'
import type { MadeExtension, MadeOid, MadeTemplate } from './output.ts'

/** What only a CA's certificate says of the policies below it (RFC 5280, 4.2.1.5, 4.2.1.11, 4.2.1.14). */
const POLICY_MAPPINGS = '2.5.29.33'
const POLICY_CONSTRAINTS = '2.5.29.36'
const INHIBIT_ANY_POLICY = '2.5.29.54'

/** Those that follow from the rest of the template, or from who signs: a program can't write them past what is checked. */
const OURS: ReadonlySet<string> = new Set([
  ...Object.values(EXTENSION),
  POLICY_MAPPINGS,
  POLICY_CONSTRAINTS,
  INHIBIT_ANY_POLICY,
])

/** Extensions that a template gives besides names, usages and basic constraints. Throws `invalid_request`. */
export function madeExtensions(template: MadeTemplate, isCa: boolean): readonly Extension[] {
  const forCas = [...constraintsIn(template), ...policyRulesIn(template)]
  if (forCas.length > 0 && !isCa) {
    throw invalid(`only CAs (IsCA and BasicConstraintsValid) have the extension ${forCas[0]?.id}`)
  }
  return [...policiesIn(template), ...forCas, ...(template.ExtraExtensions ?? []).map(extraExtension)]
}

function policiesIn({ PolicyIdentifiers = [], Policies = [] }: MadeTemplate): readonly Extension[] {
  const ids = [...new Set([...PolicyIdentifiers, ...Policies].map((one) => oidOf('Policies', one)))]
  return ids.length === 0 ? [] : [certificatePolicies(ids.map((id) => ({ oid: id, cps: '', notice: '' })))]
}

/** Critical, whatever `PermittedDNSDomainsCritical` says, as RFC 5280 wants them. */
function constraintsIn(template: MadeTemplate): readonly Extension[] {
  return askedConstraints({
    permitted_dns_domains: template.PermittedDNSDomains ?? [],
    excluded_dns_domains: template.ExcludedDNSDomains ?? [],
    permitted_ip_ranges: (template.PermittedIPRanges ?? []).map(rangeText),
    excluded_ip_ranges: (template.ExcludedIPRanges ?? []).map(rangeText),
    permitted_email_addresses: template.PermittedEmailAddresses ?? [],
    excluded_email_addresses: template.ExcludedEmailAddresses ?? [],
    permitted_uri_domains: template.PermittedURIDomains ?? [],
    excluded_uri_domains: template.ExcludedURIDomains ?? [],
  })
}

function policyRulesIn(template: MadeTemplate): readonly Extension[] {
  const anyPolicy = countIn('InhibitAnyPolicy', template.InhibitAnyPolicy, template.InhibitAnyPolicyZero)
  const mapping = countIn('InhibitPolicyMapping', template.InhibitPolicyMapping, template.InhibitPolicyMappingZero)
  const explicit = countIn('RequireExplicitPolicy', template.RequireExplicitPolicy, template.RequireExplicitPolicyZero)
  const constraints = [
    ...(explicit === undefined ? [] : [implicit(0, contentsOf(explicit))]),
    ...(mapping === undefined ? [] : [implicit(1, contentsOf(mapping))]),
  ]
  const mappings = (template.PolicyMappings ?? []).map(({ IssuerDomainPolicy = {}, SubjectDomainPolicy = {} }) =>
    sequence(oid(mapped(IssuerDomainPolicy)), oid(mapped(SubjectDomainPolicy))),
  )
  return [
    ...(mappings.length === 0 ? [] : [{ id: POLICY_MAPPINGS, critical: true, value: sequenceOf(mappings) }]),
    ...(constraints.length === 0 ? [] : [{ id: POLICY_CONSTRAINTS, critical: true, value: sequenceOf(constraints) }]),
    ...(anyPolicy === undefined ? [] : [{ id: INHIBIT_ANY_POLICY, critical: true, value: integer(anyPolicy) }]),
  ]
}

const mapped = (one: MadeOid): string => oidOf('PolicyMappings', one)

/** Contents of the INTEGER. */
const contentsOf = (count: number): Buffer => integer(count).subarray(2)

/** Certificates below that a rule skips. 0 has to be said by its own field, as in Go. */
function countIn(where: string, text = '0', isZero = false): number | undefined {
  const count = Number(text)
  if (count < 0 || count > Number.MAX_SAFE_INTEGER) throw invalid(`${where} is out of range`)
  return count === 0 && !isZero ? undefined : count
}

function extraExtension({ Id = [], Critical = false, Value = '' }: MadeExtension): Extension {
  const id = oidOf('ExtraExtensions', { arc: Id })
  if (OURS.has(id)) throw invalid(`ExtraExtensions: ${id} follows from the rest of the template`)
  const value = Buffer.from(Value, 'base64')
  try {
    refuseNotDer(value)
  } catch (error) {
    throw invalid(`ExtraExtensions: the value of ${id} is not DER: ${error instanceof Error ? error.message : ''}`)
  }
  return { id, critical: Critical, value }
}
