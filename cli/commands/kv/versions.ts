import { command, type Invocation } from '../../command.ts'
import { type ExitCode, misuse, remote } from '../../failure.ts'
import type { Flags } from '../../flag.ts'
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
  run: (invocation) => changeVersions('undelete', invocation),
})

export const destroy = command({
  usage: '[options] KEY',
  description: 'Destroys versions of a secret: their data is gone for good.',
  args: [1, 1],
  output: 'format',
  flags: VERSIONS,
  run: (invocation) => changeVersions('destroy', invocation),
})

async function changeVersions(
  change: 'undelete' | 'destroy',
  { args: [key = ''], flags, session }: Invocation<typeof VERSIONS>,
): Promise<ExitCode> {
  const versions = versionsOf(flags.versions)
  if (versions.length === 0)
    throw misuse(`No versions provided, use the "-versions" flag to specify the version to ${change}.`)
  const name = change === 'destroy' ? 'Destroy' : 'Undelete'
  const place = await locateVersioned(session, key, flags.mount, misuse(`${name} not supported on KV Version 1`))
  const path = place.api(change)
  const secret = await remote(`Error writing data to ${path}`, session.client.write(path, { versions }))
  return answerOr(session, secret, `Success! Data written to: ${path}`)
}
