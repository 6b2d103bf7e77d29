import { command } from '../command.ts'
import { wireDuration } from '../duration.ts'
import { misuse, remote } from '../failure.ts'
import { trimPath } from '../path.ts'
import { printLine, warn } from '../terminal.ts'
import { answerOr } from './answer.ts'

export const lookup = command({
  usage: '[options] ID',
  description: 'Shows what is known about a lease.',
  args: [1, 1],
  output: 'field',
  flags: {},
  async run({ args: [given = ''], session }) {
    const id = given.trim()
    const found = session.client.write('sys/leases/lookup', { lease_id: id })
    return answerOr(session, await remote(`error looking up lease id ${id}`, found), 'There is no such lease')
  },
})

export const renew = command({
  usage: '[options] ID',
  description: 'Renews a lease.',
  args: [1, 1],
  output: 'field',
  flags: { increment: { kind: 'duration', help: 'How long from now; the server may give less.', aliases: ['i'] } },
  async run({ args: [given = ''], flags, session }) {
    const id = given.trim()
    const increment = flags.increment === undefined ? {} : { increment: wireDuration(flags.increment) }
    const renewed = session.client.write('sys/leases/renew', { lease_id: id, ...increment })
    return answerOr(session, await remote(`Error renewing ${id}`, renewed), 'Success! Renewed lease')
  },
})

export const revoke = command({
  usage: '[options] ID',
  description: 'Revokes a lease, or all leases below a prefix.',
  args: [1, 1],
  flags: {
    prefix: { kind: 'boolean', help: 'Revoke all leases whose IDs begin with ID.' },
    force: {
      kind: 'boolean',
      help: 'DANGEROUS: forget the leases even where revoking fails. Needs -prefix.',
      aliases: ['f'],
    },
    sync: { kind: 'boolean', help: 'Wait until it is done.' },
  },
  async run({ args: [given = ''], flags, session }) {
    if (flags.force && !flags.prefix) throw misuse('Specifying -force requires also specifying -prefix')
    const id = given.trim()
    const sync = flags.sync === true
    const { client } = session
    if (flags.force) {
      warn('Warning! What was leased stays valid wherever revoking it fails.')
      await remote(
        `Error force revoking leases with prefix ${id}`,
        client.write(`sys/leases/revoke-force/${trimPath(id)}`),
      )
      printLine(`Success! Force revoked any leases with prefix: ${id}`)
      return 0
    }
    if (flags.prefix) {
      await remote(
        `Error revoking leases with prefix ${id}`,
        client.write(`sys/leases/revoke-prefix/${trimPath(id)}`, { sync }),
      )
    } else await remote(`Error revoking lease ${id}`, client.write('sys/leases/revoke', { lease_id: id, sync }))
    const what = flags.prefix ? `any leases with prefix: ${id}` : `lease: ${id}`
    printLine(sync ? `Success! Revoked ${what}` : 'All revocation operations queued successfully!')
    return 0
  },
})
