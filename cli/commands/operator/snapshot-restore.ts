import { command } from '../../command.ts'
import { misuse } from '../../failure.ts'
import { printLine } from '../../terminal.ts'
import { offline } from './offline.ts'
import { said } from './snapshot.ts'

export const restore = command({
  usage: '[options] FILE',
  description:
    'Restores a snapshot into the empty storage that the configuration of a server names, while no server runs on it. ' +
    'The whole file is verified before anything is written, and what was written is read back. A restore that was ' +
    'interrupted leaves a storage that no server starts with: run it again.\n\n' +
    '    egide operator snapshot restore -config=server.hcl FILE',
  args: [1, 1],
  network: false,
  flags: {
    config: { kind: 'list', help: "The server's configuration file or folder. May be repeated." },
    'public-key': {
      kind: 'text',
      help: "PEM file of the vault's key: a snapshot of any other vault is refused.",
    },
  },
  async run({ args: [file = ''], flags, session }) {
    if (flags.config === undefined) throw misuse('-config says which storage to restore into')
    const { restoreFile } = await offline()
    const { copied } = await said(restoreFile(file, flags['public-key'], flags.config, session.environment))
    printLine(`Success! Restored and read back ${copied.entries} entries. Start the server and unseal it.`)
    return 0
  },
})
