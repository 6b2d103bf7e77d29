import { expect, test } from 'vitest'
import type { Log } from '../../engines/engine.ts'
import { logReloaded } from './reload.ts'

function told(failed: readonly string[]): string {
  const lines: string[] = []
  const at = (level: string) => (_fields: unknown, message: string) => lines.push(`${level}: ${message}`)
  const log = Object.fromEntries(['debug', 'info', 'warn', 'error'].map((level) => [level, at(level)]))
  logReloaded(log as unknown as Log, failed)
  return lines.join('\n')
}

test.each([
  [[], 'info: certificates, log_level and audit files were read again; other settings need a restart'],
  [['certificates'], 'warn: not read again, and in use as before: certificates; read again: log_level and audit files'],
  [
    ['log_level', 'certificates'],
    'warn: not read again, and in use as before: log_level and certificates; read again: audit files',
  ],
  [
    ['certificates', 'log_level', 'audit files'],
    'warn: not read again, and in use as before: certificates, log_level and audit files',
  ],
])('after a reload in which %j failed, the log says so', (failed, line) => {
  expect(told(failed)).toBe(line)
})
