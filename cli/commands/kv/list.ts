import { command } from '../../command.ts'
import { remote, wrongArguments } from '../../failure.ts'
import type { Flags } from '../../flag.ts'
import { PAGE, pageOf, printListing } from '../list.ts'
import { locate, MOUNT } from './mount.ts'

const FLAGS = { ...MOUNT, ...PAGE } as const satisfies Flags

export const list = command({
  usage: '[options] PATH',
  description: 'Lists the secrets directly below PATH. A name that ends in a slash has more below it.',
  args: [0, 1],
  output: 'format',
  flags: FLAGS,
  async run({ args: [given], flags, session }) {
    const path = (await placeOf(given, flags.mount, session)).api('metadata')
    return printListing(session, path, await remote(`Error listing ${path}`, session.client.list(path, pageOf(flags))))
  },
})

export const scan = command({
  usage: '[options] PATH',
  description: 'Lists all secrets below PATH, at any depth.',
  args: [0, 1],
  output: 'format',
  flags: FLAGS,
  async run({ args: [given], flags, session }) {
    const path = (await placeOf(given, flags.mount, session)).api('metadata')
    return printListing(session, path, await remote(`Error scanning ${path}`, session.client.scan(path, pageOf(flags))))
  },
})

function placeOf(given: string | undefined, mount: string | undefined, session: Parameters<typeof locate>[0]) {
  if (given === undefined && !mount) throw wrongArguments('Not enough arguments (expected 1, got 0)')
  return locate(session, given ?? '', mount)
}
