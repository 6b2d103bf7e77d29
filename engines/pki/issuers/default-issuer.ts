import { type EngineContext, type EngineRequest, type Reply, type Route, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import { issuersConfigCodec, rows } from '../documents.ts'
import { issuersChange } from '../modified.ts'
import { findIssuer, issuersConfig } from './find.ts'

/** The default issuer: https://openbao.org/api-docs/secret/pki/#set-issuers-configuration */

const configFields = {
  default: field.text({ description: 'Issuer that is the default' }),
  default_follows_latest_issuer: field.bool({ description: 'A new issuer becomes the default' }),
}
const replaceFields = { default: field.text({ default: 'next', description: 'The issuer that becomes the default' }) }
const auditClear = ['default', 'default_follows_latest_issuer']

export const defaultIssuerRoutes: readonly Route[] = [
  route('config/issuers', {
    summary: 'The default issuer',
    fields: configFields,
    auditClear,
    operations: { read: readConfig, update: ({ fields }, context) => change(fields, context) },
  }),
  route('root/replace', {
    summary: 'Make another issuer the default',
    fields: replaceFields,
    auditClear: ['default'],
    operations: { update: ({ fields }, context) => change(fields, context) },
  }),
]

async function readConfig(_request: EngineRequest, { store }: EngineContext): Promise<Reply> {
  const config = await issuersConfig(store)
  return { data: { default: config.default, default_follows_latest_issuer: config.followsLatest } }
}

const NO_KEY =
  'This selected default issuer has no key associated with it. Some operations like issuing certificates and signing CRLs will be unavailable with the requested default issuer until a key is imported or the default issuer is changed.'

async function change(
  fields: Partial<EngineRequest<typeof configFields>['fields']>,
  { store, clock }: EngineContext,
): Promise<Reply> {
  const { default: ref, default_follows_latest_issuer: follows } = fields
  if (ref === undefined && follows === undefined) throw invalid('missing default')
  if (ref === 'default') throw invalid('the default issuer is to be named otherwise than as default')
  return store.transaction(async (tx) => {
    const before = await issuersConfig(tx)
    const found = ref === undefined ? undefined : await findIssuer(tx, ref)
    if (ref !== undefined && found === undefined) throw invalid(`unable to find PKI issuer for reference: ${ref}`)
    const config = { default: found?.id ?? before.default, followsLatest: follows ?? before.followsLatest }
    tx.put(rows.issuersConfig, config, issuersConfigCodec)
    await issuersChange(tx, clock)
    return {
      data: { default: config.default, default_follows_latest_issuer: config.followsLatest },
      warnings: found !== undefined && found.keyId === '' ? [NO_KEY] : [],
    }
  })
}
