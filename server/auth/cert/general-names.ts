import { TAG } from '../../../crypto/der.ts'
import { EncodingError } from '../../../crypto/errors.ts'
import { context, contextPrimitive, each, oidOf, only, Reader, textOf } from './der.ts'

/** Names of a certificate beside its subject (RFC 5280, 4.2.1.6), and what an authority is confined to (4.2.1.10). */

export type GeneralName =
  | { readonly kind: 'dns' | 'uri'; readonly text: string }
  | { readonly kind: 'email'; readonly text: string; readonly isSubject?: boolean }
  /** An address, or in constraints an address and its mask. */
  | { readonly kind: 'ip'; readonly bytes: Buffer }
  /** DER. */
  | { readonly kind: 'directory'; readonly name: Buffer }
  /** A kind that nothing here is matched with. */
  | { readonly kind: 'other'; readonly tag: number }

export interface Constraints {
  readonly permitted: readonly GeneralName[]
  readonly excluded: readonly GeneralName[]
}

export function generalNamesOf(reader: Reader): readonly GeneralName[] {
  return Array.from(each(reader), ({ tag, body: value }) => generalNameOf(tag, value))
}

function generalNameOf(tag: number, value: Buffer): GeneralName {
  if (tag === contextPrimitive(1)) return { kind: 'email', text: value.toString('latin1') }
  if (tag === contextPrimitive(2)) return { kind: 'dns', text: value.toString('latin1') }
  if (tag === contextPrimitive(6)) return { kind: 'uri', text: value.toString('latin1') }
  if (tag === contextPrimitive(7)) return { kind: 'ip', bytes: value }
  if (tag === context(4)) return { kind: 'directory', name: new Reader(value).take(TAG.sequence).whole }
  return { kind: 'other', tag }
}

/** Throws EncodingError for constraints with a minimum or maximum, which RFC 5280 forbids. */
export function constraintsOf(value: Buffer): Constraints {
  const reader = only(TAG.sequence, value)
  const permitted = subtreesOf(reader.takeIf(context(0))?.body)
  const excluded = subtreesOf(reader.takeIf(context(1))?.body)
  reader.end()
  return { permitted, excluded }
}

function subtreesOf(value: Buffer | undefined): readonly GeneralName[] {
  if (value === undefined) return []
  return Array.from(each(new Reader(value)), ({ body: subtree }) => {
    const reader = new Reader(subtree)
    const base = reader.any()
    reader.end()
    const name = generalNameOf(base.tag, base.body)
    if (name.kind === 'ip' && name.bytes.length !== 8 && name.bytes.length !== 32)
      throw new EncodingError('no address range')
    return name
  })
}

/**
 * Whether an authority confined so may have certified these names and this subject. A kind of name that can't be matched
 * is not allowed where the constraints speak of it.
 */
export function areAllowed(
  { permitted, excluded }: Constraints,
  names: readonly GeneralName[],
  subject: Buffer,
): boolean {
  const hasSubject = subject.length > 2
  const all: readonly GeneralName[] = hasSubject ? [...names, { kind: 'directory', name: subject }] : names
  return all.every((name) => {
    const sameKind = (base: GeneralName): boolean => isSameKind(base, name)
    if (excluded.some((base) => sameKind(base) && isWithin(base, name) !== false)) return false
    const bases = permitted.filter(sameKind)
    return bases.length === 0 || bases.some((base) => isWithin(base, name) === true)
  })
}

function isSameKind(base: GeneralName, name: GeneralName): boolean {
  return base.kind === name.kind && (base.kind !== 'other' || name.kind !== 'other' || base.tag === name.tag)
}

/** Undefined: nobody can say. */
function isWithin(base: GeneralName, name: GeneralName): boolean | undefined {
  if (base.kind === 'dns' && name.kind === 'dns') return isHostWithin(base.text, name.text, true)
  if (base.kind === 'email' && name.kind === 'email') return isEmailWithin(base.text, name.text)
  if (base.kind === 'uri' && name.kind === 'uri') return isUriWithin(base.text, name.text)
  if (base.kind === 'ip' && name.kind === 'ip') return isAddressWithin(base.bytes, name.bytes)
  if (base.kind === 'directory' && name.kind === 'directory') return isNameWithin(base.name, name.name)
  return undefined
}

/** `.example.com` takes what is below it; `example.com` itself too, and where `below` says so what is below it. */
function isHostWithin(base: string, host: string, below: boolean): boolean {
  const [pattern, text] = [base.toLowerCase(), host.toLowerCase().replace(/\.$/, '')]
  if (pattern === '' || text === pattern) return true
  if (pattern.startsWith('.')) return text.endsWith(pattern) && text.length > pattern.length
  return below && text.endsWith(`.${pattern}`)
}

function isEmailWithin(base: string, address: string): boolean | undefined {
  const at = address.lastIndexOf('@')
  if (at < 1) return undefined
  const host = address.slice(at + 1)
  const baseAt = base.lastIndexOf('@')
  if (baseAt < 0) return isHostWithin(base, host, false)
  return base.slice(0, baseAt) === address.slice(0, at) && base.slice(baseAt + 1).toLowerCase() === host.toLowerCase()
}

function isUriWithin(base: string, uri: string): boolean | undefined {
  // A host is a name there: RFC 5280 has no way to confine addresses in URIs.
  const host = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#:@[\]]+)(?::\d*)?(?:[/?#]|$)/i.exec(uri)?.[1]
  if (host === undefined || /^[\d.]+$/.test(host)) return undefined
  return isHostWithin(base, host, false)
}

function isAddressWithin(base: Buffer, address: Buffer): boolean {
  if (base.length !== address.length * 2) return false
  return address.every((byte, i) => {
    const mask = base[address.length + i] ?? 0
    return (byte & mask) === ((base[i] ?? 0) & mask)
  })
}

/** Whether a name starts with the other's parts. Neither string types nor case nor spaces tell two names apart (RFC 5280, 7.1). */
function isNameWithin(base: Buffer, name: Buffer): boolean {
  const parts = partsOf(name)
  return partsOf(base).every((part, i) => parts[i] === part)
}

function partsOf(name: Buffer): readonly string[] {
  return Array.from(each(only(TAG.sequence, name)), ({ body: set }) =>
    Array.from(each(new Reader(set)), ({ body: value }) => {
      const reader = new Reader(value)
      const type = oidOf(reader.take(TAG.oid).body)
      const attribute = reader.any()
      const text = textOf(attribute)?.trim().replaceAll(/\s+/g, ' ').toLowerCase()
      return `${type}=${text ?? attribute.whole.toString('hex')}`
    })
      .sort()
      .join('+'),
  )
}
