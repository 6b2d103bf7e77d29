import { setImmediate } from 'node:timers/promises'
import Type from 'typebox'
import { EncodingError } from '../../../crypto/errors.ts'
import { decoded } from '../../base64.ts'
import { CoercionError, parseBool, parseText, parseTime } from '../../coerce.ts'
import { type EngineContext, type EngineRequest, type Reply, type Route, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import { isJsonObject } from '../../json-object.ts'
import { type Der, isOid, sequence, time, unsigned } from '../x509/der.ts'
import { EXTENSION, type Extension, extensionsDer } from '../x509/extensions.ts'
import { canonicalSerial, serialBytes } from '../x509/serial.ts'
import { refuseNotDer } from '../x509/strict-der.ts'
import { ASKED_LIST_CLEAR, askedListFields, askedListReply, checkAskedList } from './asked-list.ts'

/**
 * `sign-revocation-list`: https://developer.hashicorp.com/vault/api-docs/secret/pki#sign-revocation-list. What stands in
 * the list is the caller's word, so whoever may call this may take back certificates and, with a list that is
 * younger, make them good again.
 */

const ExtensionSchema = Type.Object({
  id: Type.String({ description: 'Object identifier' }),
  critical: Type.Optional(Type.Boolean()),
  value: Type.String({ description: 'DER, in base64' }),
})
const RevokedSchema = Type.Object({
  serial_number: Type.String(),
  revocation_time: Type.String({ description: 'RFC 3339, or Unix seconds' }),
  extensions: Type.Optional(Type.Array(ExtensionSchema)),
})

const fields = {
  ...askedListFields,
  revoked_certs: field.any({
    schema: Type.Array(RevokedSchema),
    description: 'Certificates that are revoked: serial_number, revocation_time, and extensions of the entry',
  }),
  extensions: field.any({
    schema: Type.Array(ExtensionSchema),
    description: 'Extensions of the list: id, critical, value (DER in base64)',
  }),
}

export const signListRoutes: readonly Route[] = [
  route('issuer/:issuer_ref/sign-revocation-list', {
    summary: 'Sign a list of revoked certificates that the caller puts together',
    fields,
    returns: Type.Object({ crl: Type.String() }),
    auditClear: ASKED_LIST_CLEAR,
    operations: { update: signList },
  }),
]

async function signList({ fields: asked }: EngineRequest<typeof fields>, context: EngineContext): Promise<Reply> {
  checkAskedList(asked)
  const entries = await entriesOf(listOf(asked.revoked_certs, 'revoked_certs'))
  const extensions = extensionsOf(listOf(asked.extensions, 'extensions'), 'extensions')
  return askedListReply(asked, entries, extensions, context)
}

/** Entries that are made in one go: others wait for so long. */
const AT_ONCE = 1_000

/** Throws `invalid_request` naming the first entry that is wrong. */
async function entriesOf(given: readonly unknown[]): Promise<Buffer> {
  const places = new Map<string, number>()
  const entries: Der[] = []
  for (const [at, entry] of given.entries()) {
    if (at > 0 && at % AT_ONCE === 0) await setImmediate()
    const where = `revoked_certs[${at}]`
    const record = recordOf(entry, where)
    const serial = canonicalSerial(textOf(record, 'serial_number', where).replaceAll(/[. ]/g, ''))
    const before = places.get(serial)
    if (before !== undefined) throw invalid(`duplicate serial number: ${serial}, original entry ${before} and ${at}`)
    places.set(serial, at)
    entries.push(entryOf(serial, momentOf(record, where), listOf(record.extensions, `${where}.extensions`), where))
  }
  return Buffer.concat(entries)
}

function entryOf(serial: string, atMs: number, given: readonly unknown[], where: string): Der {
  const number = unsigned(serialBytes(serial))
  const extensions = extensionsOf(given, `${where}.extensions`)
  return extensions.length === 0
    ? sequence(number, time(atMs))
    : sequence(number, time(atMs), extensionsDer(extensions))
}

/** Years that both forms of time in a list can say (RFC 5280, 4.1.2.5). */
const [FIRST_MS, LAST_MS] = [Date.UTC(1950, 0), Date.UTC(9999, 11, 31, 23, 59, 59)]

function momentOf({ revocation_time: given }: Readonly<Record<string, unknown>>, where: string): number {
  try {
    const ms = parseTime(given)
    if (ms >= FIRST_MS && ms <= LAST_MS) return ms
  } catch (error) {
    if (!(error instanceof CoercionError)) throw error
  }
  throw invalid(`${where}.revocation_time must be an RFC 3339 time or Unix seconds, of the years 1950 to 9999`)
}

/** These follow from the other fields. */
const RESERVED: Readonly<Record<string, string>> = {
  [EXTENSION.authorityKeyId]: 'the authority key identifier',
  [EXTENSION.crlNumber]: 'the number of the list',
  [EXTENSION.deltaCrlIndicator]: 'the indicator of delta lists',
}

function extensionsOf(given: readonly unknown[], where: string): readonly Extension[] {
  const found = new Map<string, Extension>()
  for (const [at, entry] of given.entries()) {
    const one = extensionOf(recordOf(entry, `${where}[${at}]`), `${where}[${at}]`)
    if (found.has(one.id)) throw invalid(`duplicate extension id: ${one.id} in ${where}`)
    found.set(one.id, one)
  }
  return [...found.values()]
}

function extensionOf(record: Readonly<Record<string, unknown>>, where: string): Extension {
  const id = textOf(record, 'id', where)
  if (!isOid(id)) throw invalid(`${where}.id must be an object identifier such as 2.5.29.21`)
  const reserved = RESERVED[id]
  if (reserved !== undefined) throw invalid(`${where}.id: ${id}, ${reserved}, is reserved`)
  return { id, critical: criticalOf(record, where), value: extensionValue(textOf(record, 'value', where), where) }
}

function criticalOf({ critical }: Readonly<Record<string, unknown>>, where: string): boolean {
  if (critical === undefined || critical === null) return false
  try {
    return parseBool(critical)
  } catch (error) {
    if (error instanceof CoercionError) throw invalid(`${where}.critical: ${error.message}`)
    throw error
  }
}

function extensionValue(text: string, where: string): Buffer {
  const value = decoded(text)
  if (value === undefined) throw invalid(`${where}.value must be base64`)
  try {
    refuseNotDer(value)
    return value
  } catch (error) {
    if (error instanceof EncodingError) throw invalid(`${where}.value must be the DER of one value: ${error.message}`)
    throw error
  }
}

function listOf(given: unknown, where: string): readonly unknown[] {
  if (given === undefined || given === null || given === '') return []
  if (Array.isArray(given)) return given
  throw invalid(`${where} must be a list`)
}

function recordOf(given: unknown, where: string): Readonly<Record<string, unknown>> {
  if (isJsonObject(given)) return given
  throw invalid(`${where} must be an object`)
}

function textOf(record: Readonly<Record<string, unknown>>, name: string, where: string): string {
  const given = record[name]
  if (given === undefined) throw invalid(`${where} lacks ${name}`)
  try {
    return parseText(given)
  } catch (error) {
    if (error instanceof CoercionError) throw invalid(`${where}.${name}: ${error.message}`)
    throw error
  }
}
