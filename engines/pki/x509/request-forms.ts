import { isUtf8 } from 'node:buffer'
import { type DerElement, TAG } from '../../../crypto/der.ts'
import { EncodingError } from '../../../crypto/errors.ts'
import { membersOf, oidText, sequenceIn } from './reading.ts'
import { isNamed } from './subject.ts'

/**
 * The name of a request, which by `sign-verbatim` goes into the certificate as it is. Throws EncodingError for a Name (RFC 5280,
 * 4.1.2.4), which is DER, whose parts are not in order, or hold other than what their kinds do.
 */
export function refuseNameForm(name: Buffer): void {
  for (const rdn of sequenceIn(name)) {
    const { tag, members } = rdn
    if (tag !== SET || members.length === 0) throw new EncodingError('a part of a name is empty')
    let before: Buffer | undefined
    for (const member of members) {
      const [type, value, ...more] = membersOf(member)
      if (value === undefined || more.length > 0) throw new EncodingError('a part of a name has not one value')
      if (before !== undefined && Buffer.compare(before, member.whole) >= 0)
        throw new EncodingError('the parts of a name are not in their order, or stand there twice')
      before = member.whole
      refuseText(value, isNamed(oidText(type)))
    }
  }
}

const SET = 0x31

/** What the strings of a name may hold, by their tags. */
const TEXTS: Readonly<Record<number, (body: Buffer) => boolean>> = {
  [TAG.utf8String]: isUtf8,
  // NumericString.
  18: (body) => /^[0-9 ]*$/.test(body.toString('latin1')),
  // PrintableString; * and & stand in many that are none, and are read by all.
  19: (body) => /^[A-Za-z0-9 '()+,\-./:=?*&]*$/.test(body.toString('latin1')),
  // TeletexString, of which nobody knows the characters.
  20: () => true,
  // IA5String.
  22: (body) => body.every((byte) => byte < 0x80),
  // UniversalString.
  28: (body) => body.length % 4 === 0,
  // BMPString: no halves of characters.
  30: (body) => body.length % 2 === 0 && !/[\ud800-\udfff]/.test(Buffer.from(body).swap16().toString('utf16le')),
}

/** `isName`: of a kind that the API has a field for. The others may be of any type. */
function refuseText({ tag, body }: DerElement, isName: boolean): void {
  const holds = TEXTS[tag]
  if (holds === undefined && isName) throw new EncodingError('a part of a name is no text')
  if (holds !== undefined && !holds(body)) throw new EncodingError('a text of a name holds what its kind does not')
}
