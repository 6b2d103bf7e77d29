import { CoercionError, parseDuration } from '../../coerce.ts'
import type { EngineContext, Reply } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import { storedCertificate } from '../x509/certificate.ts'
import { type Der, integer } from '../x509/der.ts'
import { authorityKeyIdentifier, EXTENSION, type Extension } from '../x509/extensions.ts'
import { pem } from '../x509/pem.ts'
import { listIssuer, listSigner } from './lists.ts'
import { signedList } from './signed-list.ts'

/** What lists that callers put together have in common: `resign-crls` and `sign-revocation-list`. */

export const askedListFields = {
  issuer_ref: field.name({ default: 'default', description: 'Issuer: its id or name, or default' }),
  crl_number: field.int({ default: 0, description: 'Number of the list' }),
  delta_crl_base_number: field.int({
    default: -1,
    description: 'The list is a delta to the complete one of this number; -1: it is complete',
  }),
  next_update: field.text({ default: '72h', description: 'How long the list is valid' }),
  format: field.text({ default: 'pem', description: 'pem, or der (in base64)' }),
}
export const ASKED_LIST_CLEAR: readonly string[] = Object.keys(askedListFields)

export interface AskedList {
  readonly issuer_ref: string
  readonly crl_number: number
  readonly delta_crl_base_number: number
  readonly next_update: string
  readonly format: string
}

/** Throws `invalid_request` in the peers' words. */
export function checkAskedList(asked: AskedList): void {
  if (!['pem', 'der'].includes(asked.format.toLowerCase())) throw invalid('unknown format value: must be pem or der')
  if (validitySeconds(asked) <= 0) throw invalid('next_update parameter must be greater than 0')
  if (asked.crl_number < 0) throw invalid('crl_number parameter must be 0 or greater')
  if (asked.delta_crl_base_number < -1) throw invalid('delta_crl_base_number parameter must be -1 or greater')
  if (asked.delta_crl_base_number > asked.crl_number)
    throw invalid('crl_number of a delta list cannot be below delta_crl_base_number')
}

function validitySeconds({ next_update: text }: AskedList): number {
  try {
    return parseDuration(text)
  } catch (error) {
    if (error instanceof CoercionError) throw invalid(`invalid value for next_update: ${error.message}`)
    throw error
  }
}

/** The list, signed. Nothing is kept of it: the lists of the mount stay what they are. */
export async function askedListReply(
  asked: AskedList,
  entries: Buffer,
  more: readonly Extension[],
  context: EngineContext,
): Promise<Reply> {
  const issuer = await listIssuer(asked.issuer_ref, context)
  const thisUpdateMs = Math.floor(context.clock.now() / 1000) * 1000
  const { head, tail } = await signedList({
    issuer,
    signer: await listSigner(issuer, context.store),
    thisUpdateMs,
    nextUpdateMs: thisUpdateMs + validitySeconds(asked) * 1000,
    entries: [entries],
    extensions: [...ownExtensions(asked, storedCertificate(issuer.certificate).keyId), ...more],
  })
  const der = Buffer.concat([head, entries, tail])
  return { data: { crl: asked.format.toLowerCase() === 'der' ? der.toString('base64') : `${pem('X509 CRL', der)}\n` } }
}

function ownExtensions({ crl_number: number, delta_crl_base_number: base }: AskedList, keyId: Der): Extension[] {
  const extensions: Extension[] = [
    authorityKeyIdentifier(keyId),
    { id: EXTENSION.crlNumber, critical: false, value: integer(number) },
  ]
  if (base >= 0) extensions.push({ id: EXTENSION.deltaCrlIndicator, critical: true, value: integer(base) })
  return extensions
}
