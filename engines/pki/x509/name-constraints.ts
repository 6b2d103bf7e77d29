import { type DerElement, derElement, derElements, TAG } from '../../../crypto/der.ts'

/** Host names that a CA's certificate allows below it (RFC 5280, 4.2.1.10). Constraints of other kinds of names are for verifiers. */
export interface NameConstraints {
  /** Undefined: any name. */
  readonly permitted: readonly string[] | undefined
  readonly excluded: readonly string[]
}

const PERMITTED = 0xa0
const EXCLUDED = 0xa1
const DNS_NAME = 0x82

/** From the extension's value. Throws EncodingError for what is no such value. */
export function nameConstraintsOf(value: Buffer): NameConstraints {
  const parts = derElements(derElement(value, TAG.sequence).body)
  const domains = (tag: number): readonly string[] => parts.filter((part) => part.tag === tag).flatMap(domainsIn)
  const permitted = domains(PERMITTED)
  // Where none of the subtrees is of host names, host names are not constrained.
  return { permitted: permitted.length === 0 ? undefined : permitted, excluded: domains(EXCLUDED) }
}

function domainsIn({ body }: DerElement): readonly string[] {
  return derElements(body).flatMap((subtree) => {
    const [base] = derElements(subtree.body)
    return base?.tag === DNS_NAME ? [base.body.toString('latin1').toLowerCase()] : []
  })
}

/** The first name that the constraints do not allow. */
export function outsideOf({ permitted, excluded }: NameConstraints, names: readonly string[]): string | undefined {
  return names.find((one) => {
    const name = one.toLowerCase()
    if (excluded.some((domain) => isBelow(name, domain))) return true
    return permitted !== undefined && !permitted.some((domain) => isBelow(name, domain))
  })
}

/** A domain that begins with a dot allows what is below it alone. */
function isBelow(name: string, domain: string): boolean {
  if (domain === '') return true
  if (domain.startsWith('.')) return name.endsWith(domain)
  return name === domain || name.endsWith(`.${domain}`)
}
