import type { SealStatus } from '../../engines/system/services/seal.ts'
import type { ServerConfig } from '../config/types.ts'
import { shellQuoted } from '../shell-quoted.ts'
import type { OpeningFiles, Readiness } from './first-run.ts'
import type { Server } from './server.ts'

/** What the server tells a person at start, on stdout. None of it is a secret but what `-dev` is for. */

export function serverBanner(
  server: Pick<Server, 'addresses' | 'apiAddress'>,
  config: ServerConfig,
  version: string,
): string {
  const storage =
    config.storage?.type === 'sqlite' ? `sqlite (${config.storage.path})` : (config.storage?.type ?? 'inmem')
  const rows: [string, string][] = [
    ['Api Address', server.apiAddress],
    ...server.addresses.map((address, at): [string, string] => [`Listener ${at + 1}`, address]),
    ['Log Level', config.logLevel],
    ['Storage', storage],
    ...(config.workers > 1 ? [['Workers', String(config.workers)] satisfies [string, string]] : []),
    ['Version', `Egide v${version}`],
  ]
  const width = Math.max(...rows.map(([name]) => name.length)) + 4
  const lines = rows.map(([name, value]) => `${name.padStart(width)}: ${value}`)
  return `==> Egide server configuration:\n\n${lines.join('\n')}\n\n==> Egide server started! Log data will stream in below:\n\n`
}

/** What a vault that serves nobody yet is waiting for, for the log; undefined: nothing that a person does. */
export function missingOf({ initialized, sealed, migration, type, threshold, shares }: SealStatus): string | undefined {
  if (!initialized)
    return 'not initialised yet: "egide operator init" makes what opens the vault, and the first root token'
  if (!sealed) return undefined
  const quorum = `${threshold} of ${shares} key shares`
  if (migration)
    return `sealed, and the configuration does not name its seal (${type}): ${quorum} move it, each given by "egide operator unseal -migrate"`
  return type === 'shamir' ? `sealed: ${quorum} open it, each given by "egide operator unseal"` : undefined
}

export function devBanner(server: Server, unsealKey: string, rootToken: string): string {
  return `WARNING! dev mode is enabled! In this mode, Egide runs entirely in memory and starts unsealed with a single unseal
key. The root token is already authenticated to the CLI, unless -dev-no-store-token was given, so you can use it at once.

You may need to set the following environment variable:

    $ export EGIDE_ADDR='${server.apiAddress}'

The unseal key and root token are displayed below in case you want to seal/unseal the vault or re-authenticate.

Unseal Key: ${unsealKey}
Root Token: ${rootToken}

Development mode should NOT be used in production installations!

`
}

export interface Started {
  readonly files: OpeningFiles
  /** What is kept lies below it. */
  readonly folder: string
  readonly readiness: Readiness
  /** This start initialised the vault. */
  readonly wasNew: boolean
  /** Whether the file with the root token still lies there. */
  readonly hasRootToken: boolean
  /** How the command line is called. */
  readonly command: string
}

export function startBanner(
  server: Pick<Server, 'apiAddress' | 'grpcAddress'>,
  config: Pick<ServerConfig, 'auditDevices'>,
  started: Started,
): string {
  const { files, folder, readiness, wasNew, hasRootToken, command } = started
  const sealed = {
    gone: `${files.shares} is gone. Unseal it with \`egide operator unseal\`.`,
    stale: `the shares in ${files.shares} do not open it, as after \`egide operator rekey\`. Unseal it with \`egide operator unseal\`, and write its shares there, one a line.`,
  }
  const state = readiness === 'unsealed' ? 'It is unsealed and ready to use.' : `It is sealed: ${sealed[readiness]}`
  const opening = [...(readiness === 'unsealed' ? [files.shares] : []), ...(hasRootToken ? [files.rootToken] : [])]
  const keys = wasNew ? 'It was initialised just now. What opens it was written to' : KEPT[readiness]
  const grpc = server.grpcAddress === undefined ? '' : `, for gRPC at ${server.grpcAddress}`
  const kept = `${keys}
${opening.map((file) => `    ${file}`).join('\n')}
For anything but trying things out, take ${opening.length === 1 ? 'it' : 'both'} off this machine.

`
  const token = hasRootToken ? ` EGIDE_TOKEN="$(cat ${shellQuoted(files.rootToken)})"` : `\n    ${command} login`
  return `Egide listens at ${server.apiAddress}${grpc}. ${state}
Its data is in ${folder}.${auditFiles(config)}

${opening.length === 0 ? '' : kept}Three commands to try, in another terminal:

    export EGIDE_ADDR=${server.apiAddress}${token}
    ${command} status
    ${command} kv put secret/hello who=world
    ${command} kv get secret/hello

`
}

/** What the files beside the data are good for. */
const KEPT: Readonly<Record<Readiness, string>> = {
  unsealed: 'What opens it is in',
  gone: 'Its first root token was written to',
  stale: 'Its first root token was written to',
}

/** Where every request is recorded, so that nobody has to look for it. */
function auditFiles({ auditDevices }: Pick<ServerConfig, 'auditDevices'>): string {
  return auditDevices
    .filter(({ options }) => options.file_path !== undefined)
    .map(({ path, options }) => ` The audit device "${path.replace(/\/$/, '')}" writes to ${options.file_path}.`)
    .join('')
}
