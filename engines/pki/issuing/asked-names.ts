import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import { parseOther } from '../roles/names.ts'
import { type AltNames, canonicalIp, isAddress, isDnsName, isPlainAscii, isUri } from '../x509/alt-names.ts'
import { hasControl } from '../x509/subject.ts'

/** The fields by which a caller names what a certificate is for. */
export const nameFields = {
  common_name: field.text({ default: '', description: 'Common name of the subject' }),
  alt_names: field.list({ default: [], description: 'Host names and e-mail addresses beside the common name' }),
  ip_sans: field.list({ default: [], description: 'IP addresses' }),
  uri_sans: field.list({ default: [], description: 'URIs' }),
  other_sans: field.list({ default: [], description: 'Other names: <identifier>;UTF8:<value>' }),
  exclude_cn_from_sans: field.bool({
    default: false,
    description: 'The common name is not repeated among the alternative names',
  }),
}

export interface AskedNames {
  readonly common_name: string
  readonly alt_names: readonly string[]
  readonly ip_sans: readonly string[]
  readonly uri_sans: readonly string[]
  readonly other_sans: readonly string[]
  readonly exclude_cn_from_sans: boolean
}

/** Most names in one certificate: what validates it looks at each. */
const NAMES_MAX = 1_000

/** What the fields ask for. Throws `invalid_request`. */
export function askedAltNames(asked: AskedNames): AltNames {
  const [dns, email]: [string[], string[]] = [[], []]
  for (const name of asked.alt_names) if (name !== '') (name.includes('@') ? email : dns).push(asciiName(name))
  const names = {
    dns: unique(dns),
    email: unique(email),
    ip: unique(asked.ip_sans.filter(isSet).map(address)),
    uri: unique(asked.uri_sans.filter(isSet).map(uri)),
    other: otherNames(asked),
  }
  refuseTooMany(names)
  return names
}

/** What `other_sans` asks for. Throws `invalid_request`. */
export function otherNames({ other_sans: asked }: Pick<AskedNames, 'other_sans'>): AltNames['other'] {
  return asked.filter(isSet).map(other)
}

export function refuseTooMany(names: AltNames): void {
  const count = Object.values(names).reduce((sum, list: readonly unknown[]) => sum + list.length, 0)
  if (count > NAMES_MAX) throw invalid(`more than ${NAMES_MAX} alternative names`)
}

/** With the common name among them, where it is a host name or e-mail address. */
export function withCommonName(names: AltNames, commonName: string, isExcluded: boolean): AltNames {
  const name = asciiName(commonName)
  if (isExcluded || name === '') return names
  if (name.includes('@')) return isPlainAscii(name) ? { ...names, email: unique([name, ...names.email]) } : names
  if (isIP(name) !== 0 || !isDnsName(name.replace('*', 'w'))) return names
  return { ...names, dns: unique([name, ...names.dns]) }
}

/** International names in their A-label form, all others as they are. */
export function asciiName(name: string): string {
  if (isPlainAscii(name) || name === '') return name
  const at = name.lastIndexOf('@')
  const host = name.slice(at + 1)
  // It reads a host as URLs have it: what follows / ? or # it leaves out, line breaks too, and %2e is a dot.
  const ascii = NO_HOST.test(host) || hasControl(host) ? '' : domainToASCII(host)
  return ascii === '' ? name : name.slice(0, at + 1) + ascii
}

/** What of ASCII no host name holds, nor a wildcard. */
const NO_HOST = /[ -)+,/:-@[-^`{-~]/

const isSet = (text: string): boolean => text !== ''

function unique(names: readonly string[]): readonly string[] {
  return names.length < 2 ? names : [...new Set(names)]
}

function address(text: string): string {
  if (!isAddress(text)) throw invalid(`the value ${JSON.stringify(text)} is not a valid IP address`)
  return canonicalIp(text)
}

function uri(text: string): string {
  if (!isUri(text)) throw invalid(`the provided URI Subject Alternative Name ${JSON.stringify(text)} is not valid`)
  return text
}

function other(text: string): { readonly id: string; readonly value: string } {
  const found = parseOther(text)
  if (found === undefined) throw invalid('could not parse requested other SAN: expected <identifier>;UTF8:<value>')
  return found
}
