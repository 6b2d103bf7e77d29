import { invalid } from '../../errors.ts'
import { isPlainText } from '../plain-text.ts'
import { allowsAny, type CaRole, items } from '../roles/role.ts'
import type { CertificateType } from './certificate.ts'
import { filledFor, type Who } from './who.ts'

/**
 * The users or hosts that a certificate is for. One that names none holds for all of them, so that takes a role that says
 * `allow_empty_principals`: neither `allowed_users = "*"` nor a list that comes to nothing is enough (CVE-2024-7594).
 */

/** OpenSSH takes no more (SSHKEY_CERT_MAX_PRINCIPALS). */
const PRINCIPALS_MAX = 256
const PRINCIPAL_MAX = 255

/** `sent`: with commas between; undefined: the request says nothing. Throws `invalid_request`. */
export function principalsOf(
  type: CertificateType,
  sent: string | undefined,
  role: CaRole,
  who: Who,
): readonly string[] {
  const wanted = [...new Set(items(sent ?? defaultOf(type, role, who)))]
  if (wanted.length === 0) {
    if (role.allowEmptyPrincipals) return []
    throw invalid(
      'refusing to issue unsafe, globally-valid certificate with no principals specified; set valid_principals or default_user',
    )
  }
  if (wanted.length > PRINCIPALS_MAX) throw invalid(`valid_principals holds more than ${PRINCIPALS_MAX} principals`)
  if (!wanted.every((name) => isPlainText(name, PRINCIPAL_MAX))) {
    throw invalid(`valid_principals: names are at most ${PRINCIPAL_MAX} characters, none of them a control character`)
  }
  const list = type === 'user' ? role.allowedUsers : role.allowedDomains
  if (allowsAny(list)) return wanted
  const allowed = allowedNames(type, list, role, who)
  if (items(list).length === 0) throw invalid('role is not configured to allow any principals')
  const isAllowed = (name: string): boolean =>
    type === 'user' ? allowed.includes(name) : allowed.some((domain) => isHostOf(name, domain, role))
  const refused = wanted.find((name) => !isAllowed(name))
  if (refused !== undefined) throw invalid(`${refused} is not a valid value for valid_principals`)
  return wanted
}

function defaultOf(type: CertificateType, role: CaRole, who: Who): string {
  const { defaultUser, defaultUserTemplate } = role
  if (type === 'host' || defaultUser === '') return ''
  const filled = defaultUserTemplate ? filledFor(defaultUser, who, isMoreThanOne(role)) : defaultUser
  if (filled === undefined) throw invalid('default_user has no value for this caller: set valid_principals')
  return filled
}

/** Whether a value would be more than one name: a list, or to `ssh` a pattern, which in a certificate of hosts stands for others. */
const isMoreThanOne =
  ({ allowCommasInTemplates, allowWildcardsInTemplates }: CaRole) =>
  (value: string): boolean =>
    (allowWildcardsInTemplates !== true && /[*?]/.test(value)) || (!allowCommasInTemplates && value.includes(','))

/** What has no value for who asks allows nothing, nor does a value that would be more than one name. */
function allowedNames(type: CertificateType, list: string, role: CaRole, who: Who): readonly string[] {
  const isTemplate = type === 'user' ? role.allowedUsersTemplate : role.allowedDomainsTemplate
  if (!isTemplate) return items(list)
  return items(list).flatMap((text) => items(filledFor(text, who, isMoreThanOne(role)) ?? ''))
}

function isHostOf(name: string, domain: string, { allowBareDomains, allowSubdomains }: CaRole): boolean {
  const isBelow = name.endsWith(`.${domain}`) && name.length > domain.length + 1
  return (allowBareDomains && name === domain) || (allowSubdomains && isBelow)
}
