import { type EngineContext, type EngineRequest, type RawReply, type Reply, type Route, route } from '../../engine.ts'
import { invalid, notFound } from '../../errors.ts'
import { field } from '../../field.ts'
import { cacheable, digestTag } from '../caching.ts'
import type { IssuerDocument, ListDocument } from '../documents.ts'
import { allIssuers, allowedUsage, authorityOf } from '../issuers/find.ts'
import { SHARDS } from '../issuing/issue.ts'
import { CONDITIONAL_HEADERS, issuersChanged, listChanged, unlessUnmodified } from '../modified.ts'
import { storedCertificate } from '../x509/certificate.ts'
import { pemLength, pemOf, pemPieces } from '../x509/pem.ts'
import { revocationConfig } from './config.ts'
import { currentList, listIssuer, makeList, type Which, wholeList } from './lists.ts'
import { lengthOf } from './signed-list.ts'

/** Lists of revoked certificates: https://openbao.org/api-docs/secret/pki/#read-crl */

type Form = 'der' | 'pem' | 'json' | 'certificate'
const refField = field.name({ default: 'default', description: 'Issuer: its id or name, or default' })
const fields = { issuer_ref: refField }
const shardFields = {
  ...fields,
  shard: field.int({ required: true, description: 'Number of the shard, as certificates name it' }),
}

const list = (pattern: string, which: 'full' | 'delta', form: Form): Route =>
  route(pattern, {
    summary: which === 'full' ? 'The list of revoked certificates' : 'What was revoked since the complete list',
    fields,
    access: 'none',
    auditClear: ['issuer_ref'],
    headers: CONDITIONAL_HEADERS,
    operations: { read: (request, context) => read(request, which, form, context) },
  })

const shard = (pattern: string): Route =>
  route(pattern, {
    summary: 'The list of revoked certificates of one shard',
    description: 'Certificates say which, where crl_distribution_points holds {{crl_shard}}.',
    fields: shardFields,
    access: 'none',
    headers: CONDITIONAL_HEADERS,
    operations: {
      read: (request, context) => {
        const { fields } = request
        if (fields.shard < 0 || fields.shard >= SHARDS) throw invalid(`shard must be 0 to ${SHARDS - 1}`)
        return read(request, { shard: fields.shard }, 'der', context)
      },
    },
  })

const rotation = (pattern: string, which: 'full' | 'delta'): Route =>
  route(pattern, {
    summary: which === 'full' ? 'Make all lists of revoked certificates anew' : 'Make all delta lists anew',
    fields: {},
    auditClear: ['success'],
    operations: { read: (_request: EngineRequest, context) => rotate(which, context) },
  })

export const listRoutes: readonly Route[] = [
  list('crl', 'full', 'der'),
  list('crl/pem', 'full', 'pem'),
  list('cert/crl', 'full', 'certificate'),
  list('crl/delta', 'delta', 'der'),
  list('crl/delta/pem', 'delta', 'pem'),
  list('cert/delta-crl', 'delta', 'certificate'),
  list('issuer/:issuer_ref/crl', 'full', 'json'),
  list('issuer/:issuer_ref/crl/der', 'full', 'der'),
  list('issuer/:issuer_ref/crl/pem', 'full', 'pem'),
  list('issuer/:issuer_ref/crl/delta', 'delta', 'json'),
  list('issuer/:issuer_ref/crl/delta/der', 'delta', 'der'),
  list('issuer/:issuer_ref/crl/delta/pem', 'delta', 'pem'),
  shard('crl/shard/:shard'),
  shard('issuer/:issuer_ref/crl/shard/:shard'),
  rotation('crl/rotate', 'full'),
  rotation('crl/rotate-delta', 'delta'),
]

async function read(
  request: EngineRequest<typeof fields>,
  which: Which,
  form: Form,
  context: EngineContext,
): Promise<Reply> {
  const { enable_delta: hasDelta } = await revocationConfig(context.store)
  if (which === 'delta' && !hasDelta) {
    // As something that is not there, which the peers' own health check goes on from.
    throw form === 'json' ? notFound() : invalid('delta lists are not enabled: config/crl enables them')
  }
  const issuers = await issuersChanged(context.store)
  const issuer = await listIssuer(request.fields.issuer_ref, context)
  const made = await currentList(issuer, which, context)
  const reply = unlessUnmodified(request, listChanged(made, issuers), announced(made, form, context), context)
  if (reply.raw?.status === 304) return reply
  const { list, pieces } = await wholeList(made, issuer, which, context)
  if (list !== made) return withContents(announced(list, form, context), pieces, form)
  return withContents(reply, pieces, form)
}

/** All of the answer but the list itself. */
function announced({ digest, nextUpdateMs }: ListDocument, form: Form, { clock }: EngineContext): Reply {
  if (form === 'json' || form === 'certificate') return {}
  const contentType = form === 'der' ? 'application/pkix-crl' : 'application/x-pem-file'
  return { raw: cacheable({ status: 200, contentType, body: '' }, digestTag(digest, form), nextUpdateMs - clock.now()) }
}

const LABEL = 'X509 CRL'

function withContents(reply: Reply, pieces: readonly Buffer[], form: Form): Reply {
  if (form === 'json') return { ...reply, data: { crl: `${pemOf(LABEL, pieces)}\n` } }
  if (form === 'certificate') {
    return {
      ...reply,
      data: { certificate: pemOf(LABEL, pieces), revocation_time: 0, revocation_time_rfc3339: '' },
    }
  }
  return reply.raw === undefined ? reply : { ...reply, raw: { ...reply.raw, ...bodyOf(pieces, form) } }
}

/** Of more pieces a list is sent one after the other, so that no answer holds more of it than its client takes. */
const AT_ONCE_PIECES = 2

function bodyOf(pieces: readonly Buffer[], form: 'der' | 'pem'): Pick<RawReply, 'body' | 'length'> {
  if (pieces.length <= AT_ONCE_PIECES) return { body: form === 'der' ? Buffer.concat(pieces) : pemOf(LABEL, pieces) }
  const length = lengthOf(pieces)
  return form === 'der'
    ? { body: inTurn(pieces), length }
    : { body: inTurn(pemPieces(LABEL, pieces)), length: pemLength(LABEL, length) }
}

async function* inTurn<T>(pieces: Iterable<T>): AsyncGenerator<T, undefined> {
  yield* pieces
}

async function rotate(which: 'full' | 'delta', context: EngineContext): Promise<Reply> {
  const issuers = await signingIssuers(context)
  if (which === 'delta' && !(await revocationConfig(context.store)).enable_delta) {
    return {
      data: { success: true },
      warnings: ['delta lists are not enabled, so there was none to make: config/crl enables them'],
    }
  }
  for (const issuer of issuers) await makeList(issuer, which, context)
  return { data: { success: true } }
}

/** One of each authority: issuers with one name and key have one list. */
export async function signingIssuers({ store }: Pick<EngineContext, 'store'>): Promise<IssuerDocument[]> {
  const found = new Map<string, IssuerDocument>()
  for (const issuer of await allIssuers(store)) {
    const authority = authorityOf(storedCertificate(issuer.certificate))
    if (allowedUsage(issuer).includes('crl-signing') && issuer.keyId !== '' && !found.has(authority))
      found.set(authority, issuer)
  }
  return [...found.values()]
}
