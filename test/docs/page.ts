import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Server } from '../harness/server.ts'

const run = promisify(execFile)
const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))))

/** A page of docs/ whose code is run as it stands, in a folder of its own. */
export class Page {
  readonly text: string
  readonly #name: string
  readonly #folder: string

  /** 'kms.md' */
  constructor(name: string) {
    this.#name = name
    this.text = readFileSync(path.join(root, 'docs', name), 'utf8')
    this.#folder = mkdtempSync(path.join(tmpdir(), 'egide-page-'))
    symlinkSync(path.join(root, 'bin'), path.join(this.#folder, 'bin'))
  }

  /** The first block of code of a chapter. */
  codeOf(chapter: string): string {
    const text = this.text.split(/^## /m).find((part) => part.startsWith(`${chapter}\n`)) ?? ''
    const [, code] = /```sh\n([\s\S]*?)```/.exec(text) ?? []
    if (code === undefined) throw new Error(`docs/${this.#name} has no code in ${chapter}`)
    return code
  }

  /** What the code prints, run as root of the server. */
  async shell(code: string, server: Server): Promise<string> {
    const env = {
      PATH: `${path.join(this.#folder, 'bin')}${path.delimiter}${process.env.PATH}`,
      HOME: this.#folder,
      EGIDE_ADDR: server.address,
      EGIDE_TOKEN: server.rootToken,
    }
    const options = { cwd: this.#folder, env, timeout: 120_000 }
    const { stdout } = await run('bash', ['-e', '-o', 'pipefail', '-c', code], options)
    return stdout
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

export const opensslIsHere = await run('openssl', ['version']).then(
  () => true,
  () => false,
)
