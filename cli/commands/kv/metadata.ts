import { isJsonObject, type JsonObject } from '../../../sdk/json.ts'
import { command } from '../../command.ts'
import { wireDuration } from '../../duration.ts'
import { found, misuse, remote } from '../../failure.ts'
import type { Flags, FlagValues } from '../../flag.ts'
import type { Session } from '../../session.ts'
import { printLine } from '../../terminal.ts'
import { answerOr, answerWith } from '../answer.ts'
import { locateVersioned, MOUNT } from './mount.ts'
import { printPath, printSection } from './written.ts'

const SETTINGS = {
  ...MOUNT,
  'max-versions': { kind: 'integer', help: 'Versions to keep; 0: as many as the store says.' },
  'cas-required': { kind: 'boolean', help: 'Whether every write must name the version it replaces.' },
  'delete-version-after': { kind: 'duration', help: 'Delete a version this long after it was written.' },
  'custom-metadata': { kind: 'pairs', help: 'What you want to say of the secret, key=value. Repeatable.' },
} as const satisfies Flags

export const get = command({
  usage: '[options] KEY',
  description: 'Shows what is kept about a secret and each of its versions.',
  args: [1, 1],
  output: 'field',
  flags: MOUNT,
  async run({ args: [key = ''], flags, session }) {
    const path = await metadataPath(session, key, flags.mount)
    const secret = await found(path, session.client.find(path))
    if (session.field !== undefined || session.format !== 'table' || secret.wrap_info !== undefined) {
      return answerWith(session, secret)
    }
    printPath('Metadata Path', path)
    const { versions, ...metadata } = secret.data ?? {}
    printSection('Metadata', metadata)
    printVersions(isJsonObject(versions) ? versions : {})
    return 0
  },
})

export const put = command({
  usage: '[options] KEY',
  description: 'Sets what is kept about a secret, without making a version. Custom metadata is replaced as a whole.',
  args: [1, 1],
  output: 'format',
  flags: SETTINGS,
  async run({ args: [key = ''], flags, session }) {
    const path = await metadataPath(session, key, flags.mount)
    const custom = flags['custom-metadata']
    const body = { ...settingsOf(flags), ...(custom && { custom_metadata: custom }) }
    const secret = await remote(`Error writing data to ${path}`, session.client.write(path, body))
    return answerOr(session, secret, `Success! Data written to: ${path}`)
  },
})

export const patch = command({
  usage: '[options] KEY',
  description: 'Changes some of what is kept about a secret, and leaves the rest.',
  args: [1, 1],
  output: 'format',
  flags: {
    ...SETTINGS,
    'remove-custom-metadata': { kind: 'list', help: 'Remove this key of the custom metadata. Repeatable.' },
  },
  async run({ args: [key = ''], flags, session }) {
    const path = await metadataPath(session, key, flags.mount)
    const removed = (flags['remove-custom-metadata'] ?? []).map((name) => [name, null] as const)
    const custom: JsonObject = { ...flags['custom-metadata'], ...Object.fromEntries(removed) }
    const body = { ...settingsOf(flags), custom_metadata: custom }
    const secret = await remote(`Error writing data to ${path}`, session.client.patch(path, body))
    return answerOr(session, secret, `Success! Data written to: ${path}`)
  },
})

export const remove = command({
  usage: '[options] KEY',
  description: 'Deletes a secret with all its versions and metadata, for good.',
  args: [1, 1],
  output: 'format',
  flags: MOUNT,
  async run({ args: [key = ''], flags, session }) {
    const path = await metadataPath(session, key, flags.mount)
    const secret = await remote(`Error deleting ${path}`, session.client.delete(path))
    return answerOr(session, secret, `Success! Data deleted (if it existed) at: ${path}`)
  },
})

async function metadataPath(session: Session, key: string, mount: string | undefined): Promise<string> {
  const place = await locateVersioned(session, key, mount, misuse('Metadata not supported on KV Version 1'))
  return place.api('metadata')
}

function settingsOf(flags: FlagValues<typeof SETTINGS>): JsonObject {
  const { 'max-versions': maxVersions, 'cas-required': casRequired, 'delete-version-after': deleteAfter } = flags
  return {
    ...(maxVersions !== undefined && { max_versions: maxVersions }),
    ...(casRequired !== undefined && { cas_required: casRequired }),
    ...(deleteAfter !== undefined && { delete_version_after: wireDuration(deleteAfter) }),
  }
}

function printVersions(versions: JsonObject): void {
  const numbered = Object.entries(versions).sort(([a], [b]) => Number(a) - Number(b))
  for (const [number, version] of numbered) {
    printLine()
    printSection(`Version ${number}`, isJsonObject(version) ? version : {})
  }
}
