import { setImmediate } from 'node:timers/promises'
import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, type Route, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import { type ParsedCertificate, storedCertificate } from '../x509/certificate.ts'
import { onlyBlock } from '../x509/pem.ts'
import { ASKED_LIST_CLEAR, askedListFields, askedListReply, checkAskedList } from './asked-list.ts'
import { entry } from './entries.ts'
import { type ForeignEntry, type ForeignList, isListOf, parseForeignList } from './foreign-list.ts'
import { listIssuer } from './lists.ts'

/** `resign-crls`: https://openbao.org/api-docs/secret/pki/#combine-crls-from-the-same-issuer */

const fields = {
  ...askedListFields,
  crls: field.list({ required: true, description: 'Lists of the issuer, each in PEM, that become one' }),
}

export const resignRoutes: readonly Route[] = [
  route('issuer/:issuer_ref/resign-crls', {
    summary: 'Make one list of several that the issuer signed, as those of clusters with one key',
    fields,
    returns: Type.Object({ crl: Type.String() }),
    auditClear: ASKED_LIST_CLEAR,
    operations: { update: resign },
  }),
]

const LISTS_MAX = 1_000
/** In all lists together. */
const ENTRIES_MAX = 100_000

async function resign({ fields: asked }: EngineRequest<typeof fields>, context: EngineContext): Promise<Reply> {
  checkAskedList(asked)
  if (asked.crls.length > LISTS_MAX) throw invalid(`more than ${LISTS_MAX} lists`)
  const issuer = storedCertificate((await listIssuer(asked.issuer_ref, context)).certificate)
  const lists: ForeignList[] = []
  for (const [at, text] of asked.crls.entries()) lists.push(await checkedList(text, at, issuer))
  const { entries, warnings } = union(lists)
  const reply = await askedListReply(asked, await encoded(entries), [], context)
  return warnings.length === 0 ? reply : { ...reply, warnings }
}

/** Throws `invalid_request` for what is no list, or not the issuer's. */
async function checkedList(text: string, at: number, issuer: ParsedCertificate): Promise<ForeignList> {
  const der = onlyBlock(text, ['X509 CRL'], `crl ${at}`)
  let [list, isOwn]: [ForeignList | undefined, boolean] = [undefined, false]
  try {
    list = await parseForeignList(der)
    isOwn = isListOf(list, issuer)
  } catch (error) {
    throw invalid(`failed decoding crl ${at}: ${error instanceof Error ? error.message : 'not DER'}`)
  }
  if (!isOwn) throw invalid(`CRL index: ${at} was not signed by requested issuer`)
  return list
}

/** Entries that are written in one go: others wait for so long. */
const AT_ONCE = 1_000

async function encoded(entries: readonly ForeignEntry[]): Promise<Buffer> {
  const parts: Buffer[] = []
  for (const one of entries) {
    parts.push(entry(one.serial, one))
    if (parts.length % AT_ONCE === 0) await setImmediate()
  }
  return Buffer.concat(parts)
}

const WARNINGS_MAX = 100

/** Each certificate once, as of the first revocation. */
function union(lists: readonly ForeignList[]): {
  readonly entries: readonly ForeignEntry[]
  readonly warnings: readonly string[]
} {
  const found = new Map<string, ForeignEntry>()
  const warnings: string[] = []
  let count = 0
  for (const { entries } of lists) {
    count += entries.length
    if (count > ENTRIES_MAX) throw invalid(`the lists have more than ${ENTRIES_MAX} entries`)
    for (const one of entries) {
      const before = found.get(one.serial)
      if (before === undefined || one.atMs < before.atMs) found.set(one.serial, one)
      if (before === undefined || one.atMs === before.atMs || warnings.length === WARNINGS_MAX) continue
      warnings.push(
        `Duplicate serial ${one.serial} with different revocation times detected, using oldest revocation time`,
      )
    }
  }
  return { entries: [...found.values()], warnings }
}
