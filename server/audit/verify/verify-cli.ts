import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { isJsonObject } from '../../../engines/json-object.ts'
import type { AuditStreamEvidence } from '../../../engines/system/services/audit.ts'
import { ofFile } from './line-reader.ts'
import type { Finding, Verification, VerifyInputs } from './verification.ts'
import { verify } from './verify.ts'

const USAGE = `Usage: egide audit verify [options] FILE...

Verifies the files that an audit device wrote, offline. Give rotated files in
the order they were written.

Ends with 0 when everything is as it was written, 2 when it is not, 1 when it
could not be verified.

Command options:
  -evidence=FILE    What "egide read -format=json sys/audit-evidence/PATH"
                    printed: the device's public key, and its newest
                    checkpoints, against which a cut tail is found.
  -chain-key=FILE   What "egide read -format=json sys/audit-chain-key/PATH"
                    printed, or the key in base64: with it every single record
                    is verified, and the first bad one named. Keep it secret.
  -public-key=FILE  The device's public key in PEM, where there is no evidence.
  -partial          The first file begins in the middle: nothing before its
                    first checkpoint is verified.
  -skip-headers     A collector put its own text before each line (syslog):
                    lines begin at their first "{".
`

const OPTIONS = {
  evidence: { type: 'string' },
  'chain-key': { type: 'string' },
  'public-key': { type: 'string' },
  partial: { type: 'boolean' },
  'skip-headers': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

/** Where the command's text goes; the process's own unless a test listens. */
export interface Terminal {
  out(text: string): void
  error(text: string): void
}

const terminalOfProcess: Terminal = {
  out: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
}

/** `egide audit verify`. Gives the exit code. */
export async function runAuditVerify(argv: readonly string[], terminal: Terminal = terminalOfProcess): Promise<number> {
  try {
    // Vault's commands take long options with one dash.
    const args = argv.map((arg) => (/^-[a-z]{2}/.test(arg) ? `-${arg}` : arg))
    const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true, strict: true })
    if (values.help === true) {
      terminal.out(USAGE)
      return 0
    }
    if (positionals.length === 0) throw new Error('no file was given')
    const inputs = await inputsFrom(values)
    const result = await verify(positionals, inputs)
    report(result, inputs, positionals.length, terminal)
    return result.problem === undefined ? 0 : 2
  } catch (error) {
    terminal.error(`${error instanceof Error ? error.message : String(error)}\nSee: egide audit verify -help\n`)
    return 1
  }
}

interface Values {
  readonly evidence?: string | undefined
  readonly 'chain-key'?: string | undefined
  readonly 'public-key'?: string | undefined
  readonly partial?: boolean | undefined
  readonly 'skip-headers'?: boolean | undefined
}

async function inputsFrom(values: Values): Promise<VerifyInputs> {
  const evidence = values.evidence === undefined ? undefined : await evidenceFrom(values.evidence)
  const publicKey = values['public-key'] === undefined ? evidence?.publicKey : await publicKeyFrom(values['public-key'])
  const chainKey = values['chain-key'] === undefined ? undefined : await chainKeyFrom(values['chain-key'])
  if (publicKey === undefined && chainKey === undefined)
    throw new Error('one of -evidence, -public-key and -chain-key is needed')
  return {
    publicKey,
    chainKey,
    device: evidence?.device,
    streams: evidence?.streams,
    partial: values.partial,
    skipHeaders: values['skip-headers'],
  }
}

interface Evidence {
  readonly device: string
  readonly publicKey: KeyObject
  readonly streams: readonly AuditStreamEvidence[]
}

async function evidenceFrom(file: string): Promise<Evidence> {
  const data = await dataOf(file)
  const { device, public_key: publicKey, streams } = data ?? {}
  if (
    typeof device !== 'string' ||
    typeof publicKey !== 'string' ||
    !Array.isArray(streams) ||
    !streams.every(isStream)
  )
    throw new Error(`${file} is no evidence of an audit device`)
  return { device, publicKey: createPublicKey(publicKey), streams }
}

function isStream(value: unknown): value is AuditStreamEvidence {
  const texts = ['node', 'stream', 'chain', 'time', 'line']
  return (
    isJsonObject(value) &&
    Number.isSafeInteger(value.sequence) &&
    texts.every((name) => typeof value[name] === 'string')
  )
}

async function publicKeyFrom(file: string): Promise<KeyObject> {
  const text = await ofFile(file, readFile(file))
  let key: KeyObject
  try {
    key = createPublicKey(text)
  } catch (cause) {
    throw new Error(`${file} holds no public key in PEM`, { cause })
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`${file} is no Ed25519 key`)
  return key
}

async function chainKeyFrom(file: string): Promise<KeyObject> {
  const data = await dataOf(file)
  const text = data === undefined ? (await ofFile(file, readFile(file, 'utf8'))).trim() : data.chain_key
  const key = Buffer.from(typeof text === 'string' ? text : '', 'base64')
  if (key.length !== 32) throw new Error(`${file} is no chain key`)
  return createSecretKey(key)
}

/** The `data` of a reply, or the object itself; undefined for what is no JSON object. */
async function dataOf(file: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const text = await ofFile(file, readFile(file, 'utf8'))
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isObject(parsed)) return undefined
  return isObject(parsed.data) ? parsed.data : parsed
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function report(result: Verification, inputs: VerifyInputs, files: number, terminal: Terminal): void {
  for (const note of result.notes) terminal.out(`note: ${place(note)}: ${note.message}\n`)
  const uncovered = inputs.chainKey === undefined ? result.uncovered : 0
  const seen = `${result.records - uncovered} records and ${result.checkpoints} checkpoints in ${files} ${files === 1 ? 'file' : 'files'}`
  if (result.problem !== undefined) {
    terminal.out(`BAD: ${place(result.problem)}: ${result.problem.message}\n`)
    terminal.out(`Before that, ${seen} were good.\n`)
    return
  }
  terminal.out(`Verified: ${seen}.\n`)
  if (uncovered > 0)
    terminal.out(`note: ${uncovered} more records came after the newest checkpoint; only -chain-key can verify them.\n`)
  if (inputs.streams === undefined) terminal.out('note: without -evidence a cut tail is not found.\n')
}

const place = ({ file, line }: Finding): string => (line === 0 ? file : `${file}:${line}`)
