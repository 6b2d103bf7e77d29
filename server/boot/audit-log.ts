import { hostname } from 'node:os'
import { dirname, resolve } from 'node:path'
import { threadModule } from '../../crypto/thread-module.ts'
import { EgideError } from '../../engines/errors.ts'
import { createAuditLog } from '../audit/broker.ts'
import { deviceSettings } from '../audit/device-options.ts'
import type { AuditLogOptions } from '../audit/log.ts'
import { filePath } from '../audit/outputs/file.ts'
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

type AuditPlace = Pick<ServerConfig, 'auditDevices' | 'auditDirectory' | 'storage'>

/** What is wrong with devices that the configuration declares, each in a sentence: as they are, every request will be refused. */
export function auditTroubles(config: AuditPlace): string[] {
  const folder = auditFolder(config)
  return config.auditDevices.flatMap(({ type, path, options }) => {
    try {
      const { output } = deviceSettings(type, options)
      if (output.kind === 'file') filePath(folder, output.path)
      return []
    } catch (error) {
      if (!(error instanceof EgideError)) throw error
      return [`audit "${type}" at ${path} will fail, and the server then refuses every request: ${error.message}`]
    }
  })
}

/** Beside the database, or where the server was started. */
function auditFolder({ auditDirectory, storage }: Pick<ServerConfig, 'auditDirectory' | 'storage'>): string {
  if (auditDirectory !== undefined) return resolve(auditDirectory)
  return storage?.type === 'sqlite' ? resolve(dirname(storage.path), 'audit') : resolve('audit')
}
