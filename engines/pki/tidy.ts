import { json } from '../../storage/codec.ts'
import type { Reader } from '../../storage/store.ts'
import { type EngineContext, type EngineRequest, type Reply, type Route, route } from '../engine.ts'
import { invalid } from '../errors.ts'
import { field } from '../field.ts'
import { tidyAcme } from './acme/tidy.ts'
import { configureCounts, count, shownCounts } from './counts.ts'
import { certificateCodec, markCodec, moment, rows } from './documents.ts'
import { allIssuers, issuersConfig, putIssuers } from './issuers/find.ts'
import { issuersChange } from './modified.ts'
import { beginRun, begunJob, cancelRun, type Job, type Run, storedJob, takeUpRun } from './tidy-job.ts'
import { chosen, type Options, optionFields, optionsOf, pauseMs } from './tidy-options.ts'
import { storedCertificate } from './x509/certificate.ts'

/** Removing what is of no use any more: https://openbao.org/api-docs/secret/pki/#tidy */

const autoFields = {
  ...optionFields,
  enabled: field.bool({ default: false, description: 'Tidies by itself' }),
  interval_duration: field.duration({ default: 12 * 3600, description: 'Time between two runs. Default 12h.' }),
  maintain_stored_certificate_counts: field.bool({
    default: false,
    description: 'Certificates are counted about once a minute, for tidy-status',
  }),
  publish_stored_certificate_count_metrics: field.bool({
    default: false,
    description: 'Metrics show the counts too. Needs maintain_stored_certificate_counts.',
  }),
}

interface Auto extends Options {
  readonly enabled: boolean
  readonly interval_duration: number
  readonly maintain_stored_certificate_counts: boolean
  readonly publish_stored_certificate_count_metrics: boolean
}

const AUTO = 'config/auto-tidy'
/** Without a buffer of their own, revoked certificates have the one of all, whatever it becomes. */
type StoredAuto = Omit<Auto, 'revoked_safety_buffer'> & { readonly revoked_safety_buffer?: number | undefined }
const autoCodec = json<StoredAuto>()

export const tidyRoutes: readonly Route[] = [
  route('tidy', {
    summary: 'Remove what is of no use any more',
    fields: optionFields,
    auditClear: Object.keys(optionFields),
    operations: { update: start },
  }),
  route('tidy-cancel', { summary: 'Stop tidying', fields: {}, operations: { update: cancel } }),
  route('tidy-status', { summary: 'What tidying did, or does', fields: {}, operations: { read: status } }),
  route('config/auto-tidy', {
    summary: 'Tidying by itself',
    fields: autoFields,
    auditClear: Object.keys(autoFields),
    operations: { read: readAuto, update: writeAuto },
  }),
]

async function start({ fields }: EngineRequest<typeof optionFields>, context: EngineContext): Promise<Reply> {
  const options = optionsOf(fields)
  if (!chosen(options)) {
    return {
      status: 202,
      warnings: ['No targets to tidy; specify tidy_cert_store=true or tidy_revoked_certs=true or another option.'],
    }
  }
  const run = await beginRun(options, context)
  if (run === undefined) return { status: 202, warnings: ['Tidy operation already in progress.'] }
  void tidy(run, context)
  return {
    status: 202,
    warnings: [
      "Tidy operation successfully started. Any information from the operation will be printed to the server's logs.",
    ],
  }
}

async function cancel(_request: EngineRequest, context: EngineContext): Promise<Reply> {
  const job = await cancelRun(context)
  if (job === undefined) return { warnings: ['Tidy operation cannot be cancelled as none is currently running.'] }
  return { data: shownJob(job) }
}

async function status(_request: EngineRequest, { store }: EngineContext): Promise<Reply> {
  const job = await storedJob(store)
  const counts = await shownCounts(store)
  return { data: { ...(job === undefined ? NEVER_SHOWN : shownJob(job)), ...counts } }
}

function shownJob({
  options,
  state,
  startedMs,
  finishedMs,
  certificates,
  revoked,
  issuers,
  acme,
}: Job): Readonly<Record<string, unknown>> {
  return {
    ...options,
    state,
    error: state === 'Error' ? "it failed: see the server's log" : null,
    message: null,
    time_started: new Date(startedMs).toISOString(),
    time_finished: finishedMs === 0 ? null : new Date(finishedMs).toISOString(),
    cert_store_deleted_count: certificates,
    revoked_cert_deleted_count: revoked,
    missing_issuer_cert_count: 0, // A revoked certificate here always names its issuer.
    issuers_deleted_count: issuers,
    total_acme_account_count: acme.accounts,
    acme_account_revoked_count: acme.accountsRevoked,
    acme_account_deleted_count: acme.accountsDeleted,
    acme_orders_deleted_count: acme.ordersDeleted,
  }
}

type AutoRequest = EngineRequest<typeof autoFields>

const NO_OPTIONS: Options = {
  tidy_cert_store: false,
  tidy_revoked_certs: false,
  tidy_expired_issuers: false,
  tidy_invalid_certs: false,
  tidy_acme: false,
  tidy_move_legacy_ca_bundle: false,
  tidy_revoked_cert_issuer_associations: false,
  safety_buffer: optionFields.safety_buffer.fallback,
  revoked_safety_buffer: optionFields.safety_buffer.fallback,
  issuer_safety_buffer: optionFields.issuer_safety_buffer.fallback,
  acme_account_safety_buffer: optionFields.acme_account_safety_buffer.fallback,
  pause_duration: optionFields.pause_duration.fallback,
  page_size: optionFields.page_size.fallback,
}

/** Every member that a run has, and none with a value: clients look for them before the first run too. */
const NEVER_SHOWN: Readonly<Record<string, unknown>> = {
  ...Object.fromEntries(Object.keys(shownJob(begunJob('', NO_OPTIONS, 0))).map((name) => [name, null])),
  state: 'Inactive',
}

const NO_AUTO: StoredAuto = {
  ...NO_OPTIONS,
  revoked_safety_buffer: undefined,
  enabled: autoFields.enabled.fallback,
  interval_duration: autoFields.interval_duration.fallback,
  maintain_stored_certificate_counts: false,
  publish_stored_certificate_count_metrics: false,
}

async function autoOf(reader: Reader): Promise<Auto> {
  const auto = await storedAuto(reader)
  return { ...auto, revoked_safety_buffer: auto.revoked_safety_buffer ?? auto.safety_buffer }
}

async function storedAuto(reader: Reader): Promise<StoredAuto> {
  return { ...NO_AUTO, ...(await reader.get(AUTO, autoCodec)) }
}

async function readAuto(_request: AutoRequest, { store }: EngineContext): Promise<Reply> {
  return { data: { ...(await autoOf(store)) } }
}

/** What is not named stays as it was. */
async function writeAuto(request: AutoRequest, context: EngineContext): Promise<Reply> {
  const auto = await context.store.transaction(async (tx) => {
    const before = await storedAuto(tx)
    const given = Object.entries(request.fields).filter(([name]) => request.has(name as keyof AutoRequest['fields']))
    const merged = { ...request.fields, ...before, ...Object.fromEntries(given) }
    const auto: Auto = {
      ...optionsOf(merged),
      enabled: merged.enabled,
      interval_duration: merged.interval_duration,
      maintain_stored_certificate_counts: merged.maintain_stored_certificate_counts,
      publish_stored_certificate_count_metrics: merged.publish_stored_certificate_count_metrics,
    }
    refuseCounts(auto, context)
    if (auto.interval_duration < 1) throw invalid('interval_duration must be greater than zero')
    if (auto.enabled && !chosen(auto)) throw invalid('auto-tidy enabled but no tidy operations were requested')
    tx.put(AUTO, { ...auto, revoked_safety_buffer: merged.revoked_safety_buffer }, autoCodec)
    const isPublished = auto.publish_stored_certificate_count_metrics
    await configureCounts(tx, auto.maintain_stored_certificate_counts ? { isPublished } : undefined)
    return auto
  })
  if (auto.maintain_stored_certificate_counts) void countAside(context)
  return { data: { ...auto } }
}

function refuseCounts(auto: Auto, { namespace }: EngineContext): void {
  if (!auto.publish_stored_certificate_count_metrics) return
  if (!auto.maintain_stored_certificate_counts) {
    throw invalid(
      'can not publish a running storage count metric to metrics without first enabling maintain_stored_certificate_counts',
    )
  }
  if (namespace.path !== '')
    throw invalid('publish_stored_certificate_count_metrics: metrics are of mounts in the root namespace only')
}

/** Never rejects: it is tried again within a minute. */
async function countAside(context: EngineContext): Promise<void> {
  await count(context).catch((error: unknown) => context.log.warn({ err: error }, 'certificates were not counted'))
}

/**
 * Begins what is due by itself, and goes on with what a process that died left; aside, since tidying takes its time and other
 * recurring work does not wait for it.
 */
export async function periodicTidy(context: EngineContext): Promise<void> {
  const { store, clock } = context
  const left = await takeUpRun(context)
  if (left !== undefined) {
    void tidy(left, context)
    return
  }
  const job = await storedJob(store)
  const auto = await autoOf(store)
  if (!auto.enabled || clock.now() - (job?.finishedMs ?? 0) < auto.interval_duration * 1000) return
  const run = await beginRun(optionsOf({ ...auto, tidy_revocation_list: false }), context)
  if (run !== undefined) void tidy(run, context)
}

/** Never rejects: how it ended stands in the job. */
async function tidy(run: Run, context: EngineContext): Promise<void> {
  const { store, log } = context
  try {
    const job = await run.job(store)
    if (job === undefined) return await run.end('Finished')
    if (job.options.tidy_expired_issuers) await tidyIssuers(run, job.options, context)
    await tidyCertificates(run, job.options, context)
    if (job.options.tidy_acme) await tidyAccounts(run, job.options, context)
    await count(context, () => run.stillRuns())
    await run.end('Finished')
  } catch (error) {
    log.warn({ err: error }, 'tidying certificates failed')
    await run
      .end('Error')
      .catch((second: unknown) => log.warn({ err: second }, 'the end of tidying was not written down'))
  }
}

/** By the index of expiries, so that what lives costs nothing. */
async function tidyCertificates(run: Run, options: Options, context: EngineContext): Promise<void> {
  const { store, clock } = context
  const first = Math.min(options.safety_buffer, options.revoked_safety_buffer)
  let after = ''
  for (;;) {
    await store.refresh()
    const end = moment(clock.now() - first * 1000)
    const page = await store.list(rows.expiries, { after, limit: options.page_size })
    const due = page.filter((key) => key < end)
    for (const key of due) {
      after = key
      if (!(await tidyOne(key, run, options, context))) return
    }
    if (due.length < options.page_size || !(await run.stillRuns())) return
    if (!(await pauseBetween(run, options))) return
  }
}

/** What pauses for longer says in between that it is still there, and hears that it is cancelled. */
const PAUSE_STEP_MS = 30_000

/** False: the run is over. */
async function pauseBetween(run: Run, options: Options): Promise<boolean> {
  for (let leftMs = pauseMs(options); ; leftMs -= PAUSE_STEP_MS) {
    const stepMs = Math.min(leftMs, PAUSE_STEP_MS)
    await new Promise((resolve) => setTimeout(resolve, stepMs))
    if (leftMs <= PAUSE_STEP_MS) return true
    if (!(await run.stillRuns())) return false
  }
}

/** False when it was cancelled. What is on a list and has not expired stays there, whatever is asked for. */
function tidyOne(key: string, run: Run, options: Options, context: EngineContext): Promise<boolean> {
  const { store, clock, random } = context
  const serial = key.slice(key.indexOf('-') + 1)
  const mark = random.uuid()
  return store.transaction(async (tx) => {
    const job = await run.job(tx)
    if (job === undefined) return false
    const document = await tx.get(rows.certificate(serial), certificateCodec)
    const nowMs = clock.now()
    const agedMs = document === undefined ? Number.POSITIVE_INFINITY : nowMs - document.notAfterMs
    const isRevoked = document?.revocation !== undefined
    const buffer = isRevoked ? options.revoked_safety_buffer : options.safety_buffer
    const isMeant = isRevoked
      ? options.tidy_revoked_certs
      : document?.certificate === undefined
        ? options.tidy_invalid_certs || options.tidy_cert_store
        : options.tidy_cert_store
    if (!isMeant || agedMs <= buffer * 1000) return true
    tx.delete(rows.certificate(serial))
    tx.delete(rows.expiries + key)
    if (isRevoked && document !== undefined) {
      const { authority, shard } = document
      tx.delete(rows.revoked(authority, shard, serial))
      tx.put(rows.shardMark(authority, shard), mark, markCodec)
      tx.put(rows.mark(authority), mark, markCodec)
    }
    const counted = isRevoked ? { revoked: job.revoked + 1 } : { certificates: job.certificates + 1 }
    run.put(tx, job, counted)
    return true
  })
}

async function tidyAccounts(run: Run, options: Options, context: EngineContext): Promise<void> {
  await tidyAcme(options, context, (acme) =>
    context.store.transaction(async (tx) => {
      const job = await run.job(tx)
      if (job === undefined) return false
      run.put(tx, job, { acme })
      return true
    }),
  )
}

function tidyIssuers(run: Run, options: Options, { store, clock }: EngineContext): Promise<void> {
  return store.transaction(async (tx) => {
    const job = await run.job(tx)
    const all = await allIssuers(tx)
    const config = await issuersConfig(tx)
    const end = clock.now() - options.issuer_safety_buffer * 1000
    const kept = all.filter(
      ({ id, certificate }) => id === config.default || storedCertificate(certificate).notAfterMs >= end,
    )
    if (kept.length === all.length || job === undefined) return
    for (const issuer of all) if (!kept.includes(issuer)) tx.delete(rows.issuer(issuer.id))
    putIssuers(tx, kept, new Set())
    await issuersChange(tx, clock)
    run.put(tx, job, { issuers: all.length - kept.length })
  })
}
