import { isJsonObject, type JsonObject } from '../../../sdk/json.ts'
import type { Logical } from '../../../sdk/logical.ts'
import { command } from '../../command.ts'
import { remote } from '../../failure.ts'
import { plain } from '../../output/plain.ts'
import { serialised } from '../../output/print.ts'
import { columns } from '../../output/table.ts'
import type { Session } from '../../session.ts'
import { printLine } from '../../terminal.ts'

export const keyStatus = command({
  usage: '[options]',
  description: 'Shows which encryption key is in use, since when, and how often it was used.',
  args: [0, 0],
  output: 'format',
  flags: {},
  async run({ session }) {
    await printKeyStatus(session, await readKeyStatus(session.client))
    return 0
  },
})

export const rotate = command({
  usage: '[options]',
  description: 'Makes a new encryption key for what is written from now on. What was written stays readable.',
  args: [0, 0],
  output: 'format',
  flags: {},
  async run({ session }) {
    await remote('Error rotating key', session.client.write('sys/rotate'))
    const status = await readKeyStatus(session.client)
    if (session.format === 'table') printLine('Success! Rotated key\n')
    await printKeyStatus(session, status)
    return 0
  },
})

async function readKeyStatus(client: Logical): Promise<JsonObject> {
  const answer = await remote('Error reading key status', client.json('GET', 'sys/key-status'))
  return isJsonObject(answer.data) ? answer.data : answer
}

async function printKeyStatus(session: Session, status: JsonObject): Promise<void> {
  if (session.format !== 'table') return printLine(await serialised(session.format, status))
  const installed = typeof status.install_time === 'string' ? readableTime(status.install_time) : ''
  printLine(
    columns([
      ['Key Term', plain(status.term ?? '')],
      ['Install Time', installed],
      ['Encryption Count', plain(status.encryptions ?? 0)],
    ]),
  )
}

/** RFC 822 with a two-digit year, in UTC: `22 Nov 26 12:13 UTC`. */
function readableTime(rfc3339: string): string {
  const time = new Date(rfc3339)
  if (Number.isNaN(time.getTime())) return rfc3339
  const [, day, month, year, clock] = /^\w+, (\d+) (\w+) \d\d(\d\d) (\d\d:\d\d)/.exec(time.toUTCString()) ?? []
  return `${day} ${month} ${year} ${clock} UTC`
}
