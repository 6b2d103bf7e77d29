import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CertificateFiles } from './certificate.ts'

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))))

/** The program's own durable storage, none that lasts, or a block of the configuration language. */
export type StorageSetting = 'durable' | 'inmem' | { readonly block: string }

/** What a server needs to be told, whichever program it is. */
export interface Setting {
  readonly dataDir: string
  readonly port: number
  readonly storage: StorageSetting
  readonly tls: CertificateFiles | undefined
  /** Each gets a record of every request. */
  readonly auditFile: string | undefined
  /** More of the configuration language, appended as it is. */
  readonly config: string
}

/** A vault server that the harness can start: Egide, or a reference that the tests themselves are tried on. */
export interface Program {
  readonly name: 'egide' | 'openbao'
  readonly command: string
  /** Where a test does not say. */
  readonly defaultStorage: 'durable' | 'inmem'
  configuration(setting: Setting): string
}

export const egide: Program = {
  name: 'egide',
  defaultStorage: 'durable',
  command: path.join(root, 'bin', 'egide'),
  configuration: (setting) => `${storageOf(
    setting,
    `storage "sqlite" {
  path = "${path.join(setting.dataDir, 'egide.db')}"
}`,
  )}
${listenerOf(setting)}
${auditOf(setting)}
${setting.config}
`,
}

/** OpenBao at `command`, on a durable single-node raft store. */
export function openbao(command: string): Program {
  return {
    name: 'openbao',
    // Its raft store takes seconds to elect itself, each time.
    defaultStorage: 'inmem',
    command,
    configuration: (setting) => `${storageOf(
      setting,
      `storage "raft" {
  path = "${path.join(setting.dataDir, 'raft')}"
  node_id = "one"
}`,
    )}
${listenerOf(setting)}
${auditOf(setting)}
cluster_addr = "http://127.0.0.1:${setting.port + 1}"
api_addr = "http://127.0.0.1:${setting.port}"
disable_mlock = true
${setting.config}
`,
  }
}

/** The program under test: Egide, or what EGIDE_REFERENCE names (the path of a `bao` binary), to prove the tests. */
export function programUnderTest(): Program {
  const reference = process.env.EGIDE_REFERENCE
  return reference === undefined ? egide : openbao(reference)
}

export function writeConfiguration(program: Program, setting: Setting): string {
  if (setting.storage === 'durable') mkdirSync(path.join(setting.dataDir, 'raft'), { recursive: true })
  const file = path.join(setting.dataDir, 'server.hcl')
  writeFileSync(file, program.configuration(setting))
  return file
}

function storageOf(setting: Setting, durable: string): string {
  if (typeof setting.storage === 'object') return setting.storage.block
  return setting.storage === 'inmem' ? 'storage "inmem" {}' : durable
}

function listenerOf({ port, tls }: Setting): string {
  const security =
    tls === undefined
      ? 'tls_disable = true'
      : `tls_cert_file = "${tls.certFile}"
  tls_key_file = "${tls.keyFile}"`
  return `listener "tcp" {
  address = "127.0.0.1:${port}"
  ${security}
}`
}

function auditOf({ auditFile }: Setting): string {
  if (auditFile === undefined) return ''
  return `audit "file" "file" {
  options {
    file_path = "${auditFile}"
  }
}`
}
