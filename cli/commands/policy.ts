import { readValueFile } from '../arguments.ts'
import { command } from '../command.ts'
import { Failure, remote } from '../failure.ts'
import { keysOf, serialised } from '../output/print.ts'
import { printLine, readStdin, warn } from '../terminal.ts'

export const list = command({
  usage: '[options]',
  description: 'Lists policies.',
  args: [0, 0],
  output: 'format',
  flags: {},
  async run({ session }) {
    const names = keysOf(await remote('Error listing policies', session.client.listOwn('sys/policies/acl'))) ?? []
    printLine(session.format === 'table' ? names.join('\n') : await serialised(session.format, names))
    return 0
  },
})

export const read = command({
  usage: '[options] NAME',
  description: 'Prints the text of a policy.',
  args: [1, 1],
  output: 'format',
  flags: {},
  async run({ args: [given = ''], session }) {
    const name = policyName(given)
    const secret = await remote(`Error reading policy named ${name}`, session.client.read(`sys/policies/acl/${name}`))
    const text = secret?.data?.policy
    if (typeof text !== 'string' || text === '') throw new Failure(`No policy named: ${name}`, 2)
    printLine(session.format === 'table' ? text.trim() : await serialised(session.format, { policy: text }))
    return 0
  },
})

export const write = command({
  usage: '[options] NAME FILE',
  description: 'Writes a policy from FILE; "-" reads it from stdin.',
  args: [2, 2],
  flags: {},
  async run({ args: [given = '', file = ''], session }) {
    const name = policyName(given)
    const policy = file === '-' ? await readStdin() : readValueFile(file)
    await remote('Error uploading policy', session.client.write(`sys/policies/acl/${name}`, { policy }))
    if (name !== given) warn(`Policy name was converted from "${given}" to "${name}"`)
    printLine(`Success! Uploaded policy: ${name}`)
    return 0
  },
})

export const remove = command({
  usage: '[options] NAME',
  description: 'Deletes a policy. Tokens that have it can do less at once.',
  args: [1, 1],
  flags: {},
  async run({ args: [given = ''], session }) {
    const name = policyName(given)
    await remote(`Error deleting ${name}`, session.client.delete(`sys/policies/acl/${name}`))
    printLine(`Success! Deleted policy: ${name}`)
    return 0
  },
})

/** Names of policies have no case. */
function policyName(given: string): string {
  return given.trim().toLowerCase()
}
