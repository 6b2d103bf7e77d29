import { command } from '../command.ts'
import { remote } from '../failure.ts'
import { printField } from '../output/print.ts'
import { printBare } from '../terminal.ts'
import { fullSealStatus, printSealStatus } from './operator/seal-status.ts'

export const status = command({
  usage: '[options]',
  description:
    'Shows whether the server is initialised and unsealed.\n\nEnds with 0 when unsealed, 2 when sealed, 1 on an error.',
  args: [0, 0],
  output: 'field',
  flags: {},
  async run({ session }) {
    // Other namespaces cannot be asked while the server is sealed.
    const client = session.client.with({ namespace: '' })
    const sealStatus = await remote('Error checking seal status', client.json('GET', 'sys/seal-status'), {
      exitCode: 1,
    })
    const full = await fullSealStatus(client, sealStatus)
    if (session.field === 'ha_mode') printBare(full.is_self === true ? 'active' : 'standby')
    else if (session.field !== undefined) await printField(session.format, full, session.field)
    else await printSealStatus(session.format, full)
    return full.sealed === true ? 2 : 0
  },
})
