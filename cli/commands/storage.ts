import { isJsonObject, parseJson } from '../../sdk/json.ts'
import { command } from '../command.ts'
import { Failure, misuse, remote } from '../failure.ts'
import { plain } from '../output/plain.ts'
import { printLine, warn } from '../terminal.ts'
import { offline } from './operator/offline.ts'
import { withOfflineFailures } from './operator/snapshot.ts'

export const check = command({
  usage: '[options]',
  description:
    'Has a running server open every entry that it keeps, and prints the paths of those that do not open. Interrupt it ' +
    'to cancel. The token needs sudo on sys/storage/check. Ends with 2 when something is damaged.',
  args: [0, 0],
  flags: {
    'entries-per-second': { kind: 'integer', help: 'How fast at most; 0: as fast as it goes. Default 20000.' },
  },
  async run({ flags, session }) {
    const interrupted = new AbortController()
    process.once('SIGINT', () => interrupted.abort())
    const speed = flags['entries-per-second']
    const query = speed === undefined ? [] : [['entries_per_second', String(speed)] as const]
    const read = async () => {
      for await (const line of session.client.lines('sys/storage/check', query, interrupted.signal)) {
        const told = parseJson(line)
        if (!isJsonObject(told)) continue
        if (told.path !== undefined) printLine(`${plain(told.path)}: ${plain(told.problem ?? '')}`)
        if (told.done === true)
          return { checked: Number(told.checked), damaged: Number(told.damaged), sealed: Number(told.sealed ?? 0) }
      }
      return undefined
    }
    const result = await remote('Error checking the storage', read())
    if (result === undefined) throw new Failure('Error checking the storage: it ended before its end', 2)
    printLine(`${result.checked} entries checked, ${result.damaged} damaged.`)
    if (result.sealed > 0)
      printLine(
        `${result.sealed} of them lie in sealed namespaces and could not be opened: unseal those to check them.`,
      )
    return result.damaged === 0 ? 0 : 2
  },
})

export const migrate = command({
  usage: '[options]',
  description:
    'Copies a vault into another, empty storage: from SQLite to PostgreSQL or back. Stop every server first. Each of ' +
    'the two is named by the configuration of a server that would use it. What was written is read back and compared; ' +
    'a migration that was interrupted leaves a storage that no server starts with: run it again.\n\n' +
    '    egide storage migrate -source=sqlite.hcl -destination=postgresql.hcl',
  args: [0, 0],
  network: false,
  flags: {
    source: { kind: 'list', help: 'Configuration that names the storage to copy. May be repeated.' },
    destination: { kind: 'list', help: 'Configuration that names the empty storage. May be repeated.' },
  },
  async run({ flags, session }) {
    if (flags.source === undefined || flags.destination === undefined)
      throw misuse('-source and -destination name two configurations')
    const { migrateStorage } = await offline()
    const copied = await withOfflineFailures(migrateStorage(flags.source, flags.destination, session.environment))
    for (const path of copied.strays) warn(`left out, for no server writes such rows: ${path}`)
    printLine(`Success! Copied and read back ${copied.entries} entries, ${copied.bytes} bytes.`)
    return 0
  },
})
