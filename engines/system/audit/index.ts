import type { Route } from '../../engine.ts'
import type { AuditServices } from '../services/audit.ts'
import { device, devices, hash } from './devices.ts'
import { header, headers } from './headers.ts'
import { chainKey, evidence } from './verification.ts'

/** The rows of `sys/` about audit devices, what they record, and how their output is verified. */
export const auditRoutes: readonly Route<AuditServices>[] = [devices, device, hash, evidence, chainKey, headers, header]
