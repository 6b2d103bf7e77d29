import { existsSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { StorageError } from '../storage/backend.ts'
import { devBanner, serverBanner, startBanner } from './boot/banner.ts'
import { makeDevVault } from './boot/dev.ts'
import { makeReady, openingFiles } from './boot/first-run.ts'
import { devPreset, startPreset, withGrpc } from './boot/presets.ts'
import { systemClock } from './boot/runtime.ts'
import { type Server, startServer } from './boot/server.ts'
import { type LoadedConfig, loadConfig } from './config/load.ts'
import { ConfigError, type ServerConfig } from './config/types.ts'
import { ListenError } from './listeners/index.ts'
import { ServerLog } from './observe/log.ts'

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
}

/** `egide start`. */
export interface StartOptions {
  readonly version: string
  readonly folder: string
  readonly listenAddress: string
  /** As of DevOptions. */
  readonly grpcAddress: string | undefined
}

type Exit = 0 | 1

/** Runs until SIGTERM or SIGINT. Resolves with what the process should end with. */
export function runServer({ version, configFiles, dev, logLevel, logFormat }: ServerOptions): Promise<Exit> {
  const flags = { logLevel, logFormat }
  return orSayWhy(async () => {
    if (dev === undefined && configFiles.length === 0) throw new ConfigError('no configuration: give -config, or -dev')
    const preset = dev === undefined ? undefined : devPreset(dev.listenAddress, dev.grpcAddress)
    const given = loadConfig(configFiles, process.env, flags, preset)
    const loaded = dev === undefined ? given : { ...given, config: withGrpc(given.config, dev.grpcAddress) }
    if (loaded.config.storage === undefined) throw new ConfigError('no storage block in the configuration')
    if (loaded.config.listeners.length === 0) throw new ConfigError('no listener block in the configuration')
    return serve(loaded, version, async (server) => {
      print(serverBanner(server, loaded.config, version))
      if (dev === undefined) return
      const { unsealKey, rootToken } = await makeDevVault(server, dev.rootToken)
      print(devBanner(server, unsealKey, rootToken))
      dev.storeToken?.(rootToken)
    })
  })
}

/** As `runServer`, on a folder of its own, made ready to use. */
export function runStart({ version, folder, listenAddress, grpcAddress }: StartOptions): Promise<Exit> {
  return orSayWhy(async () => {
    const home = path.resolve(folder)
    const files = openingFiles(home)
    const wasNew = !existsSync(files.rootToken)
    const preset = startPreset(home, listenAddress, grpcAddress)
    const given = loadConfig([], process.env, { logLevel: 'warn' }, preset)
    const loaded = { ...given, config: withGrpc(given.config, grpcAddress) }
    return serve(loaded, version, async (server) => {
      const isUnsealed = await makeReady(server.vault.seal, files)
      print(startBanner(server, files, isUnsealed, wasNew))
    })
  })
}

/** Serves from `onStart` until a signal ends it. */
async function serve(
  { config, warnings }: LoadedConfig,
  version: string,
  onStart: (server: Server) => Promise<void>,
): Promise<Exit> {
  const log = new ServerLog({ level: config.logLevel, format: config.logFormat, clock: systemClock })
  for (const { file, line, message } of warnings) log.warn({ file, line }, message)
  const server = await startServer({ config, log, version, environment: process.env })
  const stopped = stopSignal()
  const onHangup = (): void => {
    server.reload().catch((error: unknown) => log.error({ err: error }, 'reloading failed'))
  }
  process.on('SIGHUP', onHangup)
  try {
    if (config.pidFile !== undefined) writeFileSync(config.pidFile, `${process.pid}\n`, { mode: 0o644 })
    await onStart(server)
    log.info({ signal: await stopped }, 'stopping')
  } finally {
    await server.stop()
    process.off('SIGHUP', onHangup)
    removePidFile(config)
  }
  log.info({}, 'stopped')
  return 0
}

/** The first signal to stop; a second one ends the process as it would without us. */
function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal))
  })
}

function removePidFile({ pidFile }: ServerConfig): void {
  if (pidFile !== undefined) rmSync(pidFile, { force: true })
}

/** What an operator can mend is said in a line, without a stack. */
async function orSayWhy(run: () => Promise<Exit>): Promise<Exit> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof ListenError || error instanceof StorageError)) throw error
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
