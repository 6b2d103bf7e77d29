import { ROOT_NAMESPACE_ID } from '../../seal/lifecycle.ts'
import type { Request } from '../request.ts'
import { namespaceIn } from '../tokens/token-text.ts'
import { type Chain, idOf, isNamespaceId, type NamespaceDirectory } from './directory.ts'

/** Which namespace answers what is asked about a token or a lease: clients name the one they work in, whosever it is. */

const OF_THE_CALLER: ReadonlySet<string> = new Set([
  'auth/token/lookup-self',
  'auth/token/renew-self',
  'auth/token/revoke-self',
])

/** The field that names whom it is about. */
const OF_ONE: ReadonlyMap<string, 'token' | 'lease_id'> = new Map([
  ['auth/token/lookup', 'token'],
  ['auth/token/renew', 'token'],
  ['auth/token/revoke', 'token'],
  ['auth/token/revoke-orphan', 'token'],
  ['sys/leases/lookup', 'lease_id'],
  ['sys/leases/renew', 'lease_id'],
  ['sys/leases/revoke', 'lease_id'],
  ['sys/renew', 'lease_id'],
  ['sys/revoke', 'lease_id'],
])

/** What goes on with a lease's id. */
const WITH_A_LEASE = /^sys\/(?:leases\/)?(?:renew|revoke)\//

/**
 * Undefined: the namespace that is named, which `path` lies below. What a token asks of itself its own answers, by its
 * policies there. About a token or a lease of a namespace below, that one does, and the caller's policies have to allow it
 * there; those of a sibling, or of one above, stay unknown.
 */
export async function answering(
  directory: NamespaceDirectory,
  { token, data }: Pick<Request, 'token' | 'data'>,
  named: Chain,
  path: string,
): Promise<Chain | undefined> {
  if (OF_THE_CALLER.has(path)) {
    const home = idIn(token ?? '') || ROOT_NAMESPACE_ID
    return home === idOf(named) ? undefined : ((await directory.chainOf(home)) ?? [])
  }
  const id = idIn(subjectOf(path, data))
  const chain = id === '' || id === idOf(named) ? undefined : await directory.chainOf(id)
  return chain !== undefined && isBelow(chain, named) ? chain : undefined
}

/** What a text ends in that a caller made up may be no id at all, which no row is asked for. */
function idIn(text: string): string {
  const id = namespaceIn(text)
  return isNamespaceId(id) ? id : ''
}

const isBelow = (chain: Chain, above: Chain): boolean =>
  chain.length > above.length && idOf(chain.slice(0, above.length)) === idOf(above)

/** Whether `answering` has to be asked: nearly no request is about one. */
export const isAboutOne = (path: string): boolean =>
  (path.startsWith('auth/token/') || path.startsWith('sys/')) &&
  (OF_THE_CALLER.has(path) || OF_ONE.has(path) || WITH_A_LEASE.test(path))

/** The token or lease that is named, or ''. */
function subjectOf(path: string, data: Request['data']): string {
  const field = OF_ONE.get(path)
  if (field === undefined) return path.replace(WITH_A_LEASE, '')
  const value = Object.hasOwn(data, field) ? data[field] : undefined
  return typeof value === 'string' ? value : ''
}
