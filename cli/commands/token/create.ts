import type { JsonObject } from '../../../sdk/json.ts'
import { command } from '../../command.ts'
import { wireDuration } from '../../duration.ts'
import { remote } from '../../failure.ts'
import { answerOr } from '../answer.ts'

export const create = command({
  usage: '[options]',
  description:
    'Creates a token, as a child of the one in use. What is not given is left to the server, or to the role.',
  args: [0, 0],
  output: 'field',
  flags: {
    policy: { kind: 'list', help: 'Attach this policy. Repeatable.' },
    ttl: { kind: 'duration', help: 'Valid this long, unless renewed.' },
    'explicit-max-ttl': { kind: 'duration', help: 'Valid this long at most, renewed or not.' },
    period: { kind: 'duration', help: 'Renewable without end, for this long each time.' },
    renewable: { kind: 'boolean', help: 'Whether it can be renewed.' },
    orphan: { kind: 'boolean', help: 'Without a parent: it outlives the token in use.' },
    'no-default-policy': { kind: 'boolean', help: 'Leave the default policy away.' },
    'use-limit': { kind: 'integer', help: 'Valid for this many requests.' },
    type: { kind: 'text', help: 'service or batch.' },
    role: { kind: 'text', help: 'Create it by this role.' },
    'display-name': { kind: 'text', help: 'Name that the audit log shows.' },
    metadata: { kind: 'pairs', help: 'Shown in the audit log, key=value. Repeatable.' },
    'entity-alias': { kind: 'text', help: 'Alias of the entity to bind it to; needs -role.' },
    id: { kind: 'text', help: 'Use this value as the token. It would end in process lists: best left to the server.' },
  },
  async run({ flags, session }) {
    const durations = { ttl: flags.ttl, explicit_max_ttl: flags['explicit-max-ttl'], period: flags.period }
    const body = given({
      ...Object.fromEntries(
        Object.entries(durations).map(([name, ms]) => [name, ms === undefined ? ms : wireDuration(ms)]),
      ),
      id: flags.id,
      policies: flags.policy,
      meta: flags.metadata,
      renewable: flags.type === 'batch' ? false : flags.renewable,
      no_parent: flags.orphan,
      no_default_policy: flags['no-default-policy'],
      num_uses: flags['use-limit'],
      type: flags.type,
      display_name: flags['display-name'],
      entity_alias: flags['entity-alias'],
    })
    const path = flags.role === undefined ? 'auth/token/create' : `auth/token/create/${flags.role}`
    return answerOr(
      session,
      await remote('Error creating token', session.client.write(path, body)),
      'Success! Created a token',
    )
  },
})

function given(fields: Record<string, JsonObject[string] | undefined>): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, JsonObject[string]] => field[1] !== undefined),
  )
}
