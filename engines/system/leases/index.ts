import type { Route } from '../../engine.ts'
import type { LeaseServices } from '../services/leases.ts'
import { leaseCount, leases, tidy } from './irrevocable.ts'
import { lookup, lookupPrefix } from './lookup.ts'
import { oldRenew, oldRenewByPath, renew, renewByPath } from './renew.ts'
import {
  oldRevoke,
  oldRevokeByPath,
  oldRevokeForce,
  oldRevokePrefix,
  revoke,
  revokeByPath,
  revokeForce,
  revokePrefix,
} from './revoke.ts'

/** The rows of `sys/` about leases. Those named `old` are paths that older clients use. */
export const leaseRoutes: readonly Route<LeaseServices>[] = [
  leases,
  leaseCount,
  tidy,
  lookup,
  lookupPrefix,
  renew,
  renewByPath,
  revoke,
  revokeByPath,
  revokePrefix,
  revokeForce,
  oldRenew,
  oldRenewByPath,
  oldRevoke,
  oldRevokeByPath,
  oldRevokePrefix,
  oldRevokeForce,
]
