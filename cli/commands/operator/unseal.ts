import type { JsonObject } from '../../../sdk/json.ts'
import type { Logical } from '../../../sdk/logical.ts'
import { command } from '../../command.ts'
import { remote } from '../../failure.ts'
import { fullSealStatus, printSealStatus } from './seal-status.ts'
import { sharesFrom } from './shares.ts'

export const unseal = command({
  usage: '[options] [KEY]',
  description:
    'Gives a key share to the server. It unseals when it has as many as its threshold.\n\n' +
    'Without KEY, the share is asked for and not shown. With "-", stdin is read: one share a line. ' +
    'A share on the command line ends in shell history and process lists.',
  args: [0, 1],
  output: 'format',
  flags: {
    reset: { kind: 'boolean', help: 'Forget the shares given so far.' },
    migrate: { kind: 'boolean', help: 'The share is for migrating to another seal.' },
  },
  async run({ args: [given], flags, session }) {
    const { client } = session
    const status = flags.reset
      ? await remote('Error resetting unseal process', give(client, { reset: true }))
      : await giveShares(client, await sharesFrom(given, 'Unseal Key', session.interactive), flags.migrate === true)
    return printSealStatus(session.format, await fullSealStatus(client, status))
  },
})

/** Stops as soon as the server is unsealed: a share too many would only be an error. */
async function giveShares(client: Logical, shares: readonly string[], migrate: boolean): Promise<JsonObject> {
  let status: JsonObject = {}
  for (const key of shares) {
    status = await remote('Error unsealing', give(client, migrate ? { key, migrate } : { key }))
    if (status.sealed === false) break
  }
  return status
}

function give(client: Logical, body: JsonObject): Promise<JsonObject> {
  return client.json('PUT', 'sys/unseal', { body })
}
