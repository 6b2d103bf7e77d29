import path from 'node:path'
import { isJsonArray, isJsonObject, type JsonObject } from '../../sdk/json.ts'
import { type Assertion, type AssertionFile, parseAssertions } from '../../server/policy/assertions.ts'
import type { ParsedPolicy } from '../../server/policy/policy.ts'
import { type Broken, brokenClaims } from '../../server/policy/verdicts.ts'
import { readValueFile } from '../arguments.ts'
import { command } from '../command.ts'
import { misuse, remote } from '../failure.ts'
import { serialised } from '../output/print.ts'
import type { Session } from '../session.ts'
import { printLine } from '../terminal.ts'
import { initialDefault, policiesIn, policyOf } from './policy-files.ts'

export const test = command({
  usage: '[options] FILE...',
  description:
    'Checks what files of assertions say: which requests certain policies are to allow, and which to refuse. Without -server it works offline, on files of policies. Ends with 2 when something does not hold.',
  args: [1, 1_000],
  output: 'format',
  flags: {
    policy: {
      kind: 'pairs',
      help: 'File of a policy, name=file. Repeatable; comes before what else says where it is.',
    },
    policies: { kind: 'text', help: 'Folder of policies: NAME.hcl or NAME.json.' },
    server: { kind: 'boolean', help: 'Ask the server, about the policies that it has.' },
  },
  async run({ args, flags, session }) {
    const isRemote = flags.server === true
    if (isRemote && (flags.policy !== undefined || flags.policies !== undefined))
      throw misuse('With -server the policies are those of the server.')
    const results: Result[] = []
    for (const file of args) {
      const parsed = assertionsOf(file)
      const local = isRemote ? undefined : localPolicies(file, parsed, flags)
      for (const assertion of parsed.assertions) {
        const broken =
          local === undefined ? await onServer(session, file, assertion) : offline(file, assertion, local, parsed)
        results.push({ file, assertion, broken })
      }
    }
    const failed = results.filter(({ broken }) => broken.length > 0)
    printLine(session.format === 'table' ? text(results, failed) : await serialised(session.format, jsonOf(results)))
    return failed.length === 0 ? 0 : 2
  },
})

interface Result {
  readonly file: string
  readonly assertion: Assertion
  readonly broken: readonly Broken[]
}

function assertionsOf(file: string): AssertionFile {
  const content = readValueFile(file)
  try {
    return parseAssertions(content)
  } catch (error) {
    // Of the reader itself: it names the line.
    if (error instanceof Error && error.name === 'HclError') throw misuse(`${file}: ${error.message}`)
    throw error
  }
}

type Local = ReadonlyMap<string, ParsedPolicy>

function localPolicies(
  file: string,
  { policyFiles }: AssertionFile,
  flags: { readonly policy?: Readonly<Record<string, string>>; readonly policies?: string },
): Local {
  const found = new Map<string, ParsedPolicy>([['default', initialDefault()]])
  const add = (policy: ParsedPolicy): void => void found.set(policy.name, policy)
  if (flags.policies !== undefined) for (const policy of policiesIn(flags.policies).values()) add(policy)
  for (const [name, one] of policyFiles) add(policyOf(name, path.resolve(path.dirname(file), one)))
  for (const [name, one] of Object.entries(flags.policy ?? {})) add(policyOf(name, one))
  return found
}

function offline(
  file: string,
  assertion: Assertion,
  local: Local,
  { denyAlwaysWins }: AssertionFile,
): readonly Broken[] {
  const policies = assertion.policies.map((name) => {
    const policy = local.get(name)
    if (policy === undefined)
      throw misuse(`${file}, line ${assertion.line}: no file of the policy ${JSON.stringify(name)} is given`)
    return policy
  })
  return brokenClaims(assertion, policies, { nowMs: Date.now(), denyAlwaysWins })
}

async function onServer(session: Session, file: string, assertion: Assertion): Promise<readonly Broken[]> {
  if (assertion.identity !== undefined)
    throw misuse(
      `${file}, line ${assertion.line}: a server is not asked about an imagined identity: test that without -server, in a file of its own`,
    )
  const broken: Broken[] = []
  for (const one of assertion.paths) {
    const claims = [
      ...assertion.allow.map((claim) => ({ path: one, claim, expected: 'allowed' as const })),
      ...assertion.deny.map((claim) => ({ path: one, claim, expected: 'refused' as const })),
    ]
    for (const claimed of claims) broken.push(...(await checked(session, assertion, claimed)))
  }
  return broken
}

/** Asks the server whether one claim of an assertion holds. */
async function checked(
  session: Session,
  { policies, parameters, wrapTtlSeconds }: Assertion,
  { path, claim, expected }: Pick<Broken, 'path' | 'claim' | 'expected'>,
): Promise<readonly Broken[]> {
  const body = {
    path,
    operation: claim === 'sudo' ? 'read' : claim,
    policies: [...policies],
    parameters: parameters as JsonObject,
    ...(wrapTtlSeconds !== undefined && { wrap_ttl: wrapTtlSeconds }),
  }
  const data = (await remote('Error explaining', session.client.write('sys/policies/explain', body)))?.data ?? {}
  const holds = (claim === 'sudo' ? data.sudo : data.allowed) === true
  if (holds === (expected === 'allowed')) return []
  const rules = isJsonArray(data.rules) ? data.rules.filter(isJsonObject) : []
  const decidedBy = rules.map((rule) => `${String(rule.policy)}, line ${String(rule.line)}: "${String(rule.source)}"`)
  const change = isJsonObject(data.change) ? { message: String(data.change.message), edits: [] } : undefined
  return [{ path, claim, expected, message: String(data.message), decidedBy, change }]
}

function text(results: readonly Result[], failed: readonly Result[]): string {
  const lines = failed.flatMap(({ file, assertion, broken }) => [
    `FAIL  ${assertion.name} (${file}, line ${assertion.line}; ${assertion.policies.join(', ')})`,
    ...broken.flatMap(brokenText),
    '',
  ])
  return [...lines, `${results.length - failed.length} passed, ${failed.length} failed`].join('\n')
}

function brokenText({ path: one, claim, expected, message, decidedBy, change }: Broken): readonly string[] {
  const found = expected === 'allowed' ? 'refused' : 'allowed'
  return [
    `  ${one}`,
    `    - ${claim}: ${expected}`,
    `    + ${claim}: ${found}, for ${message}`,
    ...decidedBy.map((block) => `      decided by ${block}`),
    ...(change === undefined ? [] : [`      to turn it: ${change.message}`]),
  ]
}

function jsonOf(results: readonly Result[]): JsonObject {
  return {
    passed: results.filter(({ broken }) => broken.length === 0).length,
    failed: results.filter(({ broken }) => broken.length > 0).length,
    tests: results.map(({ file, assertion: { name, line, policies }, broken }) => ({
      file,
      line,
      name,
      policies: [...policies],
      passed: broken.length === 0,
      broken: broken.map(({ change, decidedBy, ...rest }) => ({
        ...rest,
        decided_by: [...decidedBy],
        change: change?.message ?? null,
      })),
    })),
  }
}
