import { CoercionError, parseDuration } from '../coerce.ts'
import type { EngineRequest } from '../engine.ts'
import { invalid } from '../errors.ts'
import { field } from '../field.ts'

/** What tidying is told: https://openbao.org/api-docs/secret/pki/#tidy. Durations are seconds. */

const DAY = 86_400
export const optionFields = {
  tidy_cert_store: field.bool({ default: false, description: 'Expired certificates that are on no list' }),
  tidy_revoked_certs: field.bool({ default: false, description: 'Expired certificates on lists of revoked ones' }),
  tidy_revocation_list: field.bool({
    default: false,
    deprecated: true,
    description: 'Older name of tidy_revoked_certs',
  }),
  tidy_expired_issuers: field.bool({ default: false, description: 'Expired issuers, but the default; keys stay' }),
  tidy_invalid_certs: field.bool({ default: false, description: 'Expired numbers whose certificate was never signed' }),
  tidy_move_legacy_ca_bundle: field.bool({
    default: false,
    description: 'There are no legacy bundles here: does nothing',
  }),
  tidy_revoked_cert_issuer_associations: field.bool({
    default: false,
    description: 'Each certificate is kept with its issuer here: does nothing',
  }),
  tidy_acme: field.bool({ default: false, description: 'ACME orders that ended, and accounts that have none' }),
  safety_buffer: field.duration({ default: 3 * DAY, description: 'Expired for so long. Default 72h.' }),
  revoked_safety_buffer: field.duration({ description: 'Of revoked certificates. Default: safety_buffer.' }),
  issuer_safety_buffer: field.duration({ default: 365 * DAY, description: 'Of issuers. Default 8760h.' }),
  acme_account_safety_buffer: field.duration({
    default: 30 * DAY,
    description: 'Accounts without orders are revoked after so long, and removed after as long again. Default 720h.',
  }),
  pause_duration: field.text({ default: '0s', description: 'Pause between pages' }),
  page_size: field.int({ default: 1_000, description: 'Certificates looked at in one step' }),
}

export interface Options {
  readonly tidy_cert_store: boolean
  readonly tidy_revoked_certs: boolean
  readonly tidy_expired_issuers: boolean
  readonly tidy_invalid_certs: boolean
  readonly tidy_move_legacy_ca_bundle: boolean
  readonly tidy_revoked_cert_issuer_associations: boolean
  readonly tidy_acme: boolean
  readonly safety_buffer: number
  readonly revoked_safety_buffer: number
  readonly issuer_safety_buffer: number
  readonly acme_account_safety_buffer: number
  readonly pause_duration: string
  readonly page_size: number
}

const PAGE_MAX = 10_000

/** Throws `invalid_request`. */
export function optionsOf(fields: EngineRequest<typeof optionFields>['fields']): Options {
  const { revoked_safety_buffer: revokedBuffer } = fields
  const rest = {
    tidy_cert_store: fields.tidy_cert_store,
    tidy_expired_issuers: fields.tidy_expired_issuers,
    tidy_invalid_certs: fields.tidy_invalid_certs,
    tidy_move_legacy_ca_bundle: fields.tidy_move_legacy_ca_bundle,
    tidy_revoked_cert_issuer_associations: fields.tidy_revoked_cert_issuer_associations,
    tidy_acme: fields.tidy_acme,
    safety_buffer: fields.safety_buffer,
    issuer_safety_buffer: fields.issuer_safety_buffer,
    acme_account_safety_buffer: fields.acme_account_safety_buffer,
    pause_duration: fields.pause_duration,
    page_size: fields.page_size,
  }
  if (rest.safety_buffer < 1) throw invalid('safety_buffer must be greater than zero')
  if (rest.issuer_safety_buffer < 1) throw invalid('issuer_safety_buffer must be greater than zero')
  if (rest.acme_account_safety_buffer < 1) throw invalid('acme_account_safety_buffer must be greater than zero')
  if (rest.page_size < 1 || rest.page_size > PAGE_MAX) throw invalid(`page_size must be 1 to ${PAGE_MAX}`)
  if (revokedBuffer !== undefined && revokedBuffer < 1) throw invalid('revoked_safety_buffer must be greater than zero')
  const options = {
    ...rest,
    tidy_revoked_certs: fields.tidy_revoked_certs || fields.tidy_revocation_list,
    revoked_safety_buffer: revokedBuffer ?? rest.safety_buffer,
  }
  pauseMs(options)
  return options
}

export function pauseMs({ pause_duration: text }: Options): number {
  try {
    const seconds = parseDuration(text)
    if (seconds >= 0 && seconds <= 3600) return seconds * 1000
  } catch (error) {
    if (!(error instanceof CoercionError)) throw error
  }
  throw invalid('pause_duration must be a duration of at most an hour')
}

/** Whether anything is to be tidied at all. */
export const chosen = (options: Options): boolean =>
  options.tidy_cert_store ||
  options.tidy_revoked_certs ||
  options.tidy_expired_issuers ||
  options.tidy_invalid_certs ||
  options.tidy_acme ||
  options.tidy_move_legacy_ca_bundle ||
  options.tidy_revoked_cert_issuer_associations
