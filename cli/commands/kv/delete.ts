import { command } from '../../command.ts'
import { misuse, remote } from '../../failure.ts'
import { answerOr } from '../answer.ts'
import { locate, MOUNT, versionsOf } from './mount.ts'

export const remove = command({
  usage: '[options] KEY',
  description:
    'Deletes a secret. In a store with versions: its newest version, or those named; undelete brings them back.',
  args: [1, 1],
  output: 'field',
  flags: { ...MOUNT, versions: { kind: 'list', help: 'Versions to delete, separated by commas. Repeatable.' } },
  async run({ args: [key = ''], flags, session }) {
    const versions = versionsOf(flags.versions)
    const place = await locate(session, key, flags.mount)
    // Deleting the whole secret instead of what was asked for could not be undone.
    if (versions.length > 0 && !place.versioned) throw misuse('-versions is not supported on KV Version 1')
    const path = place.api('data')
    const { client } = session
    const deleted = versions.length > 0 ? client.write(place.api('delete'), { versions }) : client.delete(path)
    const secret = await remote(`Error deleting ${path}`, deleted)
    return answerOr(session, secret, `Success! Data deleted (if it existed) at: ${path}`)
  },
})
