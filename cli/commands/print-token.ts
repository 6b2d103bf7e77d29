import { command } from '../command.ts'
import { printLine } from '../terminal.ts'

export const printToken = command({
  usage: '',
  description: 'Prints the token that commands would use now: from the environment, or kept by login.',
  args: [0, 0],
  network: false,
  flags: {},
  async run({ session }) {
    printLine(session.token() ?? '')
    return 0
  },
})
