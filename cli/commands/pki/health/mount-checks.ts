import { ApiError, TransportError } from '../../../../sdk/errors.ts'
import { parseDuration, readableSeconds } from '../../../duration.ts'
import { textsOf } from '../issuer.ts'
import { type Check, orAllWell } from './check.ts'
import { type Finding, finding, type Status } from './finding.ts'
import type { Mount } from './mount.ts'
import type { Settings } from './settings.ts'

/** Checks of how the mount is tuned and tidied. */

const SECRETS = ['private_key', 'pem_bundle']

export const auditVisibility: Check = {
  name: 'audit_visibility',
  defaults: { ignored_parameters: [] },
  async find(mount, settings) {
    const { endpoint, data, problem } = await mount.tuning()
    if (data === undefined) return problem === undefined ? [] : [problem]
    const ignored = settings.texts('ignored_parameters')
    const bad = ['audit_non_hmac_request_keys', 'audit_non_hmac_response_keys'].flatMap((list) =>
      textsOf(data[list])
        .filter((name) => SECRETS.includes(name) && !ignored.includes(name))
        .map((name) =>
          finding('warning', endpoint, `${name} is a secret, and ${list} has it in clear in the audit log.`),
        ),
    )
    return orAllWell(
      bad,
      finding('ok', endpoint, 'What is secret is hashed in the audit log, and what is not is in clear.'),
    )
  },
}

export const allowIfModifiedSince: Check = {
  name: 'allow_if_modified_since',
  defaults: {},
  async find(mount) {
    const { endpoint, data, problem } = await mount.tuning()
    if (data === undefined) return problem === undefined ? [] : [problem]
    const has = (list: string, header: string): boolean =>
      textsOf(data[list]).some((name) => name.toLowerCase() === header.toLowerCase())
    const isAllowed =
      has('passthrough_request_headers', 'If-Modified-Since') && has('allowed_response_headers', 'Last-Modified')
    return [
      isAllowed || (await isDated(mount))
        ? finding('ok', endpoint, 'Clients can fetch certificates and lists only when they changed.')
        : finding(
            'informational',
            endpoint,
            'If-Modified-Since and Last-Modified are not let through: with them, clients fetch certificates and lists only when they changed.',
          ),
    ]
  },
}

/** Whether the server dates what it sends whatever the mount lets through. */
async function isDated({ client, path }: Mount): Promise<boolean> {
  try {
    const { headers } = await client.raw({ method: 'GET', path: `${path}/cert/ca`, query: [] })
    return headers['last-modified'] !== undefined
  } catch (error) {
    if (error instanceof ApiError || error instanceof TransportError) return false
    throw error
  }
}

/** What a value is, by the first of two bounds that it reaches. */
function reached(valueMs: number, setting: string, settings: Settings): Status | undefined {
  const levels = ['critical', 'warning'] as const
  return levels.find((level) => valueMs >= settings.duration(`${setting}_${level}`))
}

export const enableAutoTidy: Check = {
  name: 'enable_auto_tidy',
  defaults: {
    interval_duration_critical: '7d',
    interval_duration_warning: '2d',
    pause_duration_critical: '1s',
    pause_duration_warning: '200ms',
  },
  async find(mount, settings) {
    const { endpoint, data, problem } = await mount.read('config/auto-tidy')
    if (data === undefined) return problem === undefined ? [] : [problem]
    if (data.enabled !== true) {
      return [
        finding(
          'informational',
          endpoint,
          'The mount is not tidied by itself: what is over stays until somebody tidies.',
        ),
      ]
    }
    const slow = ['interval_duration', 'pause_duration'].flatMap((name): Finding[] => {
      const value = String(data[name] ?? 0)
      const status = reached(parseDuration(value) ?? 0, name, settings)
      const message = `${name} is ${value}: so the mount is tidied too seldom, or too slowly to come to an end.`
      return status === undefined ? [] : [finding(status, endpoint, message)]
    })
    return orAllWell(slow, finding('ok', endpoint, 'The mount is tidied by itself, often enough.'))
  },
}

export const tidyLastRun: Check = {
  name: 'tidy_last_run',
  defaults: { last_run_critical: '7d', last_run_warning: '2d' },
  async find(mount, settings) {
    const { endpoint, data, problem } = await mount.read('tidy-status')
    if (data === undefined) return problem === undefined ? [] : [problem]
    const finishedMs = Date.parse(String(data.time_finished ?? ''))
    if (Number.isNaN(finishedMs)) {
      return [
        finding('critical', endpoint, 'The mount was never tidied: turn on config/auto-tidy, or tidy it now and then.'),
      ]
    }
    const status = reached(Date.now() - finishedMs, 'last_run', settings)
    if (status === undefined) return [finding('ok', endpoint, 'The mount was tidied not long ago.')]
    const bound = readableSeconds(settings.duration(`last_run_${status}`) / 1000)
    return [
      finding(
        status,
        endpoint,
        `The mount was not tidied for ${bound}: look at config/auto-tidy, or at what tidies it.`,
      ),
    ]
  },
}

const COUNT_MAX = Number.MAX_SAFE_INTEGER

export const tooManyCerts: Check = {
  name: 'too_many_certs',
  defaults: { count_critical: 250_000, count_warning: 50_000 },
  async find(mount, settings) {
    const critical = settings.integer('count_critical', 1, COUNT_MAX)
    const warning = settings.integer('count_warning', 1, COUNT_MAX)
    const { count, problem } = await mount.count('certs', critical)
    if (problem !== undefined) return [problem]
    const status = count >= critical ? 'critical' : count >= warning ? 'warning' : undefined
    const endpoint = mount.endpoint('certs')
    if (status === undefined) return [finding('ok', endpoint, `${count} certificates are kept.`)]
    return [
      finding(
        status,
        endpoint,
        `${count} certificates or more are kept: tidy, let them live shorter, or set no_store for roles whose certificates nobody revokes.`,
      ),
    ]
  },
}
