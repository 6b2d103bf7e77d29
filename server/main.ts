import cluster from 'node:cluster'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { EgideError } from '../engines/errors.ts'
import { StorageError } from '../storage/backend.ts'
import { auditTroubles } from './boot/audit-log.ts'
import { devBanner, missingOf, serverBanner, startBanner } from './boot/banner.ts'
import { makeDevVault } from './boot/dev.ts'
import { makeReady, openingFiles } from './boot/first-run.ts'
import { followLogLevel } from './boot/log-level.ts'
import { devPreset, startPreset, withGrpc } from './boot/presets.ts'
import { logReloaded } from './boot/reload.ts'
import { systemClock } from './boot/runtime.ts'
import { type Server, startServer } from './boot/server.ts'
import { type LoadedConfig, loadConfig } from './config/load.ts'
import { ConfigError, type ServerConfig } from './config/types.ts'
import { ListenError } from './listeners/index.ts'
import { ServerLog } from './observe/log.ts'
import { Member } from './workers/member.ts'
import { erasablePipe } from './workers/pipe.ts'
import { PIPE_FD, Supervisor } from './workers/supervisor.ts'

/** What `-dev` takes. */
export interface DevOptions {
  readonly rootToken: string | undefined
  readonly listenAddress: string
  /** An address, or 'off'; undefined: beside the HTTP API, if that port is free. */
  readonly grpcAddress: string | undefined
  /** Logs the user of this machine in. */
  readonly storeToken: ((token: string) => void) | undefined
}

/** `egide server`. */
export interface ServerOptions {
  readonly version: string
  readonly configFiles: readonly string[]
  readonly dev: DevOptions | undefined
  readonly logLevel: string | undefined
  readonly logFormat: string | undefined
  readonly workers: string | undefined
}

/** `egide start`. */
export interface StartOptions {
  readonly version: string
  /** How the command line is called, for people. */
  readonly command: string
  readonly folder: string
  readonly listenAddress: string
  /** As of DevOptions. */
  readonly grpcAddress: string | undefined
}

type Exit = 0 | 1

/**
 * Runs until SIGTERM or SIGINT. Resolves with what the process should end with, or rejects with what nobody foresaw; that of
 * a worker ends by itself, once the caller has told of it and set its exit code.
 */
export async function runServer(options: ServerOptions): Promise<Exit> {
  try {
    return await reportingErrors(() => run(options))
  } finally {
    // A worker's channels to its supervisor would keep it, though it serves nothing.
    if (cluster.isWorker) setImmediate(() => process.exit())
  }
}

async function run({ version, configFiles, dev, logLevel, logFormat, workers }: ServerOptions): Promise<Exit> {
  const flags = { logLevel, logFormat, workers }
  if (dev === undefined && configFiles.length === 0) throw new ConfigError('no configuration: give -config, or -dev')
  const preset = dev === undefined ? undefined : devPreset(dev.listenAddress, dev.grpcAddress)
  const load = () => loadConfig(configFiles, process.env, flags, preset)
  const given = load()
  const loaded = dev === undefined ? given : { ...given, config: withGrpc(given.config, dev.grpcAddress) }
  if (loaded.config.storage === undefined) throw new ConfigError('no storage block in the configuration')
  if (loaded.config.listeners.length === 0) throw new ConfigError('no listener block in the configuration')
  if (cluster.isWorker) return serveAsWorker(loaded, load, version)
  if (loaded.config.workers > 1) return supervise(loaded, load, version)
  return serve(loaded, load, version, async (server, log) => {
    print(serverBanner(server, loaded.config, version))
    if (dev === undefined) return tellWhatIsMissing(server, log)
    const { unsealKey, rootToken } = await makeDevVault(server, dev.rootToken)
    print(devBanner(server, unsealKey, rootToken))
    dev.storeToken?.(rootToken)
  })
}

/** As `runServer`, on a folder of its own, made ready to use. */
export function runStart({ version, command, folder, listenAddress, grpcAddress }: StartOptions): Promise<Exit> {
  return reportingErrors(async () => {
    if (folder === '') throw new ConfigError('-data is empty: it names a folder')
    const home = path.resolve(folder)
    const files = openingFiles(home)
    const preset = startPreset(home, listenAddress, grpcAddress)
    const load = () => loadConfig([], process.env, { logLevel: 'warn' }, preset)
    const given = load()
    const loaded = { ...given, config: withGrpc(given.config, grpcAddress) }
    if (loaded.config.workers > 1)
      throw new ConfigError('egide start runs one process; several workers need egide server')
    return serve(loaded, load, version, async (server) => {
      const { initialized } = await server.vault.seal.status()
      const readiness = await makeReady(server.vault.seal, files)
      const hasRootToken = existsSync(files.rootToken)
      const started = { files, folder: home, readiness, wasNew: !initialized, hasRootToken, command }
      print(startBanner(server, loaded.config, started))
    })
  })
}

/** After SIGHUP. `readRest`: resolves with what of the rest could not be read. */
function readAgain(log: ServerLog, load: Load, readRest: () => Promise<readonly string[]>): void {
  const unread = followLogLevel(log, load) ? [] : ['log_level']
  readRest().then(
    (others) => logReloaded(log, [...new Set([...unread, ...others])]),
    (error: unknown) => log.error({ err: error }, 'reloading failed'),
  )
}

/** Reads the configuration as it is now. Throws ConfigError. */
type Load = () => LoadedConfig

/** Serves from `onStart` until a signal ends it. */
async function serve(
  { config, warnings }: LoadedConfig,
  load: Load,
  version: string,
  onStart: (server: Server, log: ServerLog) => Promise<void>,
): Promise<Exit> {
  const log = new ServerLog({ level: config.logLevel, format: config.logFormat, clock: systemClock })
  for (const { file, line, message } of warnings) log.warn({ file, line }, message)
  for (const trouble of auditTroubles(config)) log.warn({}, trouble)
  const server = await startServer({ config, log, version, environment: process.env })
  const stopped = stopSignal()
  const onHangup = (): void => readAgain(log, load, () => server.reload())
  process.on('SIGHUP', onHangup)
  try {
    writePidFile(config)
    await onStart(server, log)
    log.info({ signal: await stopped }, 'stopping')
  } finally {
    await server.stop()
    process.off('SIGHUP', onHangup)
    removePidFile(config)
  }
  log.info({}, 'stopped')
  return 0
}

/** Starts the workers, and sees to it that they are there, until a signal ends it. */
async function supervise({ config, warnings }: LoadedConfig, load: Load, version: string): Promise<Exit> {
  const log = new ServerLog({ level: config.logLevel, format: config.logFormat, clock: systemClock })
  for (const { file, line, message } of warnings) log.warn({ file, line }, message)
  for (const trouble of auditTroubles(config)) log.warn({}, trouble)
  const { workers } = config
  const supervisor = new Supervisor({
    workers,
    clock: systemClock,
    log,
    onReady: (addresses, apiAddress) => print(serverBanner({ addresses, apiAddress }, config, version)),
  })
  const onHangup = (): void => readAgain(log, load, () => supervisor.reload())
  process.on('SIGHUP', onHangup)
  try {
    writePidFile(config)
    void stopSignal().then((signal) => {
      log.info({ signal }, 'stopping')
      return supervisor.stop()
    })
    return await supervisor.run()
  } finally {
    process.off('SIGHUP', onHangup)
    removePidFile(config)
    log.info({}, 'stopped')
  }
}

/** One of several processes that are one server. */
async function serveAsWorker({ config }: LoadedConfig, load: Load, version: string): Promise<Exit> {
  // Nobody would seal this process with the others, nor replace it.
  const member = new Member(erasablePipe(PIPE_FD), () => process.exit(1))
  // These two are meant for the process that started this one, and reach all processes of a terminal.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})
  await member.startReceived()
  const { worker } = member
  const log = new ServerLog({ level: config.logLevel, format: config.logFormat, clock: systemClock, worker })
  log.change(member.logLevel)
  const server = await startServer({ config, log, version, environment: process.env, member })
  const stopped = Promise.withResolvers<void>()
  process.on('SIGTERM', () => stopped.resolve())
  await member.ready(server.addresses, server.apiAddress, {
    async reload() {
      const unread = followLogLevel(log, load) ? [] : ['log_level']
      return [...unread, ...(await server.reload())]
    },
    stop: () => stopped.resolve(),
  })
  if (worker === 1) await tellWhatIsMissing(server, log)
  await stopped.promise
  await server.stop()
  return 0
}

async function tellWhatIsMissing({ vault }: Server, log: ServerLog): Promise<void> {
  const missing = missingOf(await vault.seal.status())
  if (missing !== undefined) log.info({}, missing)
}

/** The first signal to stop; a second one ends the process as it would without us. */
function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal))
  })
}

function writePidFile({ pidFile }: ServerConfig): void {
  if (pidFile === undefined) return
  try {
    writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o644 })
  } catch (cause) {
    throw new ConfigError('pid_file cannot be written', { cause })
  }
}

function removePidFile({ pidFile }: ServerConfig): void {
  if (pidFile !== undefined && holdsOwnPid(pidFile)) rmSync(pidFile, { force: true })
}

/** Not one that could not be written, nor one that another server has taken over. */
function holdsOwnPid(file: string): boolean {
  try {
    return readFileSync(file, 'utf8') === `${process.pid}\n`
  } catch {
    return false
  }
}

/** Prints an error that an operator can mend in one line, without a stack; others pass through. */
async function reportingErrors(run: () => Promise<Exit>): Promise<Exit> {
  try {
    return await run()
  } catch (error) {
    const isMeantToBeRead =
      error instanceof ConfigError ||
      error instanceof ListenError ||
      error instanceof StorageError ||
      error instanceof EgideError ||
      // Of the system, whose words name the file or address.
      (error instanceof Error && 'syscall' in error)
    if (!isMeantToBeRead) throw error
    process.stderr.write(`Error: ${error.message}${causeOf(error)}\n`)
    return 1
  }
}

function causeOf({ cause }: Error): string {
  return cause instanceof Error ? ` (${cause.message})` : ''
}

function print(text: string): void {
  process.stdout.write(text)
}
