import { CoercionError, parseList } from '../../coerce.ts'
import { invalid } from '../../errors.ts'
import { isOid } from '../x509/der.ts'
import type { CertificatePolicy } from '../x509/extensions.ts'

/** `policy_identifiers` of a role: https://openbao.org/api-docs/secret/pki/#createupdate-role */

/** RFC 5280, 4.2.1.4: a notice has 200 characters at most. */
const NOTICE_MAX = 200
const CPS_MAX = 2048
const POLICIES_MAX = 100

/** A list, or text: with commas between identifiers, or the JSON of a list. Throws `invalid_request`. */
export function parsePolicies(raw: unknown): readonly string[] {
  const given = typeof raw === 'string' && raw.trimStart().startsWith('[') ? listInJson(raw) : raw
  try {
    return parseList(Array.isArray(given) ? given.map(written) : given)
  } catch (error) {
    if (error instanceof CoercionError) throw invalid(`policy_identifiers: ${error.message}`)
    throw error
  }
}

const written = (one: unknown): unknown =>
  typeof one === 'object' && one !== null && !Array.isArray(one) ? JSON.stringify(one) : one

function listInJson(text: string): readonly unknown[] {
  const list = parsed(text)
  if (!Array.isArray(list)) throw invalid('policy_identifiers: expected a JSON list')
  return list
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function checkedPolicies(given: readonly string[]): readonly string[] {
  if (given.length > POLICIES_MAX) throw invalid(`policy_identifiers: at most ${POLICIES_MAX}`)
  const seen = new Set<string>()
  for (const text of given) {
    const { oid, cps, notice } = policyOf(text)
    // RFC 5280, 4.2.1.4, and Go reads no certificate with it.
    if (seen.has(oid)) throw invalid(`policy_identifiers: ${oid} stands there twice`)
    seen.add(oid)
    if (!isOid(oid)) throw invalid(`policy_identifiers: "${oid}" is not an object identifier`)
    if (cps.length > CPS_MAX || !/^[\x21-\x7e]*$/.test(cps)) throw invalid('policy_identifiers: cps is no URI')
    if (notice.length > NOTICE_MAX || !notice.isWellFormed())
      throw invalid(`policy_identifiers: a notice has ${NOTICE_MAX} characters at most`)
  }
  return given
}

/** Throws `invalid_request` for an object with other members, or that are no text. */
export function policyOf(text: string): CertificatePolicy {
  if (!text.startsWith('{')) return { oid: text, cps: '', notice: '' }
  const object = parsed(text)
  if (typeof object !== 'object' || object === null) throw invalid('policy_identifiers: expected objects in JSON')
  const policy = { oid: '', cps: '', notice: '' }
  for (const [name, value] of Object.entries(object)) {
    if (!Object.hasOwn(policy, name) || typeof value !== 'string')
      throw invalid('policy_identifiers: an object has oid, cps and notice, which are text')
    policy[name as keyof CertificatePolicy] = value
  }
  return policy
}
