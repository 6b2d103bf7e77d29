import { expect, test } from 'vitest'
import type { AuditDeviceConfig } from '../config/types.ts'
import { auditTroubles } from './audit-log.ts'

const troubles = (type: string, options: AuditDeviceConfig['options'], auditDirectory?: string): string[] =>
  auditTroubles({
    auditDevices: [{ type, path: 'one/', description: '', local: false, options }],
    auditDirectory,
    storage: { type: 'sqlite', path: '/var/lib/egide/egide.db' },
  })

test('a file outside the folder of audit files is told of before the vault is unsealed, with what names the folder', () => {
  expect(troubles('file', { file_path: '/var/log/vault_audit.log' })).toEqual([
    'audit "file" at one/ will fail, and the server then refuses every request: the file of an audit device must lie ' +
      'below /var/lib/egide/audit, unless audit_directory of the configuration names another folder',
  ])
  expect(troubles('file', { file_path: '/var/log/vault_audit.log' }, '/var/log')).toEqual([])
  expect(troubles('file', { file_path: 'audit.log' })).toEqual([])
  expect(troubles('file', { file_path: 'stdout' })).toEqual([])
})

test('options that no device takes are told of', () => {
  expect(troubles('file', { file: 'x' })).toEqual([
    expect.stringContaining('unknown option "file" of a file audit device'),
  ])
  expect(troubles('splunk', {})).toEqual([expect.stringContaining('unknown backend type: "splunk"')])
})
