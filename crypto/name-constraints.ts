import { type DerElement, derElement, derElements, derText, TAG } from './der.ts'
import { EncodingError } from './errors.ts'
import { type GeneralName, generalNameOf, nameAttributes } from './general-names.ts'

/** What an authority's certificate confines the names below it to (RFC 5280, 4.2.1.10), and whether names keep to it. */
export interface NameConstraints {
  /** A kind of name that none of these is of is not confined. */
  readonly permitted: readonly GeneralName[]
  readonly excluded: readonly GeneralName[]
}

const PERMITTED = 0xa0
const EXCLUDED = 0xa1

/** From the extension's value. Throws EncodingError for what is none, and for a minimum or maximum, which RFC 5280 forbids. */
export function nameConstraintsOf(value: Buffer): NameConstraints {
  const parts = derElements(derElement(value, TAG.sequence).body)
  const isOne = parts.every(
    ({ tag }, at) => (tag === PERMITTED && at === 0) || (tag === EXCLUDED && at === parts.length - 1),
  )
  if (!isOne) throw new EncodingError('they neither permit nor exclude')
  const subtrees = (which: number): readonly GeneralName[] =>
    parts.filter(({ tag }) => tag === which).flatMap(({ body }) => derElements(body).map(subtree))
  return { permitted: subtrees(PERMITTED), excluded: subtrees(EXCLUDED) }
}

function subtree({ tag, body }: DerElement): GeneralName {
  const [base, ...bounds] = derElements(body)
  if (tag !== TAG.sequence || base === undefined) throw new EncodingError('a subtree lacks its base')
  if (bounds.length > 0) throw new EncodingError('a subtree has a minimum or maximum')
  const name = generalNameOf(base)
  if (name.kind === 'ip' && name.bytes.length !== 8 && name.bytes.length !== 32)
    throw new EncodingError('an address range is neither of 8 bytes nor of 32')
  return name
}

/** emailAddress (RFC 2985) and commonName. */
const ATTRIBUTE = { email: '2a864886f70d010901', commonName: '550403' } as const

/**
 * All of a certificate that constraints are about: its alternative names, its subject, and what stands in the subject
 * though it is a host or an address of e-mail. A leaf's common name counts as a host where nothing else names one, since
 * there are clients that go by it. Throws EncodingError for a subject that is no Name.
 */
export function constrainedNames(
  subject: Buffer,
  altNames: readonly GeneralName[],
  isLeaf: boolean,
): readonly GeneralName[] {
  const attributes = nameAttributes(subject).flat()
  const texts = (wanted: string): readonly string[] =>
    attributes.filter(({ type }) => type === wanted).map(({ value }) => derText(value) ?? '')
  const mailboxes = altNames.flatMap((name) =>
    name.kind === 'other' && name.mailbox !== undefined ? name.mailbox : [],
  )
  const hosts = isLeaf && !altNames.some(({ kind }) => kind === 'dns') ? texts(ATTRIBUTE.commonName).filter(isHost) : []
  return [
    ...altNames,
    ...[...mailboxes, ...texts(ATTRIBUTE.email)].map((text): GeneralName => ({ kind: 'email', text })),
    ...hosts.map((text): GeneralName => ({ kind: 'dns', text })),
    ...(attributes.length > 0 ? [{ kind: 'directory', name: subject } as const] : []),
  ]
}

const HOST = /^(?:\*\.)?[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)+$/i
const HOST_LENGTH_MAX = 253

/** Whether a common name is meant to be a host's: of two labels or more. */
function isHost(text: string): boolean {
  return text.length <= HOST_LENGTH_MAX && HOST.test(text)
}

/** Pairs of a name and a subtree that are compared; OpenSSL has such a bound too. */
const COMPARED_MAX = 2 ** 18

/**
 * The first name that the constraints do not allow: one that is excluded, or is of a kind that they permit some of and not
 * among these. A name that nobody can match is neither permitted nor surely outside what is excluded, so it is not allowed
 * where they speak of its kind; nor is anything where there is too much to compare.
 */
export function firstOutside(
  { permitted, excluded }: NameConstraints,
  names: readonly GeneralName[],
): GeneralName | undefined {
  if (names.length * (permitted.length + excluded.length) > COMPARED_MAX) return names[0]
  return names.find((name) => {
    const sameKind = (base: GeneralName): boolean => isSameKind(base, name)
    if (excluded.some((base) => sameKind(base) && (isWithin(base, name) !== false || coversHost(name, base))))
      return true
    const bases = permitted.filter(sameKind)
    return bases.length > 0 && !bases.some((base) => isWithin(base, name) === true)
  })
}

function isSameKind(base: GeneralName, name: GeneralName): boolean {
  return base.kind === name.kind && (base.kind !== 'other' || name.kind !== 'other' || base.tag === name.tag)
}

/** Undefined: nobody can say. */
function isWithin(base: GeneralName, name: GeneralName): boolean | undefined {
  if (base.kind === 'dns' && name.kind === 'dns') return base.text === '' || isDnsWithin(base.text, name.text)
  if (base.kind === 'email' && name.kind === 'email') return isEmailWithin(base.text, name.text)
  if (base.kind === 'uri' && name.kind === 'uri') return isUriWithin(base.text, name.text)
  if (base.kind === 'ip' && name.kind === 'ip') return isAddressWithin(base.bytes, name.bytes)
  if (base.kind === 'directory' && name.kind === 'directory') return isNameWithin(base.name, name.name)
  return undefined
}

/** For DNS names a base permits what is below it too. Undefined: nobody can say. */
function isDnsWithin(base: string, host: string): boolean | undefined {
  const isWithin = isHostWithin(base, host)
  return isWithin === false ? host.toLowerCase().endsWith(`.${base.toLowerCase()}`) : isWithin
}

/** A base `.example.com` takes what is below it, `example.com` itself alone. Undefined: nobody can say. */
function isHostWithin(base: string, host: string): boolean | undefined {
  const [pattern, text] = [base.toLowerCase(), host.toLowerCase()]
  // What ends with a dot is one host to some and another to others; an empty base is a form that only DNS names have.
  if (pattern === '' || text === '' || text.endsWith('.')) return undefined
  return text === pattern || (pattern.startsWith('.') && text.endsWith(pattern))
}

/** `*.example.com` stands for `www.example.com` too, so it is refused where that is excluded. */
function coversHost(name: GeneralName, base: GeneralName): boolean {
  if (name.kind !== 'dns' || base.kind !== 'dns') return false
  const [[label, above], [excluded, parent]] = [firstLabel(name.text), firstLabel(base.text)]
  const star = label.indexOf('*')
  if (star < 0 || excluded === '' || above !== parent) return false
  const [start, end] = [label.slice(0, star), label.slice(star + 1)]
  return excluded.length >= start.length + end.length && excluded.startsWith(start) && excluded.endsWith(end)
}

function firstLabel(host: string): readonly [label: string, above: string] {
  const [label = '', ...above] = host.toLowerCase().split('.')
  return [label, above.join('.')]
}

function isEmailWithin(base: string, address: string): boolean | undefined {
  const [at, baseAt] = [address.lastIndexOf('@'), base.lastIndexOf('@')]
  if (at < 1 || baseAt === 0) return undefined
  const host = address.slice(at + 1)
  if (baseAt < 0) return isHostWithin(base, host)
  return base.slice(0, baseAt) === address.slice(0, at) && base.slice(baseAt + 1).toLowerCase() === host.toLowerCase()
}

const URI_HOST = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#:@[\]]+)(?::\d*)?(?:[/?#]|$)/i

function isUriWithin(base: string, uri: string): boolean | undefined {
  // A host is a name there: RFC 5280 has no way to confine addresses in URIs, and URIs without a host.
  const host = URI_HOST.exec(uri)?.[1]
  if (host === undefined || /^[\d.]+$/.test(host)) return undefined
  return isHostWithin(base, host)
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
  return nameAttributes(name).map((set) =>
    set
      .map(({ type, value }) => {
        const text = derText(value)?.trim().replaceAll(/\s+/g, ' ').toLowerCase()
        return `${type}=${text ?? value.whole.toString('hex')}`
      })
      .sort()
      .join('+'),
  )
}
