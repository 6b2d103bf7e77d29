import type { IssuedAuth, Reply } from '../../../engines/engine.ts'
import { notFound } from '../../../engines/errors.ts'
import type { Response } from '../request.ts'

/** What a reply came to beside its own data. */
export interface Registered {
  readonly auth: IssuedAuth | null
  readonly leaseId: string
  readonly leaseDurationSeconds: number
  readonly renewable: boolean
  /** Of the reply and of what was registered, in this order. */
  readonly warnings: readonly string[]
}

const NOTHING: Reply = {}

export function responseOf(
  requestId: string,
  mountType: string,
  reply: Reply | undefined,
  registered: Registered,
  inputWarnings: readonly string[],
): Response {
  const { data = null, topLevel = false, raw = null, wrapInfo = null, status, headers } = reply ?? NOTHING
  const { auth, leaseId } = registered
  const said = registered.warnings
  // Clients of Vault wait for a 204 of what has nothing to say, whatever else stood in their request.
  const isEmpty = data === null && auth === null && wrapInfo === null && leaseId === '' && said.length === 0
  const warnings = inputWarnings.length === 0 ? said : [...said, ...inputWarnings]
  return {
    requestId,
    status: raw?.status ?? status ?? (isEmpty ? 204 : 200),
    data,
    topLevel,
    leaseId,
    renewable: registered.renewable,
    leaseDurationSeconds: registered.leaseDurationSeconds,
    auth,
    wrapInfo,
    warnings: warnings.length === 0 ? null : warnings,
    mountType,
    raw,
    headers,
  }
}

/** Leaves only the keys that `shows` lets through, and what is told of them. Where none are left there is nothing: EgideError `not_found`. */
export function filteredListing(reply: Reply | undefined, shows: (key: string) => boolean): Reply | undefined {
  const keys = reply?.data?.keys
  if (reply === undefined || !Array.isArray(keys)) return reply
  const shown = keys.filter((key): key is string => typeof key === 'string' && shows(key))
  if (shown.length === 0) throw notFound()
  const info = reply.data?.key_info
  if (typeof info !== 'object' || info === null) return { ...reply, data: { ...reply.data, keys: shown } }
  const names = new Set(shown)
  const keyInfo = Object.fromEntries(Object.entries(info).filter(([key]) => names.has(key)))
  return { ...reply, data: { ...reply.data, keys: shown, key_info: keyInfo } }
}
