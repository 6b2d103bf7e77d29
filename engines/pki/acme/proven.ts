import { EncodingError } from '../../../crypto/errors.ts'
import type { EngineContext } from '../../engine.ts'
import { type ParsedAltNames, parseAltNames } from '../x509/alt-names.ts'
import type { ParsedCertificate } from '../x509/certificate.ts'
import { EXTENSION } from '../x509/extensions.ts'
import { current } from './authorizations.ts'
import { type Account, acmeRows, authorizationCodec, textCodec } from './documents.ts'

/**
 * Whether the account holds a valid authorization for each name of the certificate (RFC 8555, 7.6): two rows for each name are
 * read, at most. A wildcard is proven by its own authorization alone. No: for a certificate of no names, or of names that
 * ACME has no authorizations for.
 */
export async function hasProvenAll(
  { id: accountId }: Pick<Account, 'id'>,
  certificate: Pick<ParsedCertificate, 'extensions'>,
  { store, clock }: Pick<EngineContext, 'store' | 'clock'>,
): Promise<boolean> {
  const names = provableNames(certificate)
  for (const name of names) {
    const id = await store.get(acmeRows.proven(accountId, name), textCodec)
    const found = id === undefined ? undefined : await store.get(acmeRows.authorization(id), authorizationCodec)
    if (found === undefined || current(found, clock.now()).status !== 'valid') return false
  }
  return names.length > 0
}

/** None where there are others besides. */
function provableNames({ extensions }: Pick<ParsedCertificate, 'extensions'>): readonly string[] {
  const value = extensions.find(({ id }) => id === EXTENSION.altNames)?.value
  const read = value && readNames(value)
  if (read === undefined) return []
  const { names, hasUnknown } = read
  if (hasUnknown || names.email.length + names.uri.length + names.other.length > 0) return []
  return [...names.dns.map((name) => `dns:${name.toLowerCase()}`), ...names.ip.map((address) => `ip:${address}`)]
}

/** Undefined for names that are signed no more, as builds before did: of IPv4 addresses in the form of IPv6. */
function readNames(value: Buffer): ParsedAltNames | undefined {
  try {
    return parseAltNames(value)
  } catch (error) {
    if (error instanceof EncodingError) return undefined
    throw error
  }
}
