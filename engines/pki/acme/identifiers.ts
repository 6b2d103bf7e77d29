import { isIP } from 'node:net'
import { isJsonObject } from '../../json-object.ts'
import { canonicalIp, isAddress, isDnsName } from '../x509/alt-names.ts'
import type { ParsedRequest } from '../x509/csr.ts'
import type { ChallengeType, Identifier } from './documents.ts'
import { Problem } from './problem.ts'

const IDENTIFIERS_MAX = 100

/** What a new order is for, each name once. Throws Problem. */
export function askedIdentifiers(raw: unknown): readonly Identifier[] {
  if (!Array.isArray(raw) || raw.length === 0) throw new Problem('malformed', 'identifiers is no list of one or more')
  if (raw.length > IDENTIFIERS_MAX) throw new Problem('malformed', `more than ${IDENTIFIERS_MAX} identifiers`)
  const found = new Map<string, Identifier>()
  for (const one of raw) {
    const identifier = identifierOf(one)
    found.set(`${identifier.type}:${identifier.value}`, identifier)
  }
  return [...found.values()]
}

function identifierOf(raw: unknown): Identifier {
  const { type, value } = isJsonObject(raw) ? raw : {}
  if (typeof value !== 'string') throw new Problem('malformed', 'an identifier has no value')
  if (type === 'ip') {
    // RFC 8738, 3: the text of RFC 5952 and nothing else.
    if (!isAddress(value) || canonicalIp(value) !== value)
      throw new Problem('malformed', 'an identifier is not an IP address in its usual form')
    return { type, value }
  }
  if (type !== 'dns') throw new Problem('unsupportedIdentifier', 'identifiers are of type dns or ip')
  const name = value.toLowerCase()
  // Who reads a URL takes what ends in a number for an address (https://url.spec.whatwg.org/#ends-in-a-number-checker).
  if (!isDnsName(name) || isIP(name) !== 0 || /^(\d+|0x[\da-f]*)$/.test(name.slice(name.lastIndexOf('.') + 1))) {
    throw new Problem('rejectedIdentifier', 'an identifier is not a host name')
  }
  return { type, value: name }
}

export function isWildcard({ type, value }: Identifier): boolean {
  return type === 'dns' && value.startsWith('*.')
}

/** How a name can be proven: a wildcard by DNS alone (RFC 8555, 8.4), an address not by DNS (RFC 8738, 7). */
export function challengesFor(identifier: Identifier): readonly ChallengeType[] {
  if (identifier.type === 'ip') return ['http-01', 'tls-alpn-01']
  return isWildcard(identifier) ? ['dns-01'] : ['http-01', 'dns-01', 'tls-alpn-01']
}

/** Whether a request asks for exactly what was ordered. Throws Problem badCSR. */
export function checkRequest(request: ParsedRequest, identifiers: readonly Identifier[]): void {
  const { altNames, subject } = request
  if (request.isCa) throw new Problem('badCSR', 'the request asks for an authority')
  if (altNames.email.length + altNames.uri.length + altNames.other.length > 0) {
    throw new Problem('badCSR', 'the request asks for names that are neither host names nor addresses')
  }
  const names = new Set([
    ...altNames.dns.map((name) => `dns:${name.toLowerCase()}`),
    ...altNames.ip.map((address) => `ip:${address}`),
  ])
  const commonName = subject.commonName.toLowerCase()
  if (commonName !== '') names.add(isIP(commonName) === 0 ? `dns:${commonName}` : `ip:${canonicalIp(commonName)}`)
  const ordered = new Set(identifiers.map(({ type, value }) => `${type}:${value}`))
  if (names.size !== ordered.size || [...names].some((name) => !ordered.has(name))) {
    throw new Problem('badCSR', 'the names of the request are not those of the order')
  }
}
