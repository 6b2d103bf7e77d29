import { readdirSync } from 'node:fs'
import path from 'node:path'
import { DEFAULT, DEFAULT_POLICY_TEXT } from '../../server/policy/builtin.ts'
import { normalPolicyName } from '../../server/policy/name.ts'
import { parsePolicy } from '../../server/policy/parse.ts'
import { type ParsedPolicy, PolicyError } from '../../server/policy/policy.ts'
import { readValueFile } from '../arguments.ts'
import { misuse, remote } from '../failure.ts'
import { keysOf } from '../output/print.ts'
import type { Session } from '../session.ts'

/** Policies that commands work with offline: of files, of a folder of them, or read from a server beforehand. */

export type Policies = ReadonlyMap<string, ParsedPolicy>

/** Throws Failure, with the file and the line, for what is no policy. `namespacePath`: '' or ending in '/'. */
export function policyOf(given: string, file: string, namespacePath = ''): ParsedPolicy {
  const name = normalPolicyName(given)
  if (name === '' || name === 'root') throw misuse(`${file}: no policy can be called ${JSON.stringify(given)}`)
  return parsed(name, readValueFile(file), file, namespacePath)
}

function parsed(name: string, text: string, from: string, namespacePath: string): ParsedPolicy {
  try {
    return parsePolicy(name, text, { namespacePath })
  } catch (error) {
    if (error instanceof PolicyError) throw misuse(`${from}: ${error.message}`)
    throw error
  }
}

const FILE = /\.(hcl|json)$/

/** Each `NAME.hcl` and `NAME.json`, of folders within too: `a/b.hcl` is the policy `a/b`. */
export function policiesIn(folder: string, namespacePath = ''): Policies {
  const found = new Map<string, ParsedPolicy>()
  for (const file of filesIn(folder).filter((one) => FILE.test(one))) {
    const policy = policyOf(file.split(path.sep).join('/').replace(FILE, ''), path.join(folder, file), namespacePath)
    if (found.has(policy.name)) throw misuse(`${folder} has two files of the policy ${JSON.stringify(policy.name)}`)
    found.set(policy.name, policy)
  }
  return found
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  } catch (error) {
    throw misuse(`error reading folder ${folder}: ${error instanceof Error ? error.message : 'unreadable'}`)
  }
}

/** `default` as it comes with the server. */
export function initialDefault(namespacePath = ''): ParsedPolicy {
  return parsePolicy(DEFAULT, DEFAULT_POLICY_TEXT, { namespacePath })
}

/** All policies of the server's namespace, with their ends and template options. */
export async function policiesOnServer(session: Session, namespacePath = ''): Promise<Policies> {
  const { client } = session
  const names = keysOf(await remote('Error listing policies', client.listOwn('sys/policies/acl'))) ?? []
  const found = new Map<string, ParsedPolicy>()
  for (const name of names.filter((one) => one !== 'root')) {
    const data = (await remote(`Error reading policy named ${name}`, client.read(`sys/policies/acl/${name}`)))?.data
    if (typeof data?.policy !== 'string') continue
    const expiresAtMs = typeof data.expiration === 'string' ? Date.parse(data.expiration) : undefined
    found.set(name, { ...parsed(name, data.policy, `policy ${name}`, namespacePath), expiresAtMs })
  }
  return found
}
