import { command } from '../../command.ts'
import { remote } from '../../failure.ts'
import { printLine } from '../../terminal.ts'

export const seal = command({
  usage: '[options]',
  description: 'Seals the server: it forgets its keys, and answers nothing until a quorum of shares unseals it.',
  args: [0, 0],
  flags: {},
  async run({ session }) {
    await remote('Error sealing', session.client.write('sys/seal'))
    printLine('Success! Vault is sealed.')
    return 0
  },
})
