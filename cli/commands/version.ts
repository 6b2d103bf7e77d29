import { command } from '../command.ts'
import { printLine } from '../terminal.ts'
import { packageVersion } from '../version.ts'

export const version = command({
  usage: '',
  description: 'Prints the version of this command.',
  args: [0, 0],
  network: false,
  flags: {},
  async run() {
    printLine(`Egide v${packageVersion()}`)
    return 0
  },
})
