import type { Logical } from '../../../sdk/logical.ts'
import { command } from '../../command.ts'
import { misuse, remote, wrongArguments } from '../../failure.ts'
import { printLine } from '../../terminal.ts'
import { tokenArgument } from './argument.ts'

export const revoke = command({
  usage: '[options] [TOKEN | ACCESSOR | PATH]',
  description: 'Revokes a token and all its children. "-" reads it from stdin.',
  args: [0, 1],
  flags: {
    accessor: { kind: 'boolean', help: 'The argument is an accessor.' },
    self: { kind: 'boolean', help: 'Revoke the token in use.' },
    mode: {
      kind: 'text',
      help: 'orphan: leave its children alive. path: revoke all tokens made by logins at this path.',
    },
  },
  async run({ args, flags, session }) {
    const mode = flags.mode ?? ''
    checkUse(args.length, flags.self === true, flags.accessor === true, mode)
    const subject = (await tokenArgument(args[0])) ?? ''
    await remote('Error revoking token', revocation(session.client, subject, flags.self, flags.accessor, mode))
    printLine('Success! Revoked token (if it existed)')
    return 0
  },
})

function checkUse(count: number, self: boolean, accessor: boolean, mode: string): void {
  if (!['', 'orphan', 'path'].includes(mode)) throw misuse(`Invalid mode: ${mode}`)
  if (self && count > 0) throw wrongArguments(`Too many arguments with -self (expected 0, got ${count})`)
  if (!self && count < 1) throw wrongArguments(`Not enough arguments (expected 1 or -self, got ${count})`)
  if (self && accessor) throw misuse('Cannot use -self with -accessor!')
  if (self && mode !== '') throw misuse('Cannot use -self with -mode!')
  if (accessor && mode !== '') throw misuse(`Cannot use -accessor with -mode=${mode}!`)
}

function revocation(client: Logical, subject: string, self = false, accessor = false, mode: string) {
  if (self) return client.write('auth/token/revoke-self')
  if (accessor) return client.write('auth/token/revoke-accessor', { accessor: subject })
  if (mode === 'path') return client.write(`sys/leases/revoke-prefix/${subject}`)
  return client.write(mode === 'orphan' ? 'auth/token/revoke-orphan' : 'auth/token/revoke', { token: subject })
}
