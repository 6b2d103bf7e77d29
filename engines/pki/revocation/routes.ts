import { type EngineContext, type EngineRequest, type RawReply, type Reply, type Route, route } from '../../engine.ts'
import { invalid, notFound } from '../../errors.ts'
import { field } from '../../field.ts'
import { cacheable, entityTag } from '../caching.ts'
import type { IssuerDocument, ListDocument } from '../documents.ts'
import { allIssuers } from '../issuers/find.ts'
import { SHARDS } from '../issuing/issue.ts'
import { CONDITIONAL_HEADERS, issuersChanged, listChanged, unlessUnmodified } from '../modified.ts'
import { pem } from '../x509/pem.ts'
import { revocationConfig } from './config.ts'
import { currentList, listIssuer, makeList, type Which } from './lists.ts'

/** Lists of revoked certificates: https://openbao.org/api-docs/secret/pki/#read-crl */

type Form = 'der' | 'pem' | 'json' | 'certificate'
const refField = field.text({ default: 'default', description: 'Issuer: its id or name, or default' })
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
    auditClear: ['issuer_ref', 'crl', 'certificate'],
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
  return unlessUnmodified(request, listChanged(made, issuers), shownList(made, form, context), context)
}

function shownList(made: ListDocument, form: Form, context: EngineContext): Reply {
  if (form === 'der') return { raw: rawList(made, undefined, context) }
  const text = pem('X509 CRL', made.der)
  if (form === 'json') return { data: { crl: `${text}\n` } }
  if (form === 'certificate') return { data: { certificate: text, revocation_time: 0, revocation_time_rfc3339: '' } }
  return { raw: rawList(made, text, context) }
}

function rawList({ der, nextUpdateMs }: ListDocument, text: string | undefined, { clock }: EngineContext): RawReply {
  const raw = {
    status: 200,
    contentType: text === undefined ? 'application/pkix-crl' : 'application/x-pem-file',
    body: text ?? der,
  }
  return cacheable(raw, entityTag(der, text === undefined ? 'der' : 'pem'), nextUpdateMs - clock.now())
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
  return (await allIssuers(store)).filter(({ usage, keyId }) => usage.includes('crl-signing') && keyId !== '')
}
