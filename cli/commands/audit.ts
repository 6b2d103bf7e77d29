import { isJsonObject, type JsonObject } from '../../sdk/json.ts'
import { parseTexts } from '../arguments.ts'
import { command } from '../command.ts'
import { remote, wrongArguments } from '../failure.ts'
import { plain, sortedEntries } from '../output/plain.ts'
import { mountPath, trimPath } from '../path.ts'
import { printLine } from '../terminal.ts'
import { type Column, field, mountsOf, printMounts } from './mount-table.ts'

const SIMPLE: readonly Column[] = [
  ['Type', field('type')],
  ['Description', field('description')],
]

const DETAILED: readonly Column[] = [
  ...SIMPLE,
  ['Replication', (device) => (device.local === true ? 'local' : 'replicated')],
  ['Options', (device) => optionsText(isJsonObject(device.options) ? device.options : {})],
]

export const list = command({
  usage: '[options]',
  description: 'Lists audit devices.',
  args: [0, 0],
  output: 'format',
  flags: { detailed: { kind: 'boolean', help: 'Show every detail.' } },
  async run({ flags, session }) {
    const devices = mountsOf(await remote('Error listing audits', session.client.readOwn('sys/audit')))
    if (session.format === 'table' && Object.keys(devices).length === 0) {
      printLine('No audit devices are enabled.')
      return 2
    }
    await printMounts(session, devices, flags.detailed ? DETAILED : SIMPLE)
    return 0
  },
})

export const enable = command({
  usage: '[options] TYPE [OPTION=VALUE...]',
  description: 'Enables an audit device of TYPE: file, socket, syslog, http or stdout.',
  args: [0, Number.POSITIVE_INFINITY],
  flags: {
    description: { kind: 'text', help: 'What it is for.' },
    path: { kind: 'text', help: 'Name it goes by. Default: its type.' },
    local: { kind: 'boolean', help: 'Kept and shown; there is nothing else that it would change.' },
  },
  async run({ args: [given, ...fields], flags, session }) {
    if (given === undefined) throw wrongArguments('Error enabling audit device: audit type missing.')
    const type = given.trim()
    const path = trimPath(flags.path ?? type)
    const body = {
      type,
      ...(flags.description !== undefined && { description: flags.description }),
      ...(flags.local !== undefined && { local: flags.local }),
      options: await parseTexts(fields),
    }
    await remote('Error enabling audit device', session.client.write(`sys/audit/${path}`, body))
    printLine(`Success! Enabled the ${type} audit device at: ${mountPath(path)}`)
    return 0
  },
})

export const disable = command({
  usage: '[options] PATH',
  description: 'Disables an audit device. What it has written stays.',
  args: [1, 1],
  flags: {},
  async run({ args: [given = ''], session }) {
    await remote('Error disabling audit device', session.client.delete(`sys/audit/${trimPath(given)}`))
    printLine(`Success! Disabled audit device (if it was enabled) at: ${mountPath(given)}`)
    return 0
  },
})

function optionsText(options: JsonObject): string {
  return sortedEntries(options)
    .map(([name, value]) => `${name}=${plain(value)}`)
    .join(' ')
}
