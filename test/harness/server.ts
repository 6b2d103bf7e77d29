import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type CertificateFiles, makeCertificate } from './certificate.ts'
import { freePort } from './free-port.ts'
import { at, type CallOptions, call, type Reply } from './http.ts'
import { type Program, programUnderTest, type StorageSetting, writeConfiguration } from './program.ts'

const READY_WITHIN_MS = 90_000
const STOPPED_WITHIN_MS = 60_000
const LOG_KEPT_CHARS = 200_000

export interface ServerOptions {
  /** Appended to the configuration file. */
  readonly config?: string
  readonly env?: Readonly<Record<string, string>>
  readonly tls?: boolean
  /** 'durable', the default, is the disk: SQLite here. 'inmem' is gone with the process. */
  readonly storage?: StorageSetting
  /** A file audit device, in the configuration, at `server.auditFile`. */
  readonly audit?: boolean
  readonly program?: Program
}

/** A vault server in a process of its own, on a free port of 127.0.0.1 and a folder that `remove` deletes. */
export class Server {
  readonly program: Program
  readonly dataDir: string
  readonly address: string
  readonly auditFile: string
  readonly configFile: string
  readonly certificate: CertificateFiles | undefined
  readonly #env: Readonly<Record<string, string>>
  #process: ChildProcess | undefined
  #log = ''
  #keys: readonly string[] = []
  #rootToken = ''

  constructor(program: Program, dataDir: string, address: string, certificate: CertificateFiles | undefined, env = {}) {
    this.program = program
    this.dataDir = dataDir
    this.address = address
    this.auditFile = path.join(dataDir, 'audit', 'audit.log')
    this.configFile = path.join(dataDir, 'server.hcl')
    this.certificate = certificate
    this.#env = env
  }

  get keys(): readonly string[] {
    return this.#keys
  }

  get rootToken(): string {
    return this.#rootToken
  }

  get pid(): number {
    const { pid } = this.#running()
    if (pid === undefined) throw new Error('the server never ran')
    return pid
  }

  /** The processes that serve, where there are several. */
  workerPids(): number[] {
    const { pid } = this
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
      .map(Number)
  }

  /** What the server wrote to stdout and stderr so far, the newest part of it. */
  get log(): string {
    return this.#log
  }

  /** Starts the process and waits until it answers `sys/health`, whatever it says. Again after `stop` or `kill9`. */
  async start(): Promise<void> {
    const child = spawn(this.program.command, ['server', `-config=${this.configFile}`], {
      cwd: this.dataDir,
      env: { ...process.env, ...this.#env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#process = child
    const keep = (chunk: Buffer) => {
      this.#log = (this.#log + chunk.toString('utf8')).slice(-LOG_KEPT_CHARS)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('error', (err) => keep(Buffer.from(String(err))))
    const deadline = Date.now() + READY_WITHIN_MS
    while (!(await this.#answers())) {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
        throw new Error(`the server ended before it answered:\n${this.#log}`)
      }
      if (Date.now() > deadline) throw new Error(`the server did not answer in time:\n${this.#log}`)
      await sleep(20)
    }
  }

  /** Initialises with `shares` key shares, `threshold` of which unseal; keeps them and the root token. */
  async init(shares = 1, threshold = 1): Promise<void> {
    const reply = await this.call('PUT', 'sys/init', {
      body: { secret_shares: shares, secret_threshold: threshold },
    })
    const keys = at(reply.body, 'keys_base64')
    const token = at(reply.body, 'root_token')
    if (!Array.isArray(keys) || typeof token !== 'string') throw new Error(`init: ${reply.status} ${reply.text}`)
    this.#keys = keys.map(String)
    this.#rootToken = token
  }

  /** Initialises under a seal that unseals by itself; keeps the recovery shares and the root token. */
  async initRecovery(shares: number, threshold: number): Promise<void> {
    const body = { recovery_shares: shares, recovery_threshold: threshold }
    const reply = await this.call('PUT', 'sys/init', { body })
    const keys = at(reply.body, 'recovery_keys_base64') ?? []
    const token = at(reply.body, 'root_token')
    if (!Array.isArray(keys) || typeof token !== 'string') throw new Error(`init: ${reply.status} ${reply.text}`)
    this.#keys = keys.map(String)
    this.#rootToken = token
    await this.#serving()
  }

  /** Opens and is used as another node of the same vault. */
  adopt(other: Server): void {
    this.#keys = other.#keys
    this.#rootToken = other.#rootToken
  }

  useKeys(keys: readonly string[]): void {
    this.#keys = keys
  }

  /** Gives key shares until the vault is unsealed and serves. */
  async unseal(): Promise<void> {
    for (const key of this.#keys) {
      const reply = await this.call('PUT', 'sys/unseal', { body: { key } })
      if (at(reply.body, 'sealed') === false) return await this.#serving()
      if (reply.status !== 200) throw new Error(`unseal: ${reply.status} ${reply.text}`)
    }
    throw new Error('unseal: all shares given, still sealed')
  }

  /** A request below /v1/, with the root token unless told another. */
  async call(method: string, where: string, options: CallOptions = {}): Promise<Reply> {
    const token = this.#rootToken === '' ? undefined : this.#rootToken
    return await call(method, `${this.address}/v1/${where}`, { token, caFile: this.certificate?.caFile, ...options })
  }

  /** Asks the process to end, and waits until it has. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  /** Ends the process as a crash would: nothing of it gets to run any more. */
  async kill9(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** Ends the process, if it runs, and deletes its folder. */
  async remove(): Promise<void> {
    if (this.#process !== undefined) await this.kill9()
    rmSync(this.dataDir, { recursive: true, force: true })
  }

  #running(): ChildProcess {
    if (this.#process === undefined) throw new Error('the server is not running')
    return this.#process
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#running()
    this.#process = undefined
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    const late = new AbortController()
    const stuck = sleep(STOPPED_WITHIN_MS, true, { signal: late.signal }).catch(() => false)
    if ((await Promise.race([exited.then(() => false), stuck])) === true) {
      child.kill('SIGKILL')
      throw new Error(`the server did not stop on ${signal}:\n${this.#log}`)
    }
    late.abort()
  }

  async #answers(): Promise<boolean> {
    try {
      await call('GET', `${this.address}/v1/sys/health`, { caFile: this.certificate?.caFile, timeoutMs: 2000 })
      return true
    } catch {
      return false
    }
  }

  /** A reference server takes a moment from unsealed to active; Egide is there at once. */
  async #serving(): Promise<void> {
    const deadline = Date.now() + READY_WITHIN_MS
    while ((await this.call('GET', 'sys/health')).status !== 200) {
      if (Date.now() > deadline) throw new Error(`unsealed, but not active:\n${this.#log}`)
      await sleep(20)
    }
  }
}

/** Of a process, as Linux tells; undefined when it is gone. */
function parentOf(pid: string): number | undefined {
  try {
    return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  } catch {
    return undefined
  }
}

/** Starts a server that is neither initialised nor unsealed. */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const program = options.program ?? programUnderTest()
  const dataDir = mkdtempSync(path.join(tmpdir(), 'egide-test-'))
  const port = await freePort()
  const certificate = options.tls === true ? await makeCertificate(path.join(dataDir, 'tls')) : undefined
  const scheme = certificate === undefined ? 'http' : 'https'
  const server = new Server(program, dataDir, `${scheme}://127.0.0.1:${port}`, certificate, options.env)
  mkdirSync(path.dirname(server.auditFile), { recursive: true })
  writeConfiguration(program, {
    dataDir,
    port,
    storage: options.storage ?? program.defaultStorage,
    tls: certificate,
    auditFile: options.audit === true ? server.auditFile : undefined,
    config: options.config ?? '',
  })
  try {
    await server.start()
  } catch (err) {
    await server.remove()
    throw err
  }
  return server
}

/** Starts a server that serves: initialised with one share, unsealed. */
export async function startUnsealed(options: ServerOptions = {}): Promise<Server> {
  const server = await startServer(options)
  try {
    await server.init()
    await server.unseal()
  } catch (err) {
    await server.remove()
    throw err
  }
  return server
}
