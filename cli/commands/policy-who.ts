import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../sdk/json.ts'
import { command } from '../command.ts'
import { remote } from '../failure.ts'
import { serialised } from '../output/print.ts'
import { table } from '../output/table.ts'
import type { Session } from '../session.ts'
import { printLine } from '../terminal.ts'

export const who = command({
  usage: '[options] PATH',
  description:
    'Lists who may do something at PATH: policies, roles, groups, roles of auth methods, entities; and through what.',
  args: [1, 1],
  output: 'format',
  flags: {
    capability: {
      kind: 'text',
      help: 'Only who has this one: create, read, update, patch, delete, list, scan or sudo.',
    },
    limit: { kind: 'integer', help: 'Stop after so many. Default: all.' },
  },
  async run({ args: [path = ''], flags, session }) {
    const { holders, notSeen, next } = await all(session, path, flags.capability, flags.limit)
    if (session.format !== 'table') {
      printLine(await serialised(session.format, { holders, not_seen: notSeen, next }))
      return 0
    }
    printLine(
      holders.length === 0
        ? 'Nobody that can be seen.'
        : table(['Who', 'Capabilities', 'Through'], holders.flatMap(rowsOf)),
    )
    if (next !== '') printLine('\nThere may be more: give a greater -limit.')
    printLine(`\nNot seen:\n${notSeen.map((line) => `  - ${String(line)}`).join('\n')}`)
    return 0
  },
})

interface Found {
  readonly holders: readonly JsonObject[]
  readonly notSeen: readonly JsonValue[]
  /** '': all there are. */
  readonly next: string
}

/** Page after page. */
async function all(
  session: Session,
  path: string,
  capability: string | undefined,
  most = Number.POSITIVE_INFINITY,
): Promise<Found> {
  const holders: JsonObject[] = []
  for (let after = ''; ; ) {
    const limit = Math.min(1_000, Math.max(1, most - holders.length))
    const body = { path, after, limit, ...(capability !== undefined && { capability }) }
    const secret = await remote('Error asking who may', session.client.write('sys/policies/who', body))
    const { holders: some, next, not_seen: notSeen } = secret?.data ?? {}
    holders.push(...listOf(some).filter(isJsonObject))
    after = typeof next === 'string' ? next : ''
    if (after === '' || holders.length >= most) return { holders, notSeen: listOf(notSeen), next: after }
  }
}

/** A line for each block; who is named on the first. */
function rowsOf({ kind, id, name, capabilities, through }: JsonObject): readonly (readonly string[])[] {
  const label = `${String(kind)} ${String(name)}${id === '' ? '' : ` (${String(id)})`}`
  const grants = listOf(through).filter(isJsonObject).map(grantText)
  const rows = grants.map((grant, i) => (i === 0 ? [label, listOf(capabilities).join(', '), grant] : ['"', '"', grant]))
  return rows.length === 0 ? [[label, listOf(capabilities).join(', '), '']] : rows
}

function grantText({ policy, line, source, conditional, chain }: JsonObject): string {
  const steps = [...listOf(chain).map(String), `policy:${String(policy)} line ${String(line)}`].join(' > ')
  return `${steps}: "${String(source)}"${conditional === true ? ', with conditions' : ''}`
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return isJsonArray(value) ? value : []
}
