import type { Logical } from '../../sdk/logical.ts'
import type { Secret } from '../../sdk/secret.ts'
import { command } from '../command.ts'
import { remote } from '../failure.ts'
import { keysOf, printKeys } from '../output/print.ts'
import { printLine, readStdin } from '../terminal.ts'
import { answerWith } from './answer.ts'

export const unwrap = command({
  usage: '[options] [TOKEN]',
  description:
    'Takes the answer that a wrapping token holds, once. Without TOKEN, the token in use is unwrapped; "-" reads it from stdin.',
  args: [0, 1],
  output: 'field',
  flags: {},
  async run({ args: [given], session }) {
    const token = (given === '-' ? await readStdin() : given)?.trim()
    // Without a token in use, the wrapping token itself authenticates the request.
    const alone = token !== undefined && !session.hasToken
    const client = alone ? session.anonymous.with({ token }) : session.client
    const secret = await remote('Error unwrapping', unwrapToken(client, alone ? undefined : token))
    if (secret === undefined) {
      if (session.format === 'table') printLine('Successfully unwrapped. There was no data in the wrapped secret.')
      return 0
    }
    const keys = keysOf(secret)
    if (keys === undefined || session.field !== undefined) return answerWith(session, secret)
    await printKeys(session.format, keys, secret)
    return 0
  },
})

/** What `token` wraps; without one, what the token that the client uses wraps. */
export function unwrapToken(client: Logical, token: string | undefined): Promise<Secret | undefined> {
  return client.with({ wrapTtl: '' }).write('sys/wrapping/unwrap', token === undefined ? {} : { token })
}
