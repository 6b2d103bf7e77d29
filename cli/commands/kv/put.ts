import { parseData } from '../../arguments.ts'
import { command } from '../../command.ts'
import { misuse, remote } from '../../failure.ts'
import { locate, MOUNT } from './mount.ts'
import { printWritten } from './written.ts'

export const put = command({
  usage: '[options] KEY [DATA]',
  description:
    'Writes a secret, as a whole. DATA is KEY=VALUE; a value can come from a file (KEY=@file) or stdin (KEY=-); ' +
    '@file or - alone is a JSON object.',
  args: [1, Number.POSITIVE_INFINITY],
  output: 'field',
  flags: {
    ...MOUNT,
    cas: { kind: 'integer', help: 'Write only if this is the current version; 0: only if there is no secret yet.' },
  },
  async run({ args: [key = '', ...fields], flags, session }) {
    if (fields.length === 0) throw misuse('Must supply data: KEY=VALUE, or @file or - for a JSON object')
    const data = await parseData(fields)
    const place = await locate(session, key, flags.mount)
    const path = place.api('data')
    const cas = flags.cas ?? -1
    const body = place.versioned ? { data, options: cas >= 0 ? { cas } : {} } : data
    return printWritten(session, path, await remote(`Error writing data to ${path}`, session.client.write(path, body)))
  },
})
