import type { JsonObject } from '../../sdk/json.ts'
import { command } from '../command.ts'
import { Failure, misuse, remote } from '../failure.ts'
import type { Flags, FlagValues } from '../flag.ts'
import { printSecret, serialised } from '../output/print.ts'
import { mountPath, trimPath } from '../path.ts'
import { printLine } from '../terminal.ts'
import { answerOr, answerWith } from './answer.ts'
import { PAGE, pageOf, printListing } from './list.ts'
import { printShares, SEAL_SAID, sealOf } from './namespace-seal.ts'

const SAID = {
  'custom-metadata': { kind: 'pairs', help: 'Describes the namespace, key=value. Repeatable.' },
  'deny-always-wins': {
    kind: 'boolean',
    help: 'Whether by its policies every denial that fits wins, also over closer paths.',
  },
} as const satisfies Flags

export const create = command({
  usage: '[options] NAME',
  description: 'Makes a namespace below the one that is worked in (-namespace).',
  args: [1, 1],
  output: 'field',
  flags: { ...SAID, ...SEAL_SAID },
  async run({ args: [given = ''], flags, session }) {
    const metadata = flags['custom-metadata']
    const body: JsonObject = {
      ...(metadata !== undefined && { custom_metadata: { ...metadata } }),
      ...optionsOf(flags),
      ...sealOf(flags),
    }
    const secret = await remote('Error creating namespace', session.client.write(pathOf(given), body))
    const isTable = session.format === 'table' && session.field === undefined
    return answerOr(session, isTable ? printShares(secret) : secret, `Success! Namespace created: ${mountPath(given)}`)
  },
})

export const patch = command({
  usage: '[options] NAME',
  description: 'Changes the metadata and options of a namespace, and leaves what is not named as it is.',
  args: [1, 1],
  output: 'field',
  flags: {
    ...SAID,
    'remove-custom-metadata': { kind: 'list', help: 'Key to take out of the metadata. Repeatable.' },
  },
  async run({ args: [given = ''], flags, session }) {
    const removed = (flags['remove-custom-metadata'] ?? []).map((key) => [key, null] as const)
    const metadata = { ...Object.fromEntries(removed), ...flags['custom-metadata'] }
    const body: JsonObject = {
      ...(Object.keys(metadata).length > 0 && { custom_metadata: metadata }),
      ...optionsOf(flags),
    }
    if (Object.keys(body).length === 0) throw misuse('Error patching namespace: nothing to change.')
    const change = session.client.patch(pathOf(given), body)
    const secret = await remote('Error patching namespace', change)
    return answerOr(session, secret, `Success! Namespace changed: ${mountPath(given)}`)
  },
})

export const lookup = command({
  usage: '[options] NAME',
  description: 'Shows a namespace.',
  args: [1, 1],
  output: 'field',
  flags: {},
  async run({ args: [given = ''], session }) {
    const secret = await remote('Error looking up namespace', session.client.read(pathOf(given)))
    if (secret === undefined) throw new Failure(`Namespace not found: ${mountPath(given)}`, 2)
    return answerWith(session, secret)
  },
})

export const list = command({
  usage: '[options]',
  description: 'Lists the namespaces directly below the one that is worked in.',
  args: [0, 0],
  output: 'format',
  flags: { ...PAGE, detailed: { kind: 'boolean', help: 'Show ids and metadata.' } },
  async run({ flags, session }) {
    const secret = await remote('Error listing namespaces', session.client.listOwn('sys/namespaces', pageOf(flags)))
    const details = flags.detailed === true ? secret?.data?.key_info : undefined
    if (details === undefined) return printListing(session, 'sys/namespaces', secret)
    printLine(await serialised(session.format, details))
    return 0
  },
})

export const scan = command({
  usage: '[options]',
  description: 'Lists all namespaces below the one that is worked in, at any depth.',
  args: [0, 0],
  output: 'format',
  flags: {},
  async run({ session }) {
    const secret = await remote('Error scanning namespaces', session.client.scan('sys/namespaces'))
    return printListing(session, 'sys/namespaces', secret)
  },
})

export const remove = command({
  usage: '[options] NAME',
  description: 'Deletes a namespace with all that is in it. Nothing of it can be read any more when this ends.',
  args: [1, 1],
  flags: {},
  async run({ args: [given = ''], session }) {
    const secret = await remote('Error deleting namespace', session.client.delete(pathOf(given)))
    if (secret?.data?.status === undefined) {
      if (secret !== undefined) await printSecret(session.format, secret)
      return 0
    }
    printLine(`Success! Namespace deletion scheduled: ${mountPath(given)}`)
    return 0
  },
})

export const lock = command({
  usage: '[options] [PATH]',
  description:
    'Locks a namespace and all below it: nothing is answered there. Without PATH, the one that is worked in.',
  args: [0, 1],
  output: 'field',
  flags: {},
  async run({ args: [given = ''], session }) {
    const secret = await remote('Error locking namespace', session.client.write(lockPath('lock', given)))
    return answerOr(session, secret, 'Success! Namespace locked.')
  },
})

export const unlock = command({
  usage: '[options] [PATH]',
  description: 'Unlocks a namespace, with the key that locking it gave or with sudo.',
  args: [0, 1],
  output: 'field',
  flags: { 'unlock-key': { kind: 'text', help: 'Key that locking gave.' } },
  async run({ args: [given = ''], flags, session }) {
    const body = { unlock_key: flags['unlock-key'] ?? '' }
    const secret = await remote('Error unlocking namespace', session.client.write(lockPath('unlock', given), body))
    return answerOr(session, secret, 'Success! Namespace unlocked.')
  },
})

const optionsOf = (flags: FlagValues<typeof SAID>): JsonObject => {
  const denies = flags['deny-always-wins']
  return denies === undefined ? {} : { deny_always_wins: denies }
}

const pathOf = (given: string): string => `sys/namespaces/${trimPath(given)}`

function lockPath(what: 'lock' | 'unlock', given: string): string {
  const path = trimPath(given)
  return `sys/namespaces/api-lock/${what}${path === '' ? '' : `/${path}`}`
}
