import { CompactSign, compactVerify } from 'jose'
import type { Random } from '../../../engines/engine.ts'
import type { PingIdTerms } from '../../../engines/identity/mfa/documents.ts'
import {
  ask,
  inTime,
  isMembers,
  jsonOf,
  malformedAnswer,
  refusedFactor,
  type ServiceParts,
  shownText,
  type TimedQuestion,
} from './service.ts'

/** PingID's API: https://docs.pingidentity.com/pingid/pingid_api/ */

const TITLE = 'PingID'
const VERSION = '4.9'
/** `errorId` of what was confirmed. */
const OK = 200

/** Resolves when they confirm a push of PingID. Its server waits for them. */
export async function pingIdConfirms(
  terms: PingIdTerms,
  asking: TimedQuestion,
  parts: ServiceParts,
  random: Random,
): Promise<void> {
  // Comes back with the answer, which is signed: an answer to another question is none.
  const clientData = random.uuid()
  const { username, signal } = asking
  const reqBody = { spAlias: 'web', userName: username, authType: 'CONFIRM', clientData }
  const body = await signed(terms, reqBody, parts.clock.now())
  const headers = { 'content-type': 'application/json', accept: '*/*' }
  const { text } = await inTime(asking, () =>
    ask(parts, TITLE, `${terms.idpUrl}/rest/4/authonline/do`, { method: 'POST', headers, body, signal }),
  )
  const answer = await verified(terms, text.trim(), parts)
  if (answer.clientData !== clientData) throw malformedAnswer(parts, TITLE, 'its answer is for another question')
  if (Number(answer.errorId) !== OK)
    throw refusedFactor(`pingid authentication failed: "${shownText(answer.errorMsg)}"`)
}

function signed({ orgAlias, token, key }: PingIdTerms, reqBody: object, nowMs: number): Promise<string> {
  const timestamp = new Date(nowMs).toISOString().replace('T', ' ').replace('Z', '')
  const secretKey = token.toString()
  const reqHeader = { locale: 'en', orgAlias, secretKey, timestamp, version: VERSION }
  return new CompactSign(Buffer.from(JSON.stringify({ reqHeader, reqBody })))
    .setProtectedHeader({ alg: 'HS256', org_alias: orgAlias, token: secretKey })
    .sign(key)
}

/** `responseBody` of an answer that PingID signed for us. */
async function verified(
  { orgAlias, token, key }: PingIdTerms,
  text: string,
  parts: ServiceParts,
): Promise<Readonly<Record<string, unknown>>> {
  const found = await compactVerify(text, key, { algorithms: ['HS256', 'HS384', 'HS512'] }).catch(() => undefined)
  if (found === undefined)
    throw malformedAnswer(parts, TITLE, 'its answer is not signed with the key of the settings file')
  const { protectedHeader: header, payload } = found
  if (header.token !== token.toString() || (header.orgAlias ?? header.org_alias) !== orgAlias)
    throw malformedAnswer(parts, TITLE, 'its answer is for another organisation')
  const answer = jsonOf({ text: Buffer.from(payload).toString() }, parts, TITLE)
  const body = isMembers(answer) ? answer.responseBody : undefined
  if (!isMembers(body)) throw malformedAnswer(parts, TITLE, 'its answer has no body')
  return body
}
