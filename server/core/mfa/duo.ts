import { createHmac } from 'node:crypto'
import type { DuoTerms } from '../../../engines/identity/mfa/documents.ts'
import {
  ask,
  isMembers,
  jsonOf,
  malformedAnswer,
  pollUntilAnswered,
  refusedFactor,
  type ServiceParts,
  shownText,
  type TimedQuestion,
} from './service.ts'

/** Duo's Auth API, version 2: https://duo.com/docs/authapi */

const TITLE = 'Duo'

type Params = Readonly<Record<string, string>>
type Members = Readonly<Record<string, unknown>>

/** Resolves when Duo lets them in: by the passcode that they showed, or by a push that they confirm. */
export async function duoConfirms(
  terms: DuoTerms,
  asked: TimedQuestion,
  parts: ServiceParts,
  bad: string,
): Promise<void> {
  const { username, passcode, remoteAddress } = asked
  const from: Params = remoteAddress === '' ? {} : { ipaddr: remoteAddress }
  const call = (method: string, path: string, params: Params) => called(terms, { method, path, params }, asked, parts)
  const before = await call('POST', '/auth/v2/preauth', { username, ...from })
  if (before.result === 'allow') return
  if (before.result === 'deny' || before.result === 'enroll') throw refusedFactor(said(before))
  if (before.result !== 'auth') throw malformedAnswer(parts, TITLE, 'it knows another result of preauth')
  const push: Params = { device: 'auto', ...(terms.pushInfo !== '' && { pushinfo: terms.pushInfo }) }
  const factor = passcode === '' ? { factor: 'push', ...push } : { factor: 'passcode', passcode }
  const { txid } = await call('POST', '/auth/v2/auth', { async: '1', username, ...from, ...factor })
  if (typeof txid !== 'string' || txid === '') throw malformedAnswer(parts, TITLE, 'it gives no transaction')
  await pollUntilAnswered(parts, asked, async () => {
    const status = await call('GET', '/auth/v2/auth_status', { txid })
    if (status.result === 'deny') throw refusedFactor(passcode === '' ? said(status) : bad)
    return status.result === 'allow'
  })
}

function said(answer: Members): string {
  return `duo authentication failed: "${shownText(answer.status_msg)}"`
}

interface DuoCall {
  readonly method: string
  readonly path: string
  readonly params: Params
}

/** `response` of what Duo answers. */
async function called(
  terms: DuoTerms,
  call: DuoCall,
  { signal }: TimedQuestion,
  parts: ServiceParts,
): Promise<Members> {
  const { method, path, params } = call
  const query = canonicalParams(params)
  const date = new Date(parts.clock.now()).toUTCString().replace('GMT', '-0000')
  const headers = { date, authorization: duoSignature(terms, call, date), accept: 'application/json' }
  const url = `https://${terms.apiHostname}${path}`
  const answered =
    method === 'GET'
      ? await ask(parts, TITLE, `${url}?${query}`, { headers, signal })
      : await ask(parts, TITLE, url, {
          method,
          headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
          body: query,
          signal,
        })
  const answer = jsonOf(answered, parts, TITLE)
  if (isMembers(answer) && answer.stat === 'OK' && isMembers(answer.response)) return answer.response
  const reason = isMembers(answer) ? `${shownText(answer.message)} ${shownText(answer.message_detail)}`.trim() : ''
  throw malformedAnswer(parts, TITLE, `it answers ${answered.status}: ${reason}`)
}

/** Signature version 2, by HMAC-SHA-512: the value of the header `Authorization`. */
export function duoSignature(
  { integrationKey, secretKey, apiHostname }: Pick<DuoTerms, 'integrationKey' | 'secretKey' | 'apiHostname'>,
  { method, path, params }: DuoCall,
  date: string,
): string {
  const canonical = [date, method.toUpperCase(), apiHostname.toLowerCase(), path, canonicalParams(params)].join('\n')
  const signature = createHmac('sha512', secretKey).update(canonical).digest('hex')
  return `Basic ${Buffer.from(`${integrationKey}:${signature}`).toString('base64')}`
}

/** Sorted by name, everything escaped but RFC 3986's unreserved characters. */
function canonicalParams(params: Params): string {
  return Object.entries(params)
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .sort()
    .join('&')
}

function escaped(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}
