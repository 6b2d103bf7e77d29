import { type EgideError, invalid } from '../../../engines/errors.ts'

/**
 * What of `sys/` a namespace below root has: its own mounts, policies, leases, namespaces and what tells a caller of
 * itself. All else runs the server, or speaks of all tenants, and is root's. A list of what is allowed, so that a row that
 * somebody adds is root's until it is listed here.
 */
const OF_EVERY_NAMESPACE: readonly string[] = [
  'auth',
  'capabilities',
  'capabilities-accessor',
  'capabilities-self',
  'internal/specs',
  'internal/ui',
  'leader',
  'leases',
  'mfa',
  'mounts',
  'namespaces',
  'policies',
  'policy',
  'remount',
  'renew',
  'revoke',
  'revoke-force',
  'revoke-prefix',
  'roles',
  'seal-status',
  'tools',
  'wrapping',
]

/** What OpenBao answers for itself, before it looks into a header's namespace. */
const BEFORE_NAMESPACES = new Set([
  'generate-root',
  'health',
  'in-flight-req',
  'init',
  'metrics',
  'rekey',
  'seal',
  'step-down',
  'storage',
  'unseal',
])

const SYSTEM = 'sys/'

/** Why a request to a path of a namespace below root is refused; undefined: it is not. `byHeader`: a header names the namespace. */
export function refusedBelowRoot(path: string, byHeader: boolean): EgideError | undefined {
  if (!`${path}/`.startsWith(SYSTEM)) return undefined
  const below = `${path.slice(SYSTEM.length)}/`
  if (OF_EVERY_NAMESPACE.some((allowed) => below.startsWith(`${allowed}/`))) return undefined
  const first = below.slice(0, below.indexOf('/'))
  if (byHeader && BEFORE_NAMESPACES.has(first)) return invalid('operation unavailable in namespaces')
  return invalid('operation only available in root namespace')
}
