import { isJsonArray } from '../../../sdk/json.ts'
import { command } from '../../command.ts'
import { misuse, remote, wrongArguments } from '../../failure.ts'
import { serialised } from '../../output/print.ts'
import { printLine } from '../../terminal.ts'
import { tokenArgument } from './argument.ts'

export const capabilities = command({
  usage: '[options] [TOKEN | ACCESSOR] PATH',
  description: 'Shows what a token may do at PATH: the one in use, or TOKEN ("-": from stdin).',
  args: [1, 2],
  output: 'format',
  flags: { accessor: { kind: 'boolean', help: 'The first argument is an accessor.' } },
  async run({ args, flags, session }) {
    if (flags.accessor && args.length < 2)
      throw wrongArguments(`Not enough arguments with -accessor (expected 2, got ${args.length})`)
    const path = args.at(-1) ?? ''
    const token = args.length === 2 ? await tokenArgument(args[0]) : undefined
    const { client } = session
    const answer = flags.accessor
      ? client.write('sys/capabilities-accessor', { accessor: token ?? '', path })
      : token === undefined
        ? client.write('sys/capabilities-self', { path })
        : client.write('sys/capabilities', { token, path })
    const found = (await remote('Error listing capabilities', answer))?.data?.capabilities
    if (!isJsonArray(found)) throw misuse('No capabilities found')
    printLine(
      session.format === 'table' ? [...found].map(String).sort().join(', ') : await serialised(session.format, found),
    )
    return 0
  },
})
