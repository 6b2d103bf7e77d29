import { command } from '../../command.ts'
import { Failure, misuse, remote } from '../../failure.ts'
import { answerOr } from '../answer.ts'
import { dataOf, readVersion } from './current.ts'
import { locateVersioned, MOUNT } from './mount.ts'

export const rollback = command({
  usage: '[options] KEY',
  description: 'Writes the data of an old version as a new version.',
  args: [1, 1],
  output: 'field',
  flags: { ...MOUNT, version: { kind: 'integer', help: 'The version to make current again.' } },
  async run({ args: [key = ''], flags, session }) {
    if (flags.version === undefined) throw misuse('Version flag must be specified')
    if (flags.version <= 0) throw misuse(`Invalid value ${flags.version} for the version flag`)
    const refusal = new Failure('K/V engine mount must be version 2 for rollback support', 2)
    const place = await locateVersioned(session, key, flags.mount, refusal)
    const path = place.api('data')
    const current = await readVersion(session.preflight, path)
    const old = await readVersion(session.preflight, path, [['version', String(flags.version)]])
    if (old.metadata.destroyed === true) throw new Failure('Cannot roll back to a version that has been destroyed', 2)
    if (old.metadata.deletion_time && old.data === undefined) {
      throw new Failure('Cannot roll back to a version that has been deleted', 2)
    }
    const body = { data: dataOf(old, path), options: { cas: current.metadata.version ?? null } }
    const secret = await remote(`Error writing data to ${path}`, session.client.write(path, body))
    return answerOr(session, secret, `Success! Data written to: ${path}`)
  },
})
