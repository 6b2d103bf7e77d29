import { isJsonObject, type JsonObject } from '../../sdk/json.ts'
import type { Logical } from '../../sdk/logical.ts'
import { command } from '../command.ts'
import { Failure, remote } from '../failure.ts'
import { mountPath } from '../path.ts'
import { printLine } from '../terminal.ts'

const POLL_MS = 500

export const move = command({
  usage: '[options] SOURCE DESTINATION',
  description: 'Moves a secrets engine to another path. Its leases are revoked.',
  args: [2, 2],
  flags: {},
  async run({ args: [from = '', to = ''], session }) {
    const [source, destination] = [mountPath(from), mountPath(to)]
    const doing = `Error moving secrets engine ${source} to ${destination}`
    const body = { from: source, to: destination }
    const id = migrationId(await remote(doing, session.client.json('POST', 'sys/remount', { body })))
    const what = `moving secrets engine ${source} to ${destination}, with migration ID ${id}`
    printLine(`Started ${what}`)
    if (id !== '') await finished(session.client, id, what)
    printLine(`Success! Finished ${what}`)
    return 0
  },
})

async function finished(client: Logical, id: string, what: string): Promise<void> {
  for (;;) {
    const secret = await remote(`Error checking status of ${what}`, client.read(`sys/remount/status/${id}`))
    const info = secret?.data?.migration_info
    const status = isJsonObject(info) ? info.status : undefined
    if (status === 'success') return
    if (status === 'failure') throw new Failure(`Failure! Error encountered ${what}`, 2)
    if (status !== 'in-progress') throw new Failure(`The server does not say how far it is with ${what}`, 2)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

function migrationId(answer: JsonObject): string {
  const data = isJsonObject(answer.data) ? answer.data : answer
  return typeof data.migration_id === 'string' ? data.migration_id : ''
}
