import { command } from '../command.ts'
import { remote } from '../failure.ts'
import { serialised } from '../output/print.ts'
import { trimPath } from '../path.ts'
import { printLine } from '../terminal.ts'

export const pathHelp = command({
  usage: '[options] PATH',
  description: 'Shows what PATH does and takes. As JSON or YAML: the OpenAPI description of it.',
  args: [1, 1],
  output: 'format',
  flags: {},
  async run({ args: [path = ''], session }) {
    const query = [['help', '1']] as const
    const help = await remote('Error retrieving help', session.client.json('GET', trimPath(path), { query }))
    if (session.format === 'table') printLine(typeof help.help === 'string' ? help.help : '')
    else printLine(await serialised(session.format, help.openapi ?? null))
    return 0
  },
})
