import { isJsonObject, parseJson } from '../../../sdk/json.ts'
import { command } from '../../command.ts'
import { type ExitCode, misuse, remote } from '../../failure.ts'
import { trimPath } from '../../path.ts'
import type { Session } from '../../session.ts'
import { printLine } from '../../terminal.ts'
import { offline } from './offline.ts'
import { sharesOnStdin, withOfflineFailures } from './snapshot.ts'

export const restore = command({
  usage: '[options] FILE',
  description:
    'Restores a snapshot of the running vault into it, on all its nodes at once: everything is what it was then, ' +
    'tokens and leases too. The server verifies the whole of it first. With -force it may be of another vault; unless that ' +
    'has the same keys, the server is sealed afterwards and wants the key shares of the vault that was restored.\n\n' +
    '    egide operator snapshot restore FILE\n' +
    '    egide operator snapshot restore -force FILE\n\n' +
    'With -config it restores a snapshot into the empty storage that the configuration of a server names, while no server runs on it. ' +
    'The whole file is verified before anything is written, and what was written is read back. A restore that was ' +
    'interrupted leaves a storage that no server starts with: run it again.\n\n' +
    '    egide operator snapshot restore -config=server.hcl FILE\n\n' +
    'With -path it opens the snapshot in memory instead, and writes the secret at that path, and those below it, to ' +
    'the running server: their newest version, as a new one. What was written since stays as an older version.\n\n' +
    '    egide operator snapshot restore -path=secret/app -shares FILE < shares\n' +
    '    egide operator snapshot restore -path=secret/app -config=server.hcl FILE\n\n' +
    'The shares of the vault open it, one a line, or the seal of that configuration.',
  args: [1, 1],
  flags: {
    force: { kind: 'boolean', help: 'Restore into the running vault whatever vault the snapshot is of.' },
    config: { kind: 'list', help: "The server's configuration file or folder. May be repeated." },
    'public-key': {
      kind: 'text',
      help: "PEM file of the vault's key: a snapshot of any other vault is refused.",
    },
    path: { kind: 'text', help: 'Restore only this secret or folder of a key-value store, or a whole one.' },
    shares: { kind: 'boolean', help: 'With -path: read key shares from stdin, one a line.' },
  },
  async run({ args: [file = ''], flags, session }) {
    const { config = [], 'public-key': key, path } = flags
    if (path !== undefined && flags.force !== undefined) throw misuse('-force goes with a whole vault, not with -path')
    if (path !== undefined)
      return restoreSecrets(session, file, { config, key, path, hasShares: flags.shares === true })
    if (flags.shares !== undefined) throw misuse('-shares goes with -path')
    if (config.length === 0) return restoreOnline(session, file, key, flags.force === true)
    if (flags.force !== undefined) throw misuse('-force goes with a running server, not with -config')
    const { restoreFile } = await offline()
    const { copied } = await withOfflineFailures(restoreFile(file, key, config, session.environment))
    printLine(`Success! Restored and read back ${copied.entries} entries. Start the server and unseal it.`)
    return 0
  },
})

/** The file is looked at here before it is sent, so that what is damaged costs no one anything. */
async function restoreOnline(
  session: Session,
  file: string,
  key: string | undefined,
  isForced: boolean,
): Promise<ExitCode> {
  const { examineFile } = await offline()
  const { totals } = await withOfflineFailures(examineFile(file, key))
  const path = isForced ? 'sys/storage/snapshot-force' : 'sys/storage/snapshot'
  await remote('Error restoring the snapshot', session.client.upload(path, file))
  printLine(`Success! Restored ${totals.entries} entries.`)
  const status = await remote('Error reading the seal status', session.client.json('GET', 'sys/seal-status'))
  if (status.sealed === true)
    printLine('The server is sealed: unseal it with the key shares of the vault that was restored.')
  return 0
}

interface Part {
  readonly config: readonly string[]
  readonly key: string | undefined
  /** Of the API. */
  readonly path: string
  readonly hasShares: boolean
}

async function restoreSecrets(session: Session, file: string, part: Part): Promise<ExitCode> {
  const { config, key, hasShares } = part
  if (!hasShares && config.length === 0) throw misuse('-shares or -config says what opens the snapshot')
  const { examineFile, extractSecrets } = await offline()
  const snapshot = await withOfflineFailures(examineFile(file, key))
  const shares = hasShares ? await sharesOnStdin() : []
  const secrets = await withOfflineFailures(
    extractSecrets(snapshot, trimPath(part.path), shares, config, session.environment),
  )
  for (const { apiPath, body } of secrets) {
    const data = parseJson(body)
    if (isJsonObject(data)) await remote(`Error writing ${apiPath}`, session.client.write(apiPath, data))
    printLine(apiPath)
  }
  printLine(`Success! Restored ${secrets.length} secrets.`)
  return 0
}
