import type { AuditServices } from './audit.ts'
import type { LeaseServices } from './leases.ts'
import type { LockoutServices } from './lockouts.ts'
import type { MfaServices } from './mfa.ts'
import type { MountServices } from './mounts.ts'
import type { NamespaceServices } from './namespaces.ts'
import type { OperationsServices } from './operations.ts'
import type { PolicyServices } from './policies.ts'
import type { QuotaServices } from './quotas.ts'
import type { RoleServices } from './roles.ts'
import type { SealServices } from './seal.ts'
import type { SnapshotServices } from './snapshots.ts'
import type { WrappingServices } from './wrapping.ts'

/** Everything that the system engine's rows use of the server. */
export type SystemServices = AuditServices &
  LeaseServices &
  LockoutServices &
  MfaServices &
  MountServices &
  NamespaceServices &
  OperationsServices &
  PolicyServices &
  QuotaServices &
  RoleServices &
  SealServices &
  SnapshotServices &
  WrappingServices
