import { parseData } from '../arguments.ts'
import { command } from '../command.ts'
import { misuse, remote } from '../failure.ts'
import type { Flags } from '../flag.ts'
import { trimPath } from '../path.ts'
import { answerOr } from './answer.ts'

const FORCE = {
  force: { kind: 'boolean', help: 'Allow writing without data.', aliases: ['f'] },
} as const satisfies Flags

export const write = command({
  usage: '[options] PATH [KEY=VALUE...]',
  description:
    'Writes data to PATH. A value can come from a file (KEY=@file) or from stdin (KEY=-); @file or - alone is a JSON object.',
  args: [1, Number.POSITIVE_INFINITY],
  output: 'field',
  flags: FORCE,
  async run({ args: [target = '', ...fields], flags, session }) {
    if (fields.length === 0 && !flags.force) throw misuse('Must supply data or use -force')
    const path = trimPath(target)
    const data = await parseData(fields)
    const secret = await remote(`Error writing data to ${path}`, session.client.write(path, data))
    return answerOr(session, secret, `Success! Data written to: ${path}`)
  },
})

export const patch = command({
  usage: '[options] PATH [KEY=VALUE...]',
  description: 'Changes parts of what is at PATH, as a JSON merge patch. Data is given as for write.',
  args: [1, Number.POSITIVE_INFINITY],
  output: 'field',
  flags: FORCE,
  async run({ args: [target = '', ...fields], flags, session }) {
    if (fields.length === 0 && !flags.force) throw misuse('Must supply data or use -force')
    const path = trimPath(target)
    const data = await parseData(fields)
    const secret = await remote(`Error writing data to ${path}`, session.client.patch(path, data))
    return answerOr(session, secret, `Success! Data written to: ${path}`)
  },
})
