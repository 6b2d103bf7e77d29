import type { OktaTerms } from '../../../engines/identity/mfa/documents.ts'
import {
  ask,
  isMembers,
  jsonOf,
  malformedAnswer,
  pollUntilAnswered,
  refusedFactor,
  type ServiceParts,
  type TimedQuestion,
} from './service.ts'

/** Okta's Users and Factors APIs: https://developer.okta.com/docs/reference/ */

const TITLE = 'Okta'

/** Resolves when they confirm a push of Okta Verify. */
export async function oktaConfirms(terms: OktaTerms, asked: TimedQuestion, parts: ServiceParts): Promise<void> {
  const api = `https://${terms.orgName}.${terms.baseUrl}/api/v1/`
  const call = (url: string, body?: object) => called(terms, url, asked, parts, body)
  const user = await soleUser(terms, asked.username, (query) => call(`${api}users?${query}`))
  const factors = `${api}users/${encodeURIComponent(user)}/factors`
  const factor = pushFactor(await call(factors))
  if (factor === undefined) throw refusedFactor('no push-type MFA factor found for user')
  const pushed = await call(`${factors}/${encodeURIComponent(factor)}/verify`, {})
  if (!isMembers(pushed) || pushed.factorResult !== 'WAITING') throw malformedAnswer(parts, TITLE, 'it does not push')
  const poll = pollUrl(pushed)
  // The token goes along: to nobody but the organisation's own API.
  if (poll === undefined || !poll.startsWith(api))
    throw malformedAnswer(parts, TITLE, 'its push is to be looked at elsewhere')
  await pollUntilAnswered(parts, asked, async () => isConfirmed(await call(poll), parts))
}

async function soleUser(
  { primaryEmail }: OktaTerms,
  username: string,
  find: (query: string) => Promise<unknown>,
): Promise<string> {
  const value = `"${username.replaceAll(/["\\]/g, (char) => `\\${char}`)}"`
  const filter = `${primaryEmail ? 'profile.email' : 'profile.login'} eq ${value}`
  const users = await find(new URLSearchParams({ filter, limit: '2' }).toString())
  const ids = Array.isArray(users) ? users.flatMap((user) => (isMembers(user) ? [user.id] : [])) : []
  const [id, another] = ids
  if (typeof id !== 'string' || id === '') throw refusedFactor('no users found for e-mail address')
  if (another !== undefined) throw refusedFactor('more than one user found for e-mail address')
  return id
}

function pushFactor(factors: unknown): string | undefined {
  const all = Array.isArray(factors) ? factors.filter(isMembers) : []
  const push = all.find(({ factorType, status }) => factorType === 'push' && (status ?? 'ACTIVE') === 'ACTIVE')
  return typeof push?.id === 'string' && push.id !== '' ? push.id : undefined
}

function pollUrl({ _links: links }: Readonly<Record<string, unknown>>): string | undefined {
  const poll = isMembers(links) && isMembers(links.poll) ? links.poll.href : undefined
  return typeof poll === 'string' ? URL.parse(poll)?.href : undefined
}

function isConfirmed(answer: unknown, parts: ServiceParts): boolean {
  const result = isMembers(answer) ? answer.factorResult : undefined
  if (result === 'SUCCESS') return true
  if (result === 'WAITING') return false
  if (result === 'REJECTED') throw refusedFactor('push verification explicitly rejected')
  if (result === 'TIMEOUT') throw refusedFactor('push verification timed out')
  throw malformedAnswer(parts, TITLE, 'it knows another result of a push')
}

async function called(
  { apiToken }: OktaTerms,
  url: string,
  { signal }: TimedQuestion,
  parts: ServiceParts,
  body: object | undefined,
): Promise<unknown> {
  const headers = { accept: 'application/json', authorization: `SSWS ${apiToken.toString()}` }
  const posted = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' } }
  const request = body === undefined ? { headers } : { ...posted, body: JSON.stringify(body) }
  const answered = await ask(parts, TITLE, url, { ...request, signal })
  if (answered.status >= 300) throw malformedAnswer(parts, TITLE, `it answers ${answered.status}`)
  return jsonOf(answered, parts, TITLE)
}
