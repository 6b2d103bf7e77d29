import { parseQuery } from '../arguments.ts'
import { command } from '../command.ts'
import { found, remote } from '../failure.ts'
import { trimPath } from '../path.ts'
import { answerWith } from './answer.ts'

export const read = command({
  usage: '[options] PATH [FIELD=VALUE...]',
  description:
    'Reads what is at PATH. Fields are sent as query parameters.\n\nWith -format=raw, prints the body of the answer as it came.',
  args: [1, Number.POSITIVE_INFINITY],
  output: 'field',
  flags: {},
  async run({ args: [target = '', ...fields], session }) {
    const path = trimPath(target)
    const query = await parseQuery(fields)
    if (session.format === 'raw') {
      const answer = await remote(`Error reading ${path}`, session.client.raw({ method: 'GET', path, query }))
      process.stdout.write(answer.body)
      return 0
    }
    return answerWith(session, await found(path, session.client.find(path, query)))
  },
})
