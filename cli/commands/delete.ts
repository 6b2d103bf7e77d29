import { parseQuery } from '../arguments.ts'
import { command } from '../command.ts'
import { remote } from '../failure.ts'
import { trimPath } from '../path.ts'
import { answerOr } from './answer.ts'

export const remove = command({
  usage: '[options] PATH [FIELD=VALUE...]',
  description: 'Deletes what is at PATH. Fields are sent as query parameters.',
  args: [1, Number.POSITIVE_INFINITY],
  output: 'field',
  flags: {},
  async run({ args: [target = '', ...fields], session }) {
    const path = trimPath(target)
    const secret = await remote(`Error deleting ${path}`, session.client.delete(path, await parseQuery(fields)))
    return answerOr(session, secret, `Success! Data deleted (if it existed) at: ${path}`)
  },
})
