import { command } from '../command.ts'
import { remote } from '../failure.ts'
import { mountPath, trimPath } from '../path.ts'
import { printLine } from '../terminal.ts'
import { MOUNT_PLACE, MOUNT_SETTINGS, mountBody, tuneBody } from './mount-settings.ts'
import { type Column, detailedColumns, FORCE_NO_CACHE, field, mountsOf, printMounts } from './mount-table.ts'

const SIMPLE: readonly Column[] = [
  ['Type', field('type')],
  ['Accessor', field('accessor')],
  ['Description', field('description')],
]

export const list = command({
  usage: '[options]',
  description: 'Lists secrets engines.',
  args: [0, 0],
  output: 'format',
  flags: { detailed: { kind: 'boolean', help: 'Show every detail.' } },
  async run({ flags, session }) {
    const mounts = mountsOf(await remote('Error listing secrets engines', session.client.readOwn('sys/mounts')))
    await printMounts(session, mounts, flags.detailed ? detailedColumns(FORCE_NO_CACHE) : SIMPLE)
    return 0
  },
})

export const enable = command({
  usage: '[options] TYPE',
  description: 'Enables a secrets engine of TYPE.',
  args: [1, 1],
  flags: {
    ...MOUNT_SETTINGS,
    ...MOUNT_PLACE,
    'force-no-cache': { kind: 'boolean', help: 'Without effect: what the cache answers is never old.' },
  },
  async run({ args: [given = ''], flags, session }) {
    const type = given.trim()
    const path = trimPath(flags.path ?? type)
    const config = flags['force-no-cache'] === undefined ? {} : { force_no_cache: flags['force-no-cache'] }
    await remote('Error enabling', session.client.write(`sys/mounts/${path}`, mountBody(type, flags, config)))
    printLine(`Success! Enabled the ${type} secrets engine at: ${mountPath(path)}`)
    return 0
  },
})

export const disable = command({
  usage: '[options] PATH',
  description: 'Disables a secrets engine, and deletes everything in it.',
  args: [1, 1],
  flags: {},
  async run({ args: [given = ''], session }) {
    const path = mountPath(given)
    const doing = `Error disabling secrets engine at ${path}`
    await remote(doing, session.client.delete(`sys/mounts/${trimPath(given)}`))
    printLine(`Success! Disabled the secrets engine (if it existed) at: ${path}`)
    return 0
  },
})

export const tune = command({
  usage: '[options] PATH',
  description: 'Changes the settings of a secrets engine. A setting that is not given stays.',
  args: [1, 1],
  flags: MOUNT_SETTINGS,
  async run({ args: [given = ''], flags, session }) {
    const path = mountPath(given)
    const doing = `Error tuning secrets engine ${path}`
    await remote(doing, session.client.write(`sys/mounts/${trimPath(given)}/tune`, tuneBody(flags)))
    printLine(`Success! Tuned the secrets engine at: ${path}`)
    return 0
  },
})
