import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Caller } from '../../engines/engine.ts'
import { ssh } from '../../engines/ssh/index.ts'
import { CALLER, MountedEngine } from '../engines/mounted-engine.ts'

export type Data = Readonly<Record<string, unknown>>

/** A key that nobody has. */
export const PUBLIC_KEY =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHWmDyFOXvmZzMzcQRpuopSPDx4cYCPaBxY3jV5YlkLv ada@example.com'

/** An SSH mount with what a test wants of it. Time stands still until the test moves it. */
export class SshAuthority extends MountedEngine {
  constructor(options: ConstructorParameters<typeof MountedEngine>[1] = {}) {
    super(ssh, options)
  }

  async ca(fields: Data = {}): Promise<Data> {
    return this.data('update', 'config/ca', { key_type: 'ed25519', ...fields })
  }

  async role(name: string, fields: Data = {}): Promise<void> {
    await this.call('create', `roles/${name}`, { key_type: 'ca', allow_user_certificates: true, ...fields })
  }

  sign(role: string, fields: Data = {}): Promise<Data> {
    return this.data('update', `sign/${role}`, { public_key: PUBLIC_KEY, ...fields })
  }

  /** What signing comes to: the certificate, or why there is none. */
  async outcome(role: string, fields: Data, caller?: Caller): Promise<Certificate | string> {
    const asked = { public_key: PUBLIC_KEY, ...fields }
    return this.call('update', `sign/${role}`, asked, caller).then(
      ({ data }) => readCertificate(String(data?.signed_key)),
      (error: Error) => error.message,
    )
  }

  /** As `outcome`, under a role that says so. */
  async outcomeUnder(role: Data, fields: Data, caller?: Caller): Promise<Certificate | string> {
    await this.role('own', role)
    return this.outcome('own', fields, caller)
  }
}

/** What a role says that is for these users, or for these hosts. */
export const USERS: Data = { allowed_users: 'ada,bob' }
export const HOSTS: Data = {
  allow_user_certificates: false,
  allow_host_certificates: true,
  allowed_domains: 'example.com,example.org',
}

/** A caller who is somebody. */
export const who = (name: string, metadata: Readonly<Record<string, string>> = {}): Caller => ({
  ...CALLER,
  entityId: 'e',
  identity: {
    entity: {
      id: 'e',
      name,
      metadata,
      aliases: [{ mountAccessor: 'auth_1', id: 'a', name: 'ada@corp', metadata: {}, customMetadata: {} }],
    },
    groups: [{ id: 'g', name: 'team', namespacePath: '', metadata: { domain: 'team.example.com' } }],
  },
})

export interface Certificate {
  readonly algorithm: string
  readonly serial: bigint
  readonly type: number
  readonly keyId: string
  readonly principals: readonly string[]
  readonly validAfter: bigint
  readonly validBefore: bigint
  readonly criticalOptions: Readonly<Record<string, string>>
  readonly extensions: Readonly<Record<string, string>>
}

/** Of an Ed25519 key, as PROTOCOL.certkeys lays it out. */
export function readCertificate(line: string): Certificate {
  const blob = Buffer.from(line.split(' ')[1] ?? '', 'base64')
  let at = 0
  const take = (count: number): Buffer => {
    at += count
    return blob.subarray(at - count, at)
  }
  const string = (): Buffer => take(take(4).readUInt32BE())
  const algorithm = string().toString()
  string() // nonce
  string() // key
  const serial = take(8).readBigUInt64BE()
  const type = take(4).readUInt32BE()
  const keyId = string().toString()
  const principals = stringsOf(string())
  const [validAfter, validBefore] = [take(8).readBigUInt64BE(), take(8).readBigUInt64BE()]
  const [criticalOptions, extensions] = [optionsOf(string()), optionsOf(string())]
  return { algorithm, serial, type, keyId, principals, validAfter, validBefore, criticalOptions, extensions }
}

function stringsOf(bytes: Buffer): string[] {
  const found: string[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at)
    found.push(bytes.toString('utf8', at + 4, at + 4 + length))
    at += 4 + length
  }
  return found
}

function optionsOf(bytes: Buffer): Record<string, string> {
  const all = stringsOf(bytes)
  const found: Record<string, string> = {}
  for (let at = 0; at < all.length; at += 2) found[all[at] ?? ''] = stringsOf(Buffer.from(all[at + 1] ?? ''))[0] ?? ''
  return found
}

export const hasSshKeygen = spawnSync('ssh-keygen', ['-?']).error === undefined

/** OpenSSH of the machine, in a folder of its own: a stranger that reads what was signed, and makes keys. */
export class OpenSsh {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'egide-openssh-'))

  file(name: string, contents: string): string {
    const file = path.join(this.folder, name)
    writeFileSync(file, contents)
    chmodSync(file, 0o600)
    return file
  }

  /** What ssh-keygen prints. Throws when it fails. */
  keygen(...args: readonly string[]): string {
    const env = { ...process.env, TZ: 'UTC' }
    return execFileSync('ssh-keygen', [...args], {
      cwd: this.folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
    })
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
