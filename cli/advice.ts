import type { ApiError } from '../sdk/errors.ts'
import { shellQuoted } from '../server/shell-quoted.ts'
import type { Failure } from './failure.ts'

/** What was sent, and where to. */
export interface Sent {
  readonly hasToken: boolean
  /** Nothing says where the server is. */
  readonly isDefaultAddress: boolean
}

/** What somebody can do about a failure; undefined: its message says it, or nobody knows. */
export function adviceFor({ advice, refusal, unreached }: Failure, sent: Sent | undefined): string | undefined {
  if (unreached && sent?.isDefaultAddress === true)
    return 'No address was given: EGIDE_ADDR or -address says where the server is.'
  if (advice !== undefined || refusal === undefined) return advice
  if (refusal.code === 'sealed') return sealedAdvice(refusal)
  if (refusal.errors[0]?.startsWith('plugin not found') === true)
    return '"egide read sys/plugins/catalog" lists the types that there are.'
  if (refusal.errors[0]?.startsWith('preflight capability check') === true)
    return 'There may be no mount there: "egide secrets list" tells which there are, to who may ask that.'
  // Words of its own say more than this does; these are those of a token that is not good, or must not.
  if (refusal.status !== 403 || refusal.errors.join() !== 'permission denied') return undefined
  return sent?.hasToken === true
    ? forbiddenAdvice(refusal)
    : 'No token was sent: "egide login" keeps one, EGIDE_TOKEN gives one.'
}

/** A namespace that has shares of its own is not opened with the vault's; it, or which one above it, the server doesn't say. */
function sealedAdvice({ errors }: ApiError): string {
  return errors.includes('namespace is sealed')
    ? '"egide namespace unseal NAME", in the one above it, gives it key shares of its own.'
    : '"egide operator unseal" gives it key shares; "egide status" tells how many, or that "egide operator init" comes first.'
}

/** A server does not say which of the two it is: who guesses at tokens would learn from that which are good. */
function forbiddenAdvice({ asked: { method, url, namespace } }: ApiError): string {
  const { pathname, searchParams } = new URL(url)
  const path = decodeURIComponent(pathname.slice(pathname.indexOf('/v1/') + '/v1/'.length))
  if (path === 'auth/token/lookup-self') return 'The token may have run out, been revoked, or be of another server.'
  const lookup = 'The token may have run out or been revoked, which "egide token lookup" tells'
  if (path.startsWith('sys/policies/explain')) return `${lookup}.`
  const where = namespace === '' ? '' : `-namespace=${word(namespace)} `
  const explain = `egide policy explain ${where}${word(path)}${operationOf(method, searchParams)}`
  return `${lookup};\nor its policies do not allow this: "${explain}" tells why, to who may ask that.`
}

/** As it is typed at a shell. */
const word = (text: string): string => (/^[\w./:@%+,-]+$/.test(text) ? text : shellQuoted(text))

/** With a blank before it; '' for a read, which need not be said. */
function operationOf(method: string, query: URLSearchParams): string {
  if (query.has('list')) return ' list'
  if (query.has('scan')) return ' scan'
  return { PUT: ' update', POST: ' update', PATCH: ' patch', DELETE: ' delete' }[method] ?? ''
}
