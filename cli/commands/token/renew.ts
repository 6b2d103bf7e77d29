import { command } from '../../command.ts'
import { wireDuration } from '../../duration.ts'
import { remote, wrongArguments } from '../../failure.ts'
import { answerOr } from '../answer.ts'
import { tokenArgument } from './argument.ts'

export const renew = command({
  usage: '[options] [TOKEN | ACCESSOR]',
  description: 'Renews a token: the one in use, or TOKEN ("-": from stdin).',
  args: [0, 1],
  output: 'field',
  flags: {
    accessor: { kind: 'boolean', help: 'The argument is an accessor. The token itself is not shown.' },
    increment: { kind: 'duration', help: 'How long from now; the server may give less.', aliases: ['i'] },
  },
  async run({ args: [argument], flags, session }) {
    if (flags.accessor && argument === undefined)
      throw wrongArguments('Not enough arguments with -accessor (expected 1, got 0)')
    const token = await tokenArgument(argument)
    const increment = flags.increment === undefined ? {} : { increment: wireDuration(flags.increment) }
    const { client } = session
    const renewed = flags.accessor
      ? client.write('auth/token/renew-accessor', { accessor: token ?? '', ...increment })
      : token === undefined
        ? client.write('auth/token/renew-self', increment)
        : client.write('auth/token/renew', { token, ...increment })
    return answerOr(session, await remote('Error renewing token', renewed), 'Success! Renewed token')
  },
})
