import { isJsonObject } from '../../sdk/json.ts'
import { command } from '../command.ts'
import { Failure, misuse, remote } from '../failure.ts'
import type { Flags } from '../flag.ts'
import { mountPath, trimPath } from '../path.ts'
import { printLine } from '../terminal.ts'
import { loginHelp } from './login-methods.ts'
import { MOUNT_PLACE, MOUNT_SETTINGS, mountBody, tuneBody } from './mount-settings.ts'
import { type Column, detailedColumns, field, mountsOf, printMounts, TOKEN_TYPE } from './mount-table.ts'

const SIMPLE: readonly Column[] = [
  ['Type', field('type')],
  ['Accessor', field('accessor')],
  ['Description', field('description')],
  ['Version', field('plugin_version')],
]

const TOKENS = {
  'token-type': { kind: 'text', help: 'Tokens that logins get: service, batch, default-service or default-batch.' },
} as const satisfies Flags

export const list = command({
  usage: '[options]',
  description: 'Lists auth methods.',
  args: [0, 0],
  output: 'format',
  flags: { detailed: { kind: 'boolean', help: 'Show every detail.' } },
  async run({ flags, session }) {
    const mounts = mountsOf(await remote('Error listing enabled authentications', session.client.readOwn('sys/auth')))
    await printMounts(session, mounts, flags.detailed ? detailedColumns(TOKEN_TYPE) : SIMPLE)
    return 0
  },
})

export const enable = command({
  usage: '[options] TYPE',
  description: 'Enables an auth method of TYPE.',
  args: [1, 1],
  flags: { ...MOUNT_SETTINGS, ...MOUNT_PLACE, ...TOKENS },
  async run({ args: [given = ''], flags, session }) {
    const type = given.trim()
    const path = trimPath(flags.path ?? type)
    const config = flags['token-type'] === undefined ? {} : { token_type: flags['token-type'] }
    await remote(
      `Error enabling ${type} auth`,
      session.client.write(`sys/auth/${path}`, mountBody(type, flags, config)),
    )
    printLine(`Success! Enabled ${type} auth method at: ${mountPath(path)}`)
    return 0
  },
})

export const disable = command({
  usage: '[options] PATH',
  description: 'Disables an auth method, and revokes every token that logins at it got.',
  args: [1, 1],
  flags: {},
  async run({ args: [given = ''], session }) {
    const path = mountPath(given)
    await remote(`Error disabling auth method at ${path}`, session.client.delete(`sys/auth/${trimPath(given)}`))
    printLine(`Success! Disabled the auth method (if it existed) at: ${path}`)
    return 0
  },
})

export const tune = command({
  usage: '[options] PATH',
  description: 'Changes the settings of an auth method. A setting that is not given stays.',
  args: [1, 1],
  flags: { ...MOUNT_SETTINGS, ...TOKENS },
  async run({ args: [given = ''], flags, session }) {
    const path = mountPath(given)
    const tokenType = flags['token-type'] === undefined ? {} : { token_type: flags['token-type'] }
    const body = { ...tuneBody(flags), ...tokenType }
    await remote(`Error tuning auth method ${path}`, session.client.write(`sys/auth/${trimPath(given)}/tune`, body))
    printLine(`Success! Tuned the auth method at: ${path}`)
    return 0
  },
})

export const help = command({
  usage: '[options] TYPE | PATH',
  description: 'Shows how to log in with an auth method, by its type or by where it is enabled.',
  args: [1, 1],
  flags: {},
  async run({ args: [given = ''], session }) {
    const known = loginHelp(given.trim())
    if (known !== undefined) {
      printLine(known)
      return 0
    }
    const path = mountPath(given)
    const mount = mountsOf(await remote('Error listing auth methods', session.client.readOwn('sys/auth')))[path]
    if (!isJsonObject(mount)) throw misuse(`No auth method available on the server at "${path}"`)
    const text = typeof mount.type === 'string' ? loginHelp(mount.type, trimPath(given)) : undefined
    if (text === undefined)
      throw new Failure(
        `Nothing is known here about logging in with "${given}": see "egide path-help auth/${path}".`,
        2,
      )
    printLine(text)
    return 0
  },
})
