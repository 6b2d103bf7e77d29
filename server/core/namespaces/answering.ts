import type { Awaitable } from '../../../storage/backend.ts'
import { ROOT_NAMESPACE_ID } from '../../seal/lifecycle.ts'
import type { Request } from '../request.ts'
import { namespaceIn } from '../tokens/token-text.ts'
import { type Chain, idOf, isNamespaceId, type NamespaceDirectory } from './directory.ts'

/** Which namespace answers what is asked about a token or a lease: clients name the one they work in, whosever it is. */

// Lists, since what a map or set is asked for V8 keeps: docs/decisions/0013-performance/requests.md.
const OF_THE_CALLER: readonly string[] = ['auth/token/lookup-self', 'auth/token/renew-self', 'auth/token/revoke-self']

/** What names in its body whom it is about. */
const OF_A_TOKEN: readonly string[] = [
  'auth/token/lookup',
  'auth/token/renew',
  'auth/token/revoke',
  'auth/token/revoke-orphan',
]
const OF_A_LEASE: readonly string[] = [
  'sys/leases/lookup',
  'sys/leases/renew',
  'sys/leases/revoke',
  'sys/renew',
  'sys/revoke',
]

/** What goes on with a lease's id. */
const WITH_A_LEASE = /^sys\/(?:leases\/)?(?:renew|revoke)\//

/**
 * Undefined: the namespace that is named, which `path` lies below. What a token asks of itself its own answers, by its
 * policies there. About a token or a lease of a namespace below, that one does, and the caller's policies have to allow it
 * there; those of a sibling, or of one above, stay unknown.
 */
export function answering(
  directory: NamespaceDirectory,
  { token, data }: Pick<Request, 'token' | 'data'>,
  named: Chain,
  path: string,
): Awaitable<Chain | undefined> {
  if (OF_THE_CALLER.includes(path)) {
    const home = idIn(token ?? '') || ROOT_NAMESPACE_ID
    return home === idOf(named) ? undefined : homeOf(directory, home)
  }
  const id = idIn(subjectOf(path, data))
  return id === '' || id === idOf(named) ? undefined : belowOf(directory, id, named)
}

const homeOf = async (directory: NamespaceDirectory, id: string): Promise<Chain> => (await directory.chainOf(id)) ?? []

async function belowOf(directory: NamespaceDirectory, id: string, named: Chain): Promise<Chain | undefined> {
  const chain = await directory.chainOf(id)
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
  (path.startsWith('auth/token/') && (OF_THE_CALLER.includes(path) || OF_A_TOKEN.includes(path))) ||
  (path.startsWith('sys/') && (OF_A_LEASE.includes(path) || WITH_A_LEASE.test(path)))

/** The token or lease that is named, or ''. */
function subjectOf(path: string, data: Request['data']): string {
  if (OF_A_TOKEN.includes(path)) return textIn(data, 'token')
  if (OF_A_LEASE.includes(path)) return textIn(data, 'lease_id')
  return path.replace(WITH_A_LEASE, '')
}

function textIn(data: Request['data'], field: string): string {
  const value = Object.hasOwn(data, field) ? data[field] : undefined
  return typeof value === 'string' ? value : ''
}
