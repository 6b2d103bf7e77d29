import { readFileSync } from 'node:fs'
import type { JsonObject } from '../../sdk/json.ts'
import type { Secret } from '../../sdk/secret.ts'
import { command } from '../command.ts'
import { misuse, remote } from '../failure.ts'
import type { Flags, FlagValues } from '../flag.ts'
import { plain } from '../output/plain.ts'
import { printSecret } from '../output/print.ts'
import { mountPath, trimPath } from '../path.ts'
import type { Session } from '../session.ts'
import { printLine } from '../terminal.ts'
import { printSealStatus } from './operator/seal-status.ts'
import { sharesFrom } from './operator/shares.ts'

/** Namespaces with shares of their own. */

export const SEAL_SAID = {
  'key-shares': {
    kind: 'integer',
    aliases: ['n'],
    help: 'How many key shares of its own it gets; without any, it has none.',
  },
  'key-threshold': { kind: 'integer', aliases: ['t'], help: 'How many of them unseal it.' },
  seal: { kind: 'text', help: 'File with one seal stanza in HCL or JSON, instead of the two above.' },
} as const satisfies Flags

/** What `create` sends of the seal. */
export function sealOf(flags: FlagValues<typeof SEAL_SAID>): JsonObject {
  const { 'key-shares': shares, 'key-threshold': threshold, seal: file } = flags
  if (file !== undefined && (shares !== undefined || threshold !== undefined))
    throw misuse('-seal and -key-shares, -key-threshold say the same: give one of them.')
  if (file !== undefined) return { seal: contentOf(file) }
  if (shares === undefined && threshold === undefined) return {}
  return { seal: `seal "shamir" {\n  shares = ${shares ?? 0}\n  threshold = ${threshold ?? 0}\n}` }
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw misuse(`Error reading seal config file: ${cause instanceof Error ? cause.message : file}`)
  }
}

/** For a table: the shares, which are shown this once. Resolves with what else there is to show. */
export function printShares(secret: Secret | undefined): Secret | undefined {
  const { key_shares: shares, ...rest } = secret?.data ?? {}
  if (secret === undefined || !Array.isArray(shares)) return secret
  shares.forEach((share, at) => {
    printLine(`Unseal Key ${at + 1}: ${plain(share)}`)
  })
  const threshold = plain(rest.key_threshold ?? 0)
  printLine('')
  printLine(`The namespace has ${shares.length} key shares, of which ${threshold} unseal it, and is sealed.`)
  printLine('They are shown this once. Without them nobody reads what it keeps.')
  printLine('')
  return { ...secret, data: rest }
}

export const seal = command({
  usage: '[options] NAME',
  description: 'Seals a namespace with key shares of its own, and all below it.',
  args: [1, 1],
  flags: {},
  async run({ args: [given = ''], session }) {
    await remote('Error sealing namespace', session.client.write(pathOf(given, 'seal')))
    printLine(`Success! Namespace sealed: ${mountPath(given)}`)
    return 0
  },
})

export const unseal = command({
  usage: '[options] NAME [KEY]',
  description:
    'Gives a key share to the server. It unseals the namespace when it has as many as its threshold.\n\n' +
    'Without KEY, the share is asked for and not shown. With "-", stdin is read: one share a line. ' +
    'A share on the command line ends in shell history and process lists.',
  args: [1, 2],
  output: 'format',
  flags: { reset: { kind: 'boolean', help: 'Forget the shares given so far.' } },
  async run({ args: [given = '', key], flags, session }) {
    const status = flags.reset
      ? await give(session, given, { reset: true })
      : await giveShares(session, given, await sharesFrom(key, 'Unseal Key', session.interactive))
    return printSealStatus(session.format, status)
  },
})

export const sealStatus = command({
  usage: '[options] NAME',
  description: 'Shows whether a namespace is sealed on the server that answers, and how far unsealing is.',
  args: [1, 1],
  output: 'format',
  flags: {},
  async run({ args: [given = ''], session }) {
    const secret = await remote('Error checking seal status', session.client.read(pathOf(given, 'seal-status')))
    return printSealStatus(session.format, secret?.data ?? {})
  },
})

export const deleteSealed = command({
  usage: '[options] NAME',
  description: 'Deletes a namespace that is sealed, without its key shares. The token needs sudo.',
  args: [1, 1],
  flags: { force: { kind: 'boolean', help: 'Delete the namespaces below it too.' } },
  async run({ args: [given = ''], flags, session }) {
    const query = flags.force === true ? [['force', 'true'] as const] : []
    const answer = session.client.delete(pathOf(given, 'delete-sealed'), query)
    const secret = await remote('Error deleting sealed namespace', answer)
    if (secret?.data?.status === undefined) {
      if (secret !== undefined) await printSecret(session.format, secret)
      return 0
    }
    printLine(`Success! Namespace deletion scheduled: ${mountPath(given)}`)
    return 0
  },
})

/** Stops as soon as it is unsealed. */
async function giveShares(session: Session, name: string, shares: readonly string[]): Promise<JsonObject> {
  let status: JsonObject = {}
  for (const key of shares) {
    status = await give(session, name, { key })
    if (status.sealed === false) break
  }
  return status
}

async function give(session: Session, name: string, body: JsonObject): Promise<JsonObject> {
  const secret = await remote('Error unsealing namespace', session.client.write(pathOf(name, 'unseal'), body))
  return secret?.data ?? {}
}

const pathOf = (given: string, what: string): string => `sys/namespaces/${trimPath(given)}/${what}`
