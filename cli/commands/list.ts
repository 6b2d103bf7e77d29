import { formatJson } from '../../sdk/json.ts'
import type { Page } from '../../sdk/logical.ts'
import type { Secret } from '../../sdk/secret.ts'
import { command } from '../command.ts'
import { type ExitCode, Failure, remote } from '../failure.ts'
import type { Flags, FlagValues } from '../flag.ts'
import { keysOf, printKeys, printSecret } from '../output/print.ts'
import { trimPath } from '../path.ts'
import type { Session } from '../session.ts'
import { printLine } from '../terminal.ts'
import { isWrapped } from './answer.ts'

export const PAGE = {
  after: { kind: 'text', help: 'Begin behind this key.' },
  limit: { kind: 'integer', help: 'Most keys to return.' },
} as const satisfies Flags

export const list = command({
  usage: '[options] PATH',
  description: 'Lists what is directly below PATH. A name that ends in a slash has more below it.',
  args: [1, 1],
  output: 'format',
  flags: PAGE,
  async run({ args: [target = ''], flags, session }) {
    const path = trimPath(target)
    return printListing(session, path, await remote(`Error listing ${path}`, session.client.list(path, pageOf(flags))))
  },
})

export const scan = command({
  usage: '[options] PATH',
  description: 'Lists everything below PATH, at any depth.',
  args: [1, 1],
  output: 'format',
  flags: PAGE,
  async run({ args: [target = ''], flags, session }) {
    const path = trimPath(target)
    return printListing(session, path, await remote(`Error scanning ${path}`, session.client.scan(path, pageOf(flags))))
  },
})

export function pageOf({ after, limit }: FlagValues<typeof PAGE>): Page {
  return { ...(after !== undefined && { after }), ...(limit !== undefined && { limit }) }
}

/** A listing with nothing in it ends with 2, and is `{}` for a program. */
export async function printListing(session: Session, path: string, secret: Secret | undefined): Promise<ExitCode> {
  if (secret !== undefined && isWrapped(secret)) {
    await printSecret(session.format, secret)
    return 0
  }
  const keys = keysOf(secret)
  if (secret !== undefined && keys !== undefined) {
    await printKeys(session.format, keys, secret)
    return 0
  }
  if (session.format !== 'table') {
    printLine(formatJson({}))
    return 2
  }
  throw new Failure(secret?.data ? `No entries found at ${path}` : `No value found at ${path}`, 2)
}
