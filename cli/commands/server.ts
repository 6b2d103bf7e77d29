import { command } from '../command.ts'
import { misuse } from '../failure.ts'
import { storeToken } from '../token-file.ts'
import { packageVersion } from '../version.ts'

export const server = command({
  usage: '[options]',
  description:
    'Runs a server until it is told to stop (SIGTERM or SIGINT). SIGHUP reloads certificates and the log level, and ' +
    'reopens audit files.\n\n' +
    'With -dev it keeps everything in memory, is initialised and unsealed, and prints its only key share and root token: ' +
    'for trying things, never for secrets.',
  args: [0, 0],
  network: false,
  flags: {
    config: { kind: 'list', help: 'Configuration file or folder (HCL or JSON). May be repeated.' },
    dev: { kind: 'boolean', help: 'Run in memory, initialised and unsealed.' },
    'dev-root-token-id': { kind: 'text', help: 'Root token of a development server.' },
    'dev-listen-address': { kind: 'text', help: 'Address of a development server. Default 127.0.0.1:8200.' },
    'dev-grpc-address': {
      kind: 'text',
      help: 'Address of gRPC of a development server, or off. Default: the port after its own, if it is free.',
    },
    'dev-no-store-token': { kind: 'boolean', help: "Do not log this machine's user in to the development server." },
    'log-level': { kind: 'text', help: 'trace, debug, info, warn or error.' },
    workers: { kind: 'text', help: 'Processes that serve, behind the same ports. Default 1.' },
    'log-format': { kind: 'text', help: 'standard or json.' },
  },
  async run({ flags, session }) {
    const { runServer } = await import('../../server/main.ts')
    return runServer({
      version: packageVersion(),
      configFiles: flags.config ?? [],
      dev: flags.dev === true ? devOptions() : noDevOptions(),
      logLevel: flags['log-level'],
      logFormat: flags['log-format'],
      workers: flags.workers,
    })

    function devOptions() {
      return {
        rootToken: flags['dev-root-token-id'] ?? session.variable('DEV_ROOT_TOKEN_ID'),
        listenAddress: flags['dev-listen-address'] ?? session.variable('DEV_LISTEN_ADDRESS') ?? '127.0.0.1:8200',
        grpcAddress: flags['dev-grpc-address'],
        storeToken: flags['dev-no-store-token'] === true ? undefined : storeToken,
      }
    }

    function noDevOptions(): undefined {
      const names = ['dev-root-token-id', 'dev-listen-address', 'dev-grpc-address', 'dev-no-store-token'] as const
      for (const name of names) {
        if (flags[name] !== undefined) throw misuse(`-${name} needs -dev`)
      }
    }
  },
})
