import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Client, credentials, Metadata } from '@grpc/grpc-js'
import { at, type CallOptions } from '../test/harness/http.ts'
import { egide, type Program, type StorageSetting } from '../test/harness/program.ts'
import { freePort, type Server, startServer, startUnsealed } from '../test/harness/server.ts'
import type { BareGrpcReply } from './bare-grpc-server.ts'
import type { BareReply } from './bare-server.ts'
import type { Database } from './database.ts'
import { PKI_SETUP } from './pki-rows.ts'
import type { GrpcRow, HttpRow, Row } from './row.ts'
import { APPROLE, bodyOf, isGrpc, KEYS, POLICY, pathOf, STORED_SECRET } from './rows.ts'
import { nameOf, type Setting, type Start } from './setting.ts'

const BARE_SERVER = fileURLToPath(new URL('bare-server.ts', import.meta.url))
const BARE_GRPC_SERVER = fileURLToPath(new URL('bare-grpc-server.ts', import.meta.url))
/** Node.js adds them to an answer by itself. */
const ADDED_HEADERS = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding'])

/** All nodes of a vault must have the same: a path in a folder that each has for itself. */
const AUDIT = 'audit "file" "file" {\n  options {\n    file_path = "audit.log"\n  }\n}\n'

/** A server under load, whichever it is. */
export interface Subject {
  readonly name: string
  readonly pid: number
  readonly port: number
  /** Where it speaks gRPC in the clear. */
  readonly grpcPort: number
  /** The process of its database, where it has one. */
  readonly databasePid: number | undefined
  /** The authority of its certificate, as PEM; undefined: it speaks without TLS. */
  readonly ca: string | undefined
}

/** A vault with everything the rows need, and a client's token for it. */
export class Vault implements Subject {
  readonly name: string
  readonly server: Server
  readonly token: string
  readonly grpcPort: number
  readonly databasePid: number | undefined
  readonly ca: string | undefined

  private constructor(name: string, server: Server, token: string, grpcPort: number, databasePid: number | undefined) {
    this.name = name
    this.server = server
    this.token = token
    this.grpcPort = grpcPort
    this.databasePid = databasePid
    this.ca = server.certificate === undefined ? undefined : readFileSync(server.certificate.caFile, 'utf8')
  }

  /** With a file audit device, in a folder that `end` removes; durable, on a disk of its own or on a database. */
  static async start(
    program: Program,
    { env, database, tls }: Start = {},
    name: string = program.name,
  ): Promise<Vault> {
    const grpcPort = await freePort()
    const isEgide = program.name === 'egide'
    const config = isEgide
      ? `${AUDIT}listener "grpc" {\n  address = "127.0.0.1:${grpcPort}"\n  tls_disable = true\n}`
      : ''
    const storage: StorageSetting =
      database === undefined
        ? 'durable'
        : { block: `storage "postgresql" {\n  connection_url = "${await database.create()}"\n}` }
    const server = await startUnsealed({
      program,
      env: { ...env },
      config,
      storage,
      tls: tls === true,
      audit: !isEgide,
    })
    try {
      return new Vault(name, server, await prepare(server), grpcPort, database?.pid)
    } catch (err) {
      await server.remove()
      throw err
    }
  }

  /** Starts Egide as `setting` says. */
  static startAs(setting: Setting, database: Database | undefined, env: Readonly<Record<string, string>> = {}) {
    const start = {
      env: { ...env, EGIDE_WORKERS: String(setting.workers) },
      database: setting.storage === 'sqlite' ? undefined : database,
      tls: setting.tls,
    }
    return Vault.start(egide, start, nameOf(setting))
  }

  /** Another node of this one, on the database that is its storage; `end` removes it alone. */
  async another(name: string): Promise<Vault> {
    const { databasePid, server, token } = this
    const storage = { block: storageBlockOf(readFileSync(server.configFile, 'utf8')) }
    const node = await startServer({ program: server.program, storage, config: AUDIT })
    try {
      node.adopt(server)
      await node.unseal()
      return new Vault(name, node, token, 0, databasePid)
    } catch (err) {
      await node.remove()
      throw err
    }
  }

  get pid(): number {
    return this.server.pid
  }

  get port(): number {
    return Number(new URL(this.server.address).port)
  }

  /** What it answers to a request of `row`. */
  async replyTo(row: HttpRow): Promise<BareReply> {
    const made = await this.madeFor(row)
    const body = bodyOf(row, made)
    const options = { token: row.isAnonymous === true ? undefined : this.token, body }
    const { status, headers, text, bytes } = await this.server.call(row.method, pathOf(row, made), options)
    if (status !== 200) throw new Error(`${this.name}: ${row.name} answered ${status} ${text}`)
    const kept = Object.entries(headers).filter(([name]) => !ADDED_HEADERS.has(name))
    return { status, headers: Object.fromEntries(kept) as Record<string, string>, body: bytes.toString('base64') }
  }

  /** The value that a request of `row` needs from another one. */
  async madeFor(row: Row): Promise<string | undefined> {
    if (isGrpc(row)) return undefined
    if (row.madePath !== undefined) {
      const { path, body, of } = row.madePath
      return of((await done(this.server, 'POST', path, { token: this.token, body })) ?? {})
    }
    if (row.made === undefined) return undefined
    const { member, path, body } = row.made
    const reply = await done(this.server, 'POST', path, { token: this.token, body })
    return String(at(reply, 'data', member))
  }

  /** What it answers to a message of `row`. */
  async grpcReplyTo({ method, message, isStream }: GrpcRow): Promise<BareGrpcReply> {
    const client = new Client(`127.0.0.1:${this.grpcPort}`, credentials.createInsecure(), {
      'grpc.enable_http_proxy': 0,
    })
    const metadata = new Metadata()
    metadata.set('x-vault-token', this.token)
    const same = (bytes: Buffer): Buffer => bytes
    const stream = client.makeBidiStreamRequest(method, same, same, metadata)
    stream.end(message)
    const [reply] = (await once(stream, 'data')) as [Buffer]
    client.close()
    return { method, isStream, message: reply.toString('base64') }
  }

  async end(): Promise<void> {
    await this.server.stop()
    await this.server.remove()
  }
}

/** The yardstick for one row: answers each request with the same bytes. */
export class Bare implements Subject {
  readonly name = 'bare'
  readonly port: number
  readonly databasePid = undefined
  readonly ca = undefined
  readonly #process: ChildProcess

  private constructor(process: ChildProcess, port: number) {
    this.#process = process
    this.port = port
  }

  static async start(reply: BareReply | BareGrpcReply): Promise<Bare> {
    const child = fork('message' in reply ? BARE_GRPC_SERVER : BARE_SERVER)
    child.send(reply)
    const [port] = (await once(child, 'message')) as [number]
    return new Bare(child, port)
  }

  get grpcPort(): number {
    return this.port
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  end(): void {
    this.#process.disconnect()
  }
}

/** Mounts where they are missing, a secret, a key, and a token whose policy allows the rows and nothing else. */
async function prepare(server: Server): Promise<string> {
  const mounts = (await server.call('GET', 'sys/mounts')).body
  if (at(mounts, 'secret/') === undefined) {
    await done(server, 'POST', 'sys/mounts/secret', { body: { type: 'kv', options: { version: '2' } } })
  }
  if (at(mounts, 'transit/') === undefined)
    await done(server, 'POST', 'sys/mounts/transit', { body: { type: 'transit' } })
  for (const [name, body] of Object.entries(KEYS)) await done(server, 'POST', `transit/keys/${name}`, { body })
  for (const [path, body] of PKI_SETUP) await done(server, 'POST', path, { body })
  await done(server, 'POST', STORED_SECRET.path, { body: STORED_SECRET.body })
  await done(server, 'POST', 'sys/policies/acl/bench', { body: { policy: POLICY } })
  await done(server, 'POST', 'sys/auth/approle', { body: { type: 'approle' } })
  const { role_id, secret_id } = APPROLE
  await done(server, 'POST', 'auth/approle/role/bench', {
    body: { role_id, token_policies: ['bench'], token_ttl: '1h' },
  })
  await done(server, 'POST', 'auth/approle/role/bench/custom-secret-id', { body: { secret_id } })
  const created = await done(server, 'POST', 'auth/token/create', { body: { policies: ['bench'], ttl: '24h' } })
  const token = at(created, 'auth', 'client_token')
  if (typeof token !== 'string') throw new Error('no token was made')
  return token
}

/** A mount that was just made may still be upgrading itself, which OpenBao answers with an error. */
async function done(server: Server, method: string, where: string, options: CallOptions) {
  for (let left = 100; ; left--) {
    const { status, text, body } = await server.call(method, where, options)
    if (status < 300) return body
    if (left === 0) throw new Error(`${server.program.name}: ${method} ${where}: ${status} ${text}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function storageBlockOf(configuration: string): string {
  const [block] = /^storage "postgresql" \{[^}]*\}/m.exec(configuration) ?? []
  if (block === undefined) throw new Error('nodes need a database')
  return block
}
