import type { EngineRequest } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import { asciiName } from '../issuing/asked-names.ts'
import { ipBytes, isDnsName, isPlainAscii } from '../x509/alt-names.ts'
import type { Extension } from '../x509/extensions.ts'
import { nameConstraints, type Subtrees } from '../x509/name-constraints.ts'

/** Name constraints of a CA: https://developer.hashicorp.com/vault/api-docs/secret/pki#generate-root */
export const constraintFields = {
  permitted_dns_domains: field.bounds({ default: [], description: 'Domains: host names have to lie in one of them' }),
  excluded_dns_domains: field.bounds({ default: [], description: 'Domains in which no host name may lie' }),
  permitted_ip_ranges: field.bounds({ default: [], description: 'Ranges (CIDR) of which addresses have to be' }),
  excluded_ip_ranges: field.bounds({ default: [], description: 'Ranges (CIDR) of which no address may be' }),
  permitted_email_addresses: field.bounds({
    default: [],
    description: 'Addresses of e-mail, hosts, or domains (.example.com) of which e-mail addresses have to be',
  }),
  excluded_email_addresses: field.bounds({
    default: [],
    description: 'Addresses of e-mail, hosts, or domains (.example.com) of which no e-mail address may be',
  }),
  permitted_uri_domains: field.bounds({
    default: [],
    description: 'Hosts, or domains (.example.com), at which URIs have to be',
  }),
  excluded_uri_domains: field.bounds({
    default: [],
    description: 'Hosts, or domains (.example.com), at which no URI may be',
  }),
}

type ConstraintValues = EngineRequest<typeof constraintFields>['fields']

/** All together: what is checked for each name of each certificate below. */
const SUBTREES_MAX = 200

/** Throws `invalid_request` for what is no constraint, or too many. */
export function askedConstraints(fields: ConstraintValues): readonly Extension[] {
  const count = Object.keys(constraintFields).reduce(
    (sum, name) => sum + fields[name as keyof ConstraintValues].length,
    0,
  )
  if (count > SUBTREES_MAX) throw invalid(`more than ${SUBTREES_MAX} name constraints`)
  const extension = nameConstraints(subtrees(fields, 'permitted'), subtrees(fields, 'excluded'))
  return extension === undefined ? [] : [extension]
}

function subtrees(fields: ConstraintValues, which: 'permitted' | 'excluded'): Subtrees {
  const each = <T>(name: keyof ConstraintValues, read: (text: string) => T | undefined): readonly T[] =>
    fields[name].filter((text) => text !== '').map((text) => read(text) ?? refuse(name, text))
  return {
    dns: each(`${which}_dns_domains`, domain),
    email: each(`${which}_email_addresses`, emails),
    ip: each(`${which}_ip_ranges`, range),
    uri: each(`${which}_uri_domains`, domain),
  }
}

function refuse(name: string, text: string): never {
  throw invalid(`${name}: ${JSON.stringify(text)} is no such constraint`)
}

/** A host name, or what is below it where it begins with a dot. */
function domain(text: string): string | undefined {
  const name = asciiName(text)
  return isDnsName(name.replace(/^\./, '')) && !name.includes('*') ? name : undefined
}

function emails(text: string): string | undefined {
  const at = text.lastIndexOf('@')
  if (at < 0) return domain(text)
  const host = domain(text.slice(at + 1))
  const local = text.slice(0, at)
  return host === undefined || host.startsWith('.') || !isPlainAscii(local) ? undefined : `${local}@${host}`
}

/** The address and its mask; bits that the mask takes off are zero. */
function range(text: string): Buffer | undefined {
  const [, address = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? []
  const bytes = addressBytes(address)
  if (bytes === undefined || Number(bits) > bytes.length * 8) return undefined
  const mask = bytes.map((_, at) => 0xff & ~(0xff >> Math.min(8, Math.max(0, Number(bits) - at * 8))))
  return Buffer.concat([bytes.map((byte, at) => byte & (mask[at] ?? 0)), mask])
}

function addressBytes(address: string): Buffer | undefined {
  try {
    return ipBytes(address)
  } catch {
    return undefined
  }
}
