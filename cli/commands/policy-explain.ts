import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../sdk/json.ts'
import { command } from '../command.ts'
import { Failure, misuse, remote } from '../failure.ts'
import { serialised } from '../output/print.ts'
import { columns } from '../output/table.ts'
import { printLine } from '../terminal.ts'
import { tokenArgument } from './token/argument.ts'

export const explain = command({
  usage: '[options] PATH [OPERATION]',
  description:
    'Says whether a request would be allowed, which block of which policy decides that, and what would turn it. OPERATION is read unless it is create, update, patch, delete, list or scan. Without options it asks about the token in use.',
  args: [1, 2],
  output: 'format',
  flags: {
    accessor: { kind: 'text', help: 'Ask about the token with this accessor.' },
    'other-token': { kind: 'text', help: 'Ask about this token; "-" reads it from stdin.' },
    policy: { kind: 'list', help: 'Ask as if a token had this policy. Repeatable.' },
    parameter: { kind: 'pairs', help: 'Parameter of the request, name=value. Repeatable.' },
  },
  async run({ args: [path = '', operation = 'read'], flags, session }) {
    const token = flags['other-token'] === undefined ? undefined : await tokenArgument(flags['other-token'])
    const subject: JsonObject = {
      ...(token !== undefined && { token }),
      ...(flags.accessor !== undefined && { accessor: flags.accessor }),
      ...(flags.policy !== undefined && { policies: [...flags.policy] }),
    }
    if (Object.keys(subject).length > 1) throw misuse('Use one of -accessor, -other-token and -policy.')
    const row = Object.keys(subject).length === 0 ? 'sys/policies/explain-self' : 'sys/policies/explain'
    const body = { path, operation, parameters: { ...flags.parameter }, ...subject }
    const secret = await remote('Error explaining', session.client.write(row, body))
    if (secret?.data === undefined || secret.data === null) throw new Failure('The server explained nothing.', 2)
    printLine(session.format === 'table' ? text(secret.data) : await serialised(session.format, secret.data))
    return 0
  },
})

function text(data: JsonObject): string {
  const change = isJsonObject(data.change) ? String(data.change.message) : undefined
  const missing = isJsonArray(data.missing_policies) ? data.missing_policies.map(String) : []
  return [
    `${data.allowed === true ? 'Allowed' : 'Refused'}: ${String(data.message)}.`,
    ...blocks('Decided by:', data.rules),
    ...blocks('Overruled, the closest first:', data.overruled),
    ...(missing.length === 0
      ? []
      : ['', `There is no policy ${missing.map((name) => JSON.stringify(name)).join(', ')}.`]),
    ...(change === undefined ? [] : ['', `To turn it: ${change}`]),
  ].join('\n')
}

function blocks(title: string, rules: JsonValue | undefined): readonly string[] {
  if (!isJsonArray(rules) || rules.length === 0) return []
  const rows = rules.filter(isJsonObject).map((rule) => {
    const capabilities = isJsonArray(rule.capabilities) ? rule.capabilities.join(', ') : ''
    return [`${String(rule.policy)}, line ${String(rule.line)}`, `path "${String(rule.path)}"`, capabilities]
  })
  return ['', title, ...columns(rows).replace(/^/gm, '  ').split('\n')]
}
