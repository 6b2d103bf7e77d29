import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { DescMessage, DescMethod, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import type { Client, Metadata } from '@grpc/grpc-js'
import { type CertificateFiles, makeCertificate } from '../harness/certificate.ts'
import { freePort } from '../harness/free-port.ts'
import { type Server, startServer } from '../harness/server.ts'
import { GrpcClient } from './client.ts'

type Headers = Readonly<Record<string, string>>
export const same = (bytes: Buffer): Buffer => bytes

/** A record of the audit log, as far as tests look into it. */
export interface AuditRecord {
  readonly type: string
  readonly error?: string
  readonly request?: Readonly<Record<string, unknown>> & { readonly id: string }
}

/** An unsealed server with an audit log, and a client of its gRPC listener over TLS. */
export class Served {
  readonly target: string
  readonly certificate: CertificateFiles
  readonly #server: Server
  readonly #client: GrpcClient

  constructor(server: Server, target: string, certificate: CertificateFiles) {
    this.#server = server
    this.target = target
    this.certificate = certificate
    this.#client = new GrpcClient(target, certificate.caFile)
  }

  get rootToken(): string {
    return this.#server.rootToken
  }

  get restAddress(): string {
    return this.#server.address
  }

  /** What the server wrote to stdout and stderr. */
  get log(): string {
    return this.#server.log
  }

  /** What the server's process has in memory; undefined where /proc is not. */
  residentBytes(): number | undefined {
    try {
      const [, kib] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.#server.pid}/status`, 'utf8')) ?? []
      return kib === undefined ? undefined : Number(kib) * 1024
    } catch {
      return undefined
    }
  }

  seal(): Promise<unknown> {
    return this.#server.call('PUT', 'sys/seal')
  }

  connect(): Client {
    return this.#client.client
  }

  metadata(headers: Headers): Metadata {
    return this.#client.metadata(headers)
  }

  /** As root unless `headers` says otherwise. */
  call<I extends DescMessage, O extends DescMessage>(
    method: DescMethod & { readonly input: I; readonly output: O },
    init: MessageInitShape<I>,
    headers: Headers = { 'x-vault-token': this.rootToken },
    timeoutMs?: number,
  ): Promise<MessageShape<O>> {
    return this.#client.call(method, init, headers, timeoutMs)
  }

  /** A message as it is, to whatever is at `where`. */
  raw(where: string, bytes: Buffer, headers: Headers = {}): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const options = { deadline: new Date(Date.now() + 20_000) }
      this.connect().makeUnaryRequest(where, same, same, bytes, this.metadata(headers), options, (error, reply) =>
        error === null && reply !== undefined ? resolve(reply) : reject(error ?? new Error('nothing')),
      )
    })
  }

  /** All records so far. */
  audit(): AuditRecord[] {
    const lines = readFileSync(this.#server.auditFile, 'utf8').split('\n')
    return lines.filter((line) => line.endsWith('}')).map((line) => JSON.parse(line) as AuditRecord)
  }

  /** Puts what can't be written to in the place of the audit file; the server notices within seconds. */
  loseAudit(): void {
    renameSync(this.#server.auditFile, `${this.#server.auditFile}.1`)
    mkdirSync(this.#server.auditFile)
  }

  regainAudit(): void {
    rmdirSync(this.#server.auditFile)
  }

  hangUp(): void {
    process.kill(this.#server.pid, 'SIGHUP')
  }

  /** Asks the process to end, and waits until it has. */
  terminate(): Promise<void> {
    return this.#server.stop()
  }

  async stop(): Promise<void> {
    this.connect().close()
    await this.#server.remove()
    rmSync(path.dirname(this.certificate.caFile), { recursive: true, force: true })
  }
}

export interface ServeOptions {
  /** Neither initialised nor unsealed. */
  readonly isNew?: boolean
  /** The listener asks for a certificate of its authority. */
  readonly mutual?: boolean
}

export async function serve({ isNew = false, mutual = false }: ServeOptions = {}): Promise<Served> {
  const certificate = await makeCertificate(mkdtempSync(path.join(tmpdir(), 'egide-grpc-')))
  const target = `127.0.0.1:${await freePort()}`
  const clients = `tls_client_ca_file = "${certificate.caFile}"\n  tls_require_and_verify_client_cert = true`
  const server = await startServer({
    audit: true,
    config: `listener "grpc" {
  address       = "${target}"
  tls_cert_file = "${certificate.certFile}"
  tls_key_file  = "${certificate.keyFile}"
  ${mutual ? clients : ''}
}`,
  })
  if (!isNew) {
    await server.init()
    await server.unseal()
  }
  return new Served(server, target, certificate)
}
