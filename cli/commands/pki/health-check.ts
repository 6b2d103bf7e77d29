import { formatJson, isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../../sdk/json.ts'
import { readValueFile } from '../../arguments.ts'
import { command } from '../../command.ts'
import { type ExitCode, misuse, wrongArguments } from '../../failure.ts'
import type { Flags } from '../../flag.ts'
import { serialised } from '../../output/print.ts'
import { table } from '../../output/table.ts'
import { trimPath } from '../../path.ts'
import { printLine } from '../../terminal.ts'
import { allowAcmeHeaders, enableAcmeIssuance } from './health/acme-checks.ts'
import type { Check } from './health/check.ts'
import { type Finding, type Status, severityOf } from './health/finding.ts'
import { caValidityPeriod, crlValidityPeriod, hardwareBackedRoot, rootIssuedLeaves } from './health/issuer-checks.ts'
import { checkedMount } from './health/mount.ts'
import {
  allowIfModifiedSince,
  auditVisibility,
  enableAutoTidy,
  tidyLastRun,
  tooManyCerts,
} from './health/mount-checks.ts'
import { roleAllowsGlobWildcards, roleAllowsLocalhost, roleNoStoreFalse } from './health/role-checks.ts'
import { Settings } from './health/settings.ts'

/** In the order in which they are done and shown: https://openbao.org/docs/commands/pki/health-check/ */
const CHECKS: readonly Check[] = [
  caValidityPeriod,
  crlValidityPeriod,
  hardwareBackedRoot,
  rootIssuedLeaves,
  roleAllowsLocalhost,
  roleAllowsGlobWildcards,
  roleNoStoreFalse,
  auditVisibility,
  allowIfModifiedSince,
  enableAutoTidy,
  tidyLastRun,
  tooManyCerts,
  enableAcmeIssuance,
  allowAcmeHeaders,
]

/** From which finding on the command ends with another code than 0. */
const INDICATORS: Readonly<Record<string, Status>> = {
  default: 'informational',
  informational: 'informational',
  warning: 'warning',
  critical: 'critical',
  permission: 'invalid_version',
}

const FLAGS = {
  'health-config': { kind: 'text', help: 'JSON file that turns checks on and off and sets their bounds.' },
  'return-indicator': {
    kind: 'text',
    help: `The least finding that the command does not end with 0 for: ${Object.keys(INDICATORS).join(', ')}.`,
  },
  'default-disabled': { kind: 'boolean', help: 'Do only the checks that the configuration turns on.' },
  list: { kind: 'boolean', help: 'Print the checks with what can be set of them, and do none.' },
} as const satisfies Flags

export const healthCheck = command({
  usage: '[options] MOUNT',
  description:
    'Looks whether a mount of type pki is as it should be, as far as the token may see it.\n\n' +
    'Ends with the highest of these: 0 when all is well, 2 for information, 3 for a warning, 4 for something critical, 5 when ' +
    'the server lacks what a check needs, 6 when the token may not see it. With 1 when it could not be done.',
  args: [0, 1],
  output: 'format',
  flags: FLAGS,
  async run({ args: [target], flags, session }) {
    const indicator = flags['return-indicator'] || 'default'
    const threshold = Object.hasOwn(INDICATORS, indicator) ? INDICATORS[indicator] : undefined
    if (threshold === undefined) throw misuse(`-return-indicator is one of ${Object.keys(INDICATORS).join(', ')}`)
    if (flags.list === true) return printChecks(session.format)
    if (target === undefined) throw wrongArguments('Not enough arguments (expected 1, got 0)')
    const chosen = chosenChecks(configuration(flags['health-config']), flags['default-disabled'] !== true)
    const mount = await checkedMount(session.client, trimPath(target))
    const results: [name: string, findings: readonly Finding[]][] = []
    for (const [check, settings] of chosen) results.push([check.name, await check.find(mount, settings)])
    if (session.format === 'table') printTables(results)
    else printLine(await serialised(session.format, shown(results)))
    const highest = Math.max(0, ...results.flatMap(([, findings]) => findings.map(({ status }) => severityOf(status))))
    return (highest >= severityOf(threshold) ? highest : 0) as ExitCode
  },
})

function configuration(file: string | undefined): JsonObject {
  if (file === undefined || file === '') return {}
  let parsed: JsonValue | undefined
  try {
    parsed = parseJson(readValueFile(file))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  if (parsed === undefined || !isJsonObject(parsed)) throw misuse(`${file} holds no object in JSON`)
  const unknown = Object.keys(parsed).find((name) => !CHECKS.some((check) => check.name === name))
  if (unknown !== undefined) throw misuse(`${file}: there is no check ${unknown}`)
  return parsed
}

function chosenChecks(config: JsonObject, otherwise: boolean): readonly (readonly [Check, Settings])[] {
  return CHECKS.map((check) => [check, new Settings(check.name, check.defaults, config[check.name])] as const).filter(
    ([, settings]) => settings.isEnabled(otherwise),
  )
}

function printChecks(format: string): ExitCode {
  if (format === 'yaml') throw misuse('-list is not printed as yaml')
  if (format === 'table') printLine('Default health check config:')
  printLine(formatJson(Object.fromEntries(CHECKS.map(({ name, defaults }) => [name, { ...defaults }])), 2))
  return 0
}

function shown(results: readonly (readonly [string, readonly Finding[]])[]): JsonObject {
  const json = ({ status, endpoint, message }: Finding) => ({
    status_code: severityOf(status),
    status,
    endpoint,
    message,
  })
  return Object.fromEntries(results.map(([name, findings]) => [name, findings.map(json)]))
}

function printTables(results: readonly (readonly [string, readonly Finding[]])[]): void {
  for (const [name, findings] of results) {
    printLine(`${name}\n${'-'.repeat(name.length)}`)
    const rows = findings.map(({ status, endpoint, message }) => [status, endpoint, message])
    printLine(`${table(['status', 'endpoint', 'message'], rows)}\n`)
  }
}
