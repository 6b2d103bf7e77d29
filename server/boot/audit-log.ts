import { hostname } from 'node:os'
import { dirname, resolve } from 'node:path'
import { threadModule } from '../../crypto/thread-module.ts'
import { createAuditLog } from '../audit/broker.ts'
import type { AuditLogOptions } from '../audit/log.ts'
import type { ServerConfig } from '../config/types.ts'
import { random, systemClock } from './runtime.ts'
import type { VaultParts } from './vault.ts'

const THREAD = threadModule('audit-worker', import.meta.url)

/** Makes the audit log of each vault that is opened, by what the configuration says and on this machine. */
export function auditLogs(
  config: ServerConfig,
  parts: Pick<AuditLogOptions, 'log' | 'worker' | 'onFailure' | 'onRefusing'>,
): VaultParts['audit'] {
  return (store, nodeId) =>
    createAuditLog({
      ...parts,
      store,
      clock: systemClock,
      random,
      nodeId,
      folder: auditFolder(config),
      stdout: process.stdout,
      hostname: hostname(),
      processId: process.pid,
      thread: THREAD,
      apiCreation: config.allowApiAuditCreation,
    })
}

/** Beside the database, or where the server was started. */
function auditFolder({ auditDirectory, storage }: ServerConfig): string {
  if (auditDirectory !== undefined) return resolve(auditDirectory)
  return storage?.type === 'sqlite' ? resolve(dirname(storage.path), 'audit') : resolve('audit')
}
