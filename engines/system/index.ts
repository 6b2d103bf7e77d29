import { engine, type Route } from '../engine.ts'
import { auditRoutes } from './audit/index.ts'
import { backupRoutes } from './backup/index.ts'
import { leaseRoutes } from './leases/index.ts'
import { lockoutRoutes } from './lockouts/index.ts'
import { mfaRoutes } from './mfa/index.ts'
import { mountRoutes } from './mounts/index.ts'
import { namespaceRoutes } from './namespaces/index.ts'
import { operationsRoutes } from './operations/index.ts'
import { pluginRoutes } from './plugins/index.ts'
import { policyRoutes } from './policies/index.ts'
import { quotaRoutes } from './quotas/index.ts'
import { roleRoutes } from './roles/index.ts'
import { sealRoutes } from './seal/index.ts'
import type { SystemServices } from './services/system.ts'
import { wrappingRoutes } from './wrapping/index.ts'

/** `sys/`: how the vault itself is run. */
export const system = engine<SystemServices>({
  type: 'system',
  kind: 'secret',
  description: 'system endpoints used for control, policy and debugging',
  // Each row names the part of the services that it uses; the engine is given all of them.
  routes: [
    ...auditRoutes,
    ...backupRoutes,
    ...leaseRoutes,
    ...lockoutRoutes,
    ...mfaRoutes,
    ...mountRoutes,
    ...namespaceRoutes,
    ...operationsRoutes,
    ...pluginRoutes,
    ...policyRoutes,
    ...quotaRoutes,
    ...roleRoutes,
    ...sealRoutes,
    ...wrappingRoutes,
  ] as readonly Route<SystemServices>[],
})
