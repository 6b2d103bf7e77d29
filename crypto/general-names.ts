import { type DerElement, derElement, derElements, derText, TAG } from './der.ts'
import { EncodingError } from './errors.ts'

/** A name as certificates hold them beside their subject (GeneralName: RFC 5280, 4.2.1.6). */
export type GeneralName =
  | { readonly kind: 'dns' | 'uri' | 'email'; readonly text: string }
  /** An address, or in constraints an address and its mask. */
  | { readonly kind: 'ip'; readonly bytes: Buffer }
  /** DER. */
  | { readonly kind: 'directory'; readonly name: Buffer }
  /** A kind that nothing here is matched with. `mailbox`: of an otherName that holds an address of e-mail (RFC 9598). */
  | { readonly kind: 'other'; readonly tag: number; readonly mailbox?: string }

const NAME = { other: 0xa0, email: 0x81, dns: 0x82, directory: 0xa4, uri: 0x86, ip: 0x87 } as const
/** id-on-SmtpUTF8Mailbox, 1.3.6.1.5.5.7.8.9. */
const MAILBOX = '2b06010505070809'

/** Throws EncodingError for a directory name that is none. */
export function generalNameOf({ tag, body }: DerElement): GeneralName {
  if (tag === NAME.email) return { kind: 'email', text: body.toString('latin1') }
  if (tag === NAME.dns) return { kind: 'dns', text: body.toString('latin1') }
  if (tag === NAME.uri) return { kind: 'uri', text: body.toString('latin1') }
  if (tag === NAME.ip) return { kind: 'ip', bytes: body }
  if (tag === NAME.directory) return { kind: 'directory', name: derElement(body, TAG.sequence).whole }
  const mailbox = tag === NAME.other ? mailboxIn(body) : undefined
  return mailbox === undefined ? { kind: 'other', tag } : { kind: 'other', tag, mailbox }
}

/** `type-id, [0] EXPLICIT value`. */
function mailboxIn(body: Buffer): string | undefined {
  const [type, value] = derElements(body)
  if (type?.body.toString('hex') !== MAILBOX || value === undefined) return undefined
  const [text] = derElements(value.body)
  return text && derText(text)
}

/** An attribute of a directory name. */
export interface NameAttribute {
  /** Its identifier's contents, in hexadecimal. */
  readonly type: string
  readonly value: DerElement
}

/** The attributes of a Name, by its relative names. Throws EncodingError for what is none. */
export function nameAttributes(name: Buffer): readonly (readonly NameAttribute[])[] {
  return derElements(derElement(name, TAG.sequence).body).map(({ body: set }) =>
    derElements(set).map(({ body }) => {
      const [type, value, ...more] = derElements(body)
      if (type?.tag !== TAG.oid || value === undefined || more.length > 0)
        throw new EncodingError('a part of a name is none')
      return { type: type.body.toString('hex'), value }
    }),
  )
}
