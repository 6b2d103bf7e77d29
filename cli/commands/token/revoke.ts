import type { Logical } from '../../../sdk/logical.ts'
import type { Secret } from '../../../sdk/secret.ts'
import { command } from '../../command.ts'
import { misuse, remote, wrongArguments } from '../../failure.ts'
import { trimPath } from '../../path.ts'
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
    const what = { self: flags.self === true, accessor: flags.accessor === true, mode: flags.mode ?? '' }
    checkUse(args.length, what)
    const subject = (await tokenArgument(args[0])) ?? ''
    await remote('Error revoking token', revokeAt(session.client, subject, what))
    printLine('Success! Revoked token (if it existed)')
    return 0
  },
})

/** What the flags ask for; `mode`: '', orphan or path. */
interface What {
  readonly self: boolean
  readonly accessor: boolean
  readonly mode: string
}

function checkUse(count: number, { self, accessor, mode }: What): void {
  if (!['', 'orphan', 'path'].includes(mode)) throw misuse(`Invalid mode: ${mode}`)
  if (self && count > 0) throw wrongArguments(`Too many arguments with -self (expected 0, got ${count})`)
  if (!self && count < 1) throw wrongArguments(`Not enough arguments (expected 1 or -self, got ${count})`)
  if (self && accessor) throw misuse('Cannot use -self with -accessor!')
  if (self && mode !== '') throw misuse('Cannot use -self with -mode!')
  if (accessor && mode !== '') throw misuse(`Cannot use -accessor with -mode=${mode}!`)
}

function revokeAt(client: Logical, subject: string, { self, accessor, mode }: What): Promise<Secret | undefined> {
  if (self) return client.write('auth/token/revoke-self')
  if (accessor) return client.write('auth/token/revoke-accessor', { accessor: subject })
  if (mode === 'path') return client.write(`sys/leases/revoke-prefix/${trimPath(subject)}`)
  return client.write(mode === 'orphan' ? 'auth/token/revoke-orphan' : 'auth/token/revoke', { token: subject })
}
