import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Client, credentials, Metadata } from '@grpc/grpc-js'
import { freePort } from '../../test/harness/free-port.ts'
import { at, type CallOptions, call, type Reply } from '../../test/harness/http.ts'
import { egide, type Program, type StorageSetting } from '../../test/harness/program.ts'
import { type Server, startServer, startUnsealed } from '../../test/harness/server.ts'
import { KMS_SET_UP } from '../rows/kms-rows.ts'
import { type AwsKey, awsRequest, bodyOf, type Caller, pathOf } from '../rows/request.ts'
import { type GrpcRow, type HttpRow, isGrpc, type Row } from '../rows/row.ts'
import { SET_UP } from '../rows/rows.ts'
import type { BareGrpcReply } from './bare-grpc-server.ts'
import type { BareReply } from './bare-server.ts'
import type { Database } from './database.ts'
import { nameOf, type Setting, type Start } from './setting.ts'
import type { Subject } from './subject.ts'

/** Node.js adds them to an answer by itself. */
const ADDED_HEADERS = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding'])

/** All nodes of a vault must have the same: a path in a folder that each has for itself. */
const AUDIT = 'audit "file" "file" {\n  options {\n    file_path = "audit.log"\n  }\n}\n'

/** A vault with everything the rows need, and what a client of it proves itself by. */
export class Vault implements Subject, Caller {
  readonly name: string
  readonly server: Server
  readonly token: string
  readonly awsKey: AwsKey | undefined
  readonly grpcPort: number
  readonly databasePid: number | undefined
  readonly ca: string | undefined

  private constructor(name: string, server: Server, caller: Caller, grpcPort: number, databasePid: number | undefined) {
    this.name = name
    this.server = server
    this.token = caller.token
    this.awsKey = caller.awsKey
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
    const { databasePid, server } = this
    const storage = { block: storageBlockOf(readFileSync(server.configFile, 'utf8')) }
    const node = await startServer({ program: server.program, storage, config: AUDIT })
    try {
      node.adopt(server)
      await node.unseal()
      return new Vault(name, node, this, 0, databasePid)
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
    const { status, headers, text, bytes } = await this.#ask(row, await this.madeFor(row))
    if (status !== 200) throw new Error(`${this.name}: ${row.name} answered ${status} ${text}`)
    const kept = Object.entries(headers).filter(([name]) => !ADDED_HEADERS.has(name))
    return { status, headers: Object.fromEntries(kept) as Record<string, string>, body: bytes.toString('base64') }
  }

  #ask(row: HttpRow, made: string | undefined): Promise<Reply> {
    const body = bodyOf(row, made)
    const { address, certificate } = this.server
    if (row.aws !== undefined) {
      const { path, headers } = awsRequest(address, row.aws, JSON.stringify(body), this)
      return call('POST', address + path, { headers, body, caFile: certificate?.caFile })
    }
    const token = row.isAnonymous === true ? undefined : this.token
    return this.server.call(row.method, pathOf(row, made), { token, body })
  }

  /** The value that a request of `row` needs from another one. */
  async madeFor(row: Row): Promise<string | undefined> {
    if (isGrpc(row)) return undefined
    if (row.madePath !== undefined) {
      const { path, body, of } = row.madePath
      return of((await done(this.server, 'POST', path, { token: this.token, body })) ?? {})
    }
    if (row.made === undefined) return undefined
    const { member, from = member, path, body } = row.made
    const reply = await done(this.server, 'POST', path, { token: this.token, body })
    return String(at(reply, 'data', from))
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

/** Mounts where they are missing, what the rows need, and a token whose policy allows the rows and nothing else. */
async function prepare(server: Server): Promise<Caller> {
  const mounts = (await server.call('GET', 'sys/mounts')).body
  const isOwn = server.program.name === 'egide'
  if (at(mounts, 'secret/') === undefined) {
    await done(server, 'POST', 'sys/mounts/secret', { body: { type: 'kv', options: { version: '2' } } })
  }
  if (at(mounts, 'transit/') === undefined)
    await done(server, 'POST', 'sys/mounts/transit', { body: { type: 'transit' } })
  for (const [path, body] of isOwn ? [...SET_UP, ...KMS_SET_UP] : SET_UP) await done(server, 'POST', path, { body })
  const created = await done(server, 'POST', 'auth/token/create', { body: { policies: ['bench'], ttl: '24h' } })
  const token = at(created, 'auth', 'client_token')
  if (typeof token !== 'string') throw new Error('no token was made')
  return { token, awsKey: isOwn ? await awsKeyOf(server) : undefined }
}

async function awsKeyOf(server: Server): Promise<AwsKey> {
  const made = await done(server, 'POST', 'kms/aws-credentials', { body: { policies: ['bench'] } })
  const text = (member: string): string => String(at(made, 'data', member))
  return { accessKeyId: text('access_key_id'), secret: text('secret_access_key') }
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
