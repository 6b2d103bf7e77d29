import { execFile, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Operation } from './operations.ts'

const run = promisify(execFile)
const root = path.join(import.meta.dirname, '../..')
const sources = path.join(import.meta.dirname, 'checker')

/** Builds the checker around porcupine. Undefined where there is no Go that can. */
export async function buildChecker(): Promise<string | undefined> {
  try {
    await run('go', ['list', '-m'], { cwd: sources })
  } catch {
    process.stderr.write('histories are not checked: needs Go 1.25\n')
    return undefined
  }
  const folder = path.join(root, '.venv', 'go')
  mkdirSync(folder, { recursive: true })
  const command = path.join(folder, 'linearizable')
  await run('go', ['build', '-mod=readonly', '-o', command, '.'], { cwd: sources })
  return command
}

export interface Verdict {
  /** `illegal HISTORY PART` or `undecided HISTORY PART`. */
  readonly faults: readonly string[]
  readonly summary: string
}

export function check(checker: string, operations: readonly Operation[]): Promise<Verdict> {
  return new Promise((resolve, reject) => {
    const child = spawn(checker, [], { stdio: ['pipe', 'pipe', 'inherit'] })
    let answer = ''
    child.stdout.on('data', (text) => {
      answer += String(text)
    })
    child.on('error', reject)
    child.on('close', (code) => {
      const lines = answer.trim().split('\n')
      if (code === 0) resolve({ faults: lines.slice(0, -1), summary: lines.at(-1) ?? '' })
      else reject(new Error(`the checker ended with ${code}`))
    })
    child.stdin.end(operations.map((one) => `${JSON.stringify(one)}\n`).join(''))
  })
}
