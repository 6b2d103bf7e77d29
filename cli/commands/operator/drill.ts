import { isJsonObject, type JsonObject } from '../../../sdk/json.ts'
import { command } from '../../command.ts'
import { type ExitCode, misuse, remote } from '../../failure.ts'
import { plain } from '../../output/plain.ts'
import { serialised } from '../../output/print.ts'
import { columns } from '../../output/table.ts'
import type { Session } from '../../session.ts'
import { printLine } from '../../terminal.ts'
import { sharesFrom } from './shares.ts'

const DRILL = 'sys/seal-drill'

export const drill = command({
  usage: '[options] [KEY]',
  description:
    'Proves that key shares would open the vault, or that the service of its seal would. Nothing is sealed, opened or ' +
    'changed: it is for finding out in time that shares are lost, or that a service has forgotten its key.\n\n' +
    '    egide operator drill                  asks for a share; run by each holder\n' +
    '    egide operator drill -service         asks the service of the seal\n\n' +
    'A share is read from stdin with "-", one a line. The token needs sudo on sys/seal-drill.',
  args: [0, 1],
  output: 'format',
  flags: {
    service: { kind: 'boolean', help: 'Try the service of the seal instead of shares.' },
    status: { kind: 'boolean', help: 'Show how far it is.' },
    reset: { kind: 'boolean', help: 'Forget the shares given so far.' },
  },
  async run({ args: [given], flags, session }) {
    if (flags.service) return tryService(session)
    if (flags.reset) {
      await remote('Error resetting the drill', session.client.delete(DRILL))
      printLine('Success! The drill is forgotten.')
      return 0
    }
    return printProgress(session, flags.status ? await progress(session) : await giveShares(session, given))
  },
})

async function tryService(session: Session): Promise<ExitCode> {
  const doing = 'Error trying the service of the seal'
  const tried = dataOf(await remote(doing, session.client.json('PUT', `${DRILL}/service`, { body: {} })))
  if (session.format === 'table') printLine(`Success! The ${plain(tried.type ?? '')} seal would open the vault.`)
  else printLine(await serialised(session.format, tried))
  return 0
}

async function progress({ client }: Session): Promise<JsonObject> {
  return dataOf(await remote('Error getting the status of the drill', client.json('GET', DRILL)))
}

async function giveShares(session: Session, given: string | undefined): Promise<JsonObject> {
  let status = await progress(session)
  for (const key of await sharesFrom(given, 'Key Share', session.interactive)) {
    const body = { key, nonce: plain(status.nonce ?? '') }
    status = dataOf(await remote('Error giving the share', session.client.json('PUT', DRILL, { body })))
    if (status.complete === true) break
  }
  return status
}

async function printProgress(session: Session, status: JsonObject): Promise<ExitCode> {
  if (session.format !== 'table') {
    printLine(await serialised(session.format, status))
    return 0
  }
  if (status.complete === true) {
    printLine(
      status.opens === true
        ? 'Success! These shares would open the vault.'
        : 'Success! These are the recovery shares. They authorise operators; the service of the seal opens the vault.',
    )
    return 0
  }
  printLine(
    columns([
      ['Progress', `${plain(status.progress ?? 0)}/${plain(status.required ?? 0)}`],
      ['Nonce', plain(status.nonce ?? '')],
    ]),
  )
  return 0
}

function dataOf(reply: JsonObject): JsonObject {
  if (isJsonObject(reply.data)) return reply.data
  throw misuse('The server gave an answer that is none')
}
