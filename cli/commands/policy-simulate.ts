import type { JsonObject } from '../../sdk/json.ts'
import { readLines } from '../../server/audit/verify/line-reader.ts'
import { normalPolicyName } from '../../server/policy/name.ts'
import type { ParsedPolicy } from '../../server/policy/policy.ts'
import { Simulation, type SimulationReport } from '../../server/policy/simulation.ts'
import { command } from '../command.ts'
import { fileTrouble, misuse } from '../failure.ts'
import { serialised } from '../output/print.ts'
import { printLine } from '../terminal.ts'
import { initialDefault, type Policies, policiesIn, policiesOnServer, policyOf } from './policy-files.ts'

const DENY_WINS = ['off', 'on', 'proposed'] as const

export const simulate = command({
  usage: '[options] AUDIT_FILE...',
  description:
    'Replays the requests of an audit log against other policies, and shows which would be refused or allowed then. Offline, unless -server reads the present policies; changes nothing.',
  args: [1, 1_000],
  output: 'format',
  flags: {
    policy: { kind: 'pairs', help: 'Policy as it would be, name=file. Repeatable.' },
    remove: { kind: 'list', help: 'Policy that would be gone. Repeatable.' },
    present: { kind: 'text', help: 'Folder of the policies as they are: NAME.hcl or NAME.json.' },
    server: { kind: 'boolean', help: 'Read the policies as they are from the server.' },
    'deny-always-wins': { kind: 'text', help: 'Whether every denial wins in the namespace: off, on, or proposed.' },
    examples: { kind: 'integer', help: 'Show so many kinds of requests that change. Default 20.' },
    'detailed-exitcode': { kind: 'boolean', help: 'End with 2 when something would change.' },
  },
  async run({ args, flags, session }) {
    const denies = flags['deny-always-wins'] ?? 'off'
    if (!DENY_WINS.some((one) => one === denies)) throw misuse(`-deny-always-wins is one of ${DENY_WINS.join(', ')}.`)
    if (flags.server === true && flags.present !== undefined) throw misuse('Use one of -present and -server.')
    if (flags.policy === undefined && flags.remove === undefined && denies !== 'proposed')
      throw misuse('Nothing is proposed: use -policy, -remove or -deny-always-wins=proposed.')
    const namespacePath = session.namespace === '' ? '' : `${session.namespace.replace(/\/+$/, '')}/`
    const known =
      flags.server === true
        ? await policiesOnServer(session, namespacePath)
        : flags.present === undefined
          ? new Map<string, ParsedPolicy>()
          : policiesIn(flags.present, namespacePath)
    const isAssumed = !known.has('default')
    const present: Policies = isAssumed ? new Map([...known, ['default', initialDefault(namespacePath)]]) : known
    const proposed = proposedOf(present, flags.policy ?? {}, flags.remove ?? [], namespacePath)
    const denyAlwaysWins = { present: denies === 'on', proposed: denies !== 'off' }
    const simulation = new Simulation({ present, proposed, namespacePath, denyAlwaysWins })
    for (const file of args) await read(file, simulation)
    const report = simulation.report(flags.examples ?? 20)
    printLine(session.format === 'table' ? text(report, isAssumed) : await serialised(session.format, jsonOf(report)))
    const changes = report.allowedToDenied + report.deniedToAllowed
    return flags['detailed-exitcode'] === true && changes > 0 ? 2 : 0
  },
})

function proposedOf(
  present: Policies,
  files: Readonly<Record<string, string>>,
  removed: readonly string[],
  namespacePath: string,
): Policies {
  const proposed = new Map(present)
  for (const [name, file] of Object.entries(files)) {
    const policy = policyOf(name, file, namespacePath)
    proposed.set(policy.name, policy)
  }
  // A name that no policy has gives nothing.
  for (const name of removed.map(normalPolicyName))
    proposed.set(name, { ...initialDefault(namespacePath), name, rules: [] })
  return proposed
}

async function read(file: string, simulation: Simulation): Promise<void> {
  try {
    await readLines(
      file,
      (line) => simulation.add(line.toString()),
      () => false,
    )
  } catch (error) {
    throw misuse(`error reading file ${file}: ${fileTrouble(error)}`)
  }
}

const TURNS = { allowed_to_denied: 'allowed -> refused', denied_to_allowed: 'refused -> allowed' } as const

function text(report: SimulationReport, isDefaultAssumed: boolean): string {
  const { skipped, unknown, examples } = report
  const lines = [
    `${report.requests} requests that policies decided, of ${report.lines} lines.`,
    '',
    `  allowed -> refused   ${report.allowedToDenied}`,
    `  refused -> allowed   ${report.deniedToAllowed}`,
    `  unchanged            ${report.unchanged}`,
    `  can't be told        ${unknown.policy_missing + unknown.templates + unknown.parameters}`,
  ]
  for (const { turn, count, operation, path, policies, first, last } of examples) {
    const when = first === last ? first : `${first} to ${last}`
    lines.push('', `${TURNS[turn]}  ${count} x ${operation} ${path}`, `    ${policies.join(', ')}; ${when}`)
  }
  if (report.beyondExamples > 0) lines.push('', `${report.beyondExamples} more changes are not shown (-examples).`)
  const notes = [
    note(
      unknown.policy_missing,
      `can't be told without the policies ${report.missingPolicies.join(', ')} (-present, -server)`,
    ),
    note(unknown.parameters, "can't be told: blocks look at parameters, whose values an audit log has only as hashes"),
    note(unknown.templates, "can't be told: blocks with templates, and the log does not say whom they speak of"),
    note(
      report.logDiffers,
      'became of it otherwise in the log than by the present policies: those, or the parameters, were others',
    ),
    note(report.losesSudo, 'would stay allowed but lose sudo, and be refused where the path needs it'),
    note(skipped.otherNamespaces, 'are of other namespaces (-namespace)'),
    note(skipped.unreadable, 'lines can not be read'),
    isDefaultAssumed ? '  - the policy default is taken to be as it comes with the server' : '',
  ].filter((line) => line !== '')
  if (notes.length > 0) lines.push('', 'Notes:', ...notes)
  return lines.join('\n')
}

const note = (count: number, words: string): string => (count === 0 ? '' : `  - ${count} ${words}`)

function jsonOf(report: SimulationReport): JsonObject {
  const { skipped, unknown } = report
  return {
    lines: report.lines,
    requests: report.requests,
    allowed_to_denied: report.allowedToDenied,
    denied_to_allowed: report.deniedToAllowed,
    unchanged: report.unchanged,
    unknown: { ...unknown },
    log_differs: report.logDiffers,
    loses_sudo: report.losesSudo,
    missing_policies: [...report.missingPolicies],
    skipped: {
      others: skipped.others,
      unreadable: skipped.unreadable,
      other_namespaces: skipped.otherNamespaces,
      not_by_policy: skipped.notByPolicy,
    },
    examples: report.examples.map((example) => ({ ...example, policies: [...example.policies] })),
    beyond_examples: report.beyondExamples,
  }
}
