import { command } from '../../command.ts'
import { misuse, remote } from '../../failure.ts'
import type { Flags } from '../../flag.ts'
import type { Session } from '../../session.ts'
import { answerOr } from '../answer.ts'
import { locateVersioned, MOUNT, versionsOf } from './mount.ts'

const VERSIONS = {
  ...MOUNT,
  versions: { kind: 'list', help: 'Versions, separated by commas. Repeatable.' },
} as const satisfies Flags

export const undelete = command({
  usage: '[options] KEY',
  description: 'Brings deleted versions of a secret back.',
  args: [1, 1],
  output: 'format',
  flags: VERSIONS,
  run: ({ args: [key = ''], flags, session }) => changeVersions('undelete', session, key, flags.mount, flags.versions),
})

export const destroy = command({
  usage: '[options] KEY',
  description: 'Destroys versions of a secret: their data is gone for good.',
  args: [1, 1],
  output: 'format',
  flags: VERSIONS,
  run: ({ args: [key = ''], flags, session }) => changeVersions('destroy', session, key, flags.mount, flags.versions),
})

async function changeVersions(
  change: 'undelete' | 'destroy',
  session: Session,
  key: string,
  mount: string | undefined,
  given: readonly string[] | undefined,
) {
  const versions = versionsOf(given)
  if (versions.length === 0)
    throw misuse(`No versions provided, use the "-versions" flag to specify the version to ${change}.`)
  const name = change === 'destroy' ? 'Destroy' : 'Undelete'
  const place = await locateVersioned(session, key, mount, misuse(`${name} not supported on KV Version 1`))
  const path = place.api(change)
  const secret = await remote(`Error writing data to ${path}`, session.client.write(path, { versions }))
  return answerOr(session, secret, `Success! Data written to: ${path}`)
}
