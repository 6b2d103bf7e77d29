import { isJsonObject, type JsonObject } from '../../../sdk/json.ts'
import type { Secret } from '../../../sdk/secret.ts'
import { command } from '../../command.ts'
import { type ExitCode, Failure, found } from '../../failure.ts'
import { printField, printSecret, printWarnings } from '../../output/print.ts'
import type { Session } from '../../session.ts'
import { printLine } from '../../terminal.ts'
import { answerWith } from '../answer.ts'
import { locate, MOUNT } from './mount.ts'
import { printPath, printSection } from './written.ts'

export const get = command({
  usage: '[options] KEY',
  description: 'Reads a secret: its newest version, or the one asked for.',
  args: [1, 1],
  output: 'field',
  flags: { ...MOUNT, version: { kind: 'integer', help: 'Read this version.' } },
  async run({ args: [key = ''], flags, session }) {
    const place = await locate(session, key, flags.mount)
    const path = place.api('data')
    const version = flags.version ?? 0
    const query = place.versioned && version > 0 ? [['version', String(version)] as const] : []
    const secret = await found(path, session.client.find(path, query))
    if (secret.wrap_info !== undefined) return answerWith(session, secret)
    if (session.field !== undefined) {
      return place.versioned ? printVersionField(session, secret, session.field, path) : answerWith(session, secret)
    }
    if (session.format !== 'table') await printSecret(session.format, secret)
    else printForPeople(secret, place.versioned, path)
    return 0
  },
})

/** A field of the data; `data` itself is the whole, unless the secret has a field of that name. */
async function printVersionField(session: Session, secret: Secret, field: string, path: string): Promise<ExitCode> {
  const data = secret.data?.data
  if (!isJsonObject(data)) throw new Failure(`No data found at ${path}`, 2)
  await printField(session.format, field === 'data' && !Object.hasOwn(data, 'data') ? secret : data, field)
  return 0
}

function printForPeople(secret: Secret, versioned: boolean, path: string): void {
  printWarnings(secret)
  const data: JsonObject = secret.data ?? {}
  if (!versioned) {
    printSection('Data', data)
    return
  }
  printPath('Secret Path', path)
  if (isJsonObject(data.metadata)) {
    printSection('Metadata', data.metadata)
    printLine()
  }
  if (isJsonObject(data.data)) printSection('Data', data.data)
}
