import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseList } from '../../cli/commands/pki/revocation-list.ts'
import type { RawReply } from '../../engines/engine.ts'
import { pki } from '../../engines/pki/index.ts'
import { MountedEngine } from '../engines/mounted-engine.ts'

type Data = Readonly<Record<string, unknown>>

/** `config/crl`: complete lists by their time, delta lists in between. */
export const AUTO_REBUILT = {
  auto_rebuild: true,
  enable_delta: true,
  expiry: '10h',
  auto_rebuild_grace_period: '2h',
  delta_rebuild_interval: '5m',
}

/** A PKI mount with what a test wants of it as text. Time stands still until the test moves it. */
export class Authority extends MountedEngine {
  constructor(options: ConstructorParameters<typeof MountedEngine>[1] = {}) {
    super(pki, options)
  }

  /** A root CA, as the default issuer. */
  async root(fields: Data = {}): Promise<Data> {
    return this.data('update', 'root/generate/internal', {
      common_name: 'Test Root',
      ttl: '8000h',
      key_type: 'ec',
      ...fields,
    })
  }

  /** Lists of all kinds, which its certificates name. */
  async publishes(): Promise<void> {
    await this.call('update', 'config/urls', {
      crl_distribution_points: 'http://ca.example.com/crl/{{crl_shard}}',
      enable_templating: true,
    })
    await this.call('update', 'config/crl', { auto_rebuild: true, enable_delta: true, delta_rebuild_interval: '1m' })
  }

  async role(name: string, fields: Data = {}): Promise<void> {
    await this.call('update', `roles/${name}`, {
      key_type: 'ec',
      allowed_domains: 'example.com',
      allow_subdomains: true,
      ...fields,
    })
  }

  issue(role: string, fields: Data = {}): Promise<Data> {
    return this.data('update', `issue/${role}`, { common_name: 'www.example.com', ttl: '1h', ...fields })
  }

  /** A raw answer's body. */
  async raw(name: string): Promise<Buffer> {
    const { raw } = await this.call('read', name)
    return raw === undefined ? Buffer.alloc(0) : bytesOf(raw)
  }
}

/** The whole body. */
export async function bytesOf({ body }: RawReply): Promise<Buffer> {
  if (typeof body === 'string' || body instanceof Uint8Array) return Buffer.from(body)
  const pieces: Buffer[] = []
  for await (const piece of body) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces)
}

/** A list of revoked certificates, read by a library. */
export class Crl {
  readonly serials: readonly string[]
  readonly number: string
  readonly nextUpdateMs: number

  constructor(der: Buffer) {
    const { tbsCertList } = parseList(der)
    this.serials = (tbsCertList.revokedCertificates ?? []).map((one) =>
      Buffer.from(one.userCertificate)
        .toString('hex')
        .replace(/^00(?=.)/, ''),
    )
    const number = tbsCertList.crlExtensions?.find(({ extnID }) => extnID === '2.5.29.20')
    this.number = Buffer.from(number?.extnValue.buffer ?? new ArrayBuffer(0)).toString('hex')
    this.nextUpdateMs = tbsCertList.nextUpdate?.getTime().getTime() ?? 0
  }
}

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0

/** The openssl of the machine, in a folder of its own: a stranger that checks what was issued. */
export class Openssl {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'egide-openssl-'))

  file(name: string, contents: string | Buffer): string {
    const file = path.join(this.folder, name)
    writeFileSync(file, contents)
    return file
  }

  /** What it prints. Throws when it fails. */
  run(...args: readonly string[]): string {
    return execFileSync('openssl', [...args], { cwd: this.folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  }

  /** What it prints on either channel, though it fails. */
  say(...args: readonly string[]): string {
    const { stdout, stderr } = spawnSync('openssl', [...args], { cwd: this.folder, encoding: 'utf8' })
    return stdout + stderr
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
