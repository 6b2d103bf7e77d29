import { command } from '../command.ts'
import { ownName } from '../own-name.ts'
import { packageVersion } from '../version.ts'

export const start = command({
  usage: '[options]',
  description:
    'Runs a server on a folder of its own, and makes it ready to use: the first time it is initialised, and its key ' +
    'shares and root token are written into the folder. As long as the shares are there, it unseals itself.',
  args: [0, 0],
  network: false,
  flags: {
    data: { kind: 'text', help: 'The folder. Default ./data.' },
    listen: { kind: 'text', help: 'The address. Default 127.0.0.1:8200.' },
    grpc: { kind: 'text', help: "The address of gRPC, or off. Default: the port after -listen's, if it is free." },
  },
  async run({ flags }) {
    const { runStart } = await import('../../server/main.ts')
    return runStart({
      version: packageVersion(),
      command: ownName(process.cwd()),
      folder: flags.data ?? 'data',
      listenAddress: flags.listen ?? '127.0.0.1:8200',
      grpcAddress: flags.grpc,
    })
  },
})
