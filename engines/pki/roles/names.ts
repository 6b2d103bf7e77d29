import { isIP } from 'node:net'
import { isWithin } from '../../cidr.ts'
import { invalid } from '../../errors.ts'
import { matchesAnyGlob, matchesGlob } from '../../glob.ts'
import { type AltNames, isAddress, isDnsName, isPlainAscii, isUri } from '../x509/alt-names.ts'
import { isOid } from '../x509/der.ts'
import { hasControl } from '../x509/subject.ts'
import type { Role } from './role.ts'

/**
 * Whether a role allows the names that a certificate would hold. Peers' rules, which their documentation of the role's
 * parameters states: https://openbao.org/api-docs/secret/pki/#createupdate-role
 */

/** Throws `invalid_request` naming the first name that the role does not allow. */
export function checkCommonName(name: string, role: Role): void {
  if (name === '' || role.cnValidations.includes('disabled')) return
  const isEmail = name.includes('@')
  const kind = isEmail ? 'email' : 'hostname'
  if (!role.cnValidations.includes(kind) || !allowsName(name, role)) {
    throw invalid(`common name ${quoted(name)} not allowed by this role`)
  }
}

/** As `checkCommonName`, of the alternative names. */
export function checkAltNames(names: AltNames, role: Role): void {
  for (const name of names.dns) {
    if (!isPlainAscii(name) || !allowsName(name, role)) {
      throw invalid(`subject alternate name ${quoted(name)} not allowed by this role`)
    }
  }
  for (const name of names.email) {
    if (!isPlainAscii(name) || !name.includes('@') || !allowsName(name, role)) {
      throw invalid(`email address ${quoted(name)} not allowed by this role`)
    }
  }
  checkAddresses(names.ip, role)
  checkUris(names.uri, role)
  for (const { id, value } of names.other) {
    if (hasControl(value) || !allowsOther(id, value, role)) {
      throw invalid(`other SAN ${id} with value ${quoted(value)} not allowed by this role`)
    }
  }
}

function checkAddresses(addresses: readonly string[], role: Role): void {
  if (addresses.length === 0) return
  if (!role.allowIpSans) {
    throw invalid(`IP Subject Alternative Names are not allowed in this role, but was provided ${addresses.join(', ')}`)
  }
  for (const address of addresses) {
    if (!isWithin(role.allowedIpSansCidr, address)) {
      throw invalid(`IP Subject Alternative Name ${address} is not in the blocks that this role allows`)
    }
  }
}

/** Throws `invalid_request` for what is no block of addresses. */
export function checkedBlocks(field: string, cidrs: readonly string[]): readonly string[] {
  for (const cidr of cidrs) {
    const [address = '', bits = '', ...rest] = cidr.split('/')
    const family = isAddress(address) ? isIP(address) : 0
    if (family === 0 || rest.length > 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 6 ? 128 : 32)) {
      throw invalid(`${field}: ${quoted(cidr)} is not a block of addresses`)
    }
  }
  return cidrs
}

function checkUris(uris: readonly string[], role: Role): void {
  if (uris.length === 0) return
  if (role.allowedUriSans.length === 0) {
    throw invalid('URI Subject Alternative Names are not allowed in this role, but were provided')
  }
  for (const uri of uris) {
    if (!isUri(uri) || !matchesAnyGlob(role.allowedUriSans, uri)) {
      throw invalid(`URI Subject Alternative Name ${quoted(uri)} not allowed by this role`)
    }
  }
}

function allowsOther(id: string, value: string, { allowedOtherSans: allowed }: Role): boolean {
  if (allowed.length === 1 && allowed[0] === '*') return true
  return allowed.some((one) => {
    const rule = parseOther(one)
    return rule !== undefined && rule.id === id && matchesGlob(rule.value, value)
  })
}

/** '1.2.3;UTF8:text' of a role's rules and of what callers ask for. Undefined for what is none. */
export function parseOther(text: string): { readonly id: string; readonly value: string } | undefined {
  const at = text.indexOf(';')
  const id = text.slice(0, at)
  const [, kind = '', value = ''] = /^([A-Za-z0-9-]+):(.*)$/s.exec(text.slice(at + 1)) ?? []
  if (at < 0 || !isOid(id) || !/^utf-?8$/i.test(kind)) return undefined
  return { id, value }
}

/** Of the subject's serialNumber attribute and user ids: none, unless a pattern allows it. */
export function allowsValue(patterns: readonly string[], value: string): boolean {
  return matchesAnyGlob(patterns, value)
}

const LOCALHOSTS = ['localhost', 'localdomain']

/** A host name, perhaps with a wildcard, or an e-mail address. */
function allowsName(name: string, role: Role): boolean {
  if (hasControl(name)) return false
  const at = name.indexOf('@')
  const isEmail = at >= 0
  if (isEmail && (name.indexOf('@', at + 1) >= 0 || at === 0)) return false
  const host = isEmail ? name.slice(at + 1) : name
  const isWildcard = host.includes('*')
  if (isWildcard && (isEmail || !role.allowWildcardCertificates || !isWildcardName(host))) return false
  if (role.enforceHostnames && !isDnsName(isWildcard ? host.replace('*', 'w') : host)) return false
  if (role.allowAnyName) return true
  return allowsHost(name.toLowerCase(), host.toLowerCase(), isWildcard, role)
}

/** One `*`, in the leftmost label, with something below it, and in no international label (RFC 6125, 6.4.3). */
function isWildcardName(host: string): boolean {
  const [left = '', ...rest] = host.split('.')
  return (
    !/^xn--/i.test(left) &&
    left.split('*').length === 2 &&
    rest.length > 0 &&
    !rest.some((label) => label.includes('*'))
  )
}

function allowsHost(name: string, host: string, isWildcard: boolean, role: Role): boolean {
  /** Below which all names of a wildcard lie. */
  const base = isWildcard ? host.slice(host.indexOf('.') + 1) : host
  const isBelow = (domain: string): boolean => base.endsWith(`.${domain}`) || (isWildcard && base === domain)
  if (role.allowLocalhost && LOCALHOSTS.some((one) => host === one || (role.allowSubdomains && isBelow(one)))) {
    return true
  }
  return role.allowedDomains.some((allowed) => {
    const domain = allowed.toLowerCase()
    if (domain === '') return false
    if (role.allowBareDomains && (name === domain || host === domain)) return true
    if (role.allowSubdomains && isBelow(domain)) return true
    return role.allowGlobDomains && domain.includes('*') && matchesGlob(domain, name)
  })
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text).slice(1, -1)
}
