import { command } from '../../command.ts'
import { remote, wrongArguments } from '../../failure.ts'
import { answerOr } from '../answer.ts'
import { tokenArgument } from './argument.ts'

export const lookup = command({
  usage: '[options] [TOKEN | ACCESSOR]',
  description: 'Shows what is known about a token: the one in use, or TOKEN ("-": from stdin).',
  args: [0, 1],
  output: 'field',
  flags: { accessor: { kind: 'boolean', help: 'The argument is an accessor. The token itself is not shown.' } },
  async run({ args: [argument], flags, session }) {
    if (flags.accessor && argument === undefined)
      throw wrongArguments('Not enough arguments with -accessor (expected 1, got 0)')
    const token = await tokenArgument(argument)
    const { client } = session
    const found = flags.accessor
      ? client.write('auth/token/lookup-accessor', { accessor: token ?? '' })
      : token === undefined
        ? client.read('auth/token/lookup-self')
        : client.write('auth/token/lookup', { token })
    return answerOr(session, await remote('Error looking up token', found), 'There is no such token')
  },
})
