import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))))
export const EGIDE = path.join(root, 'bin', 'egide')

/** Less than a test's own time: what hangs is told by how it ended. */
const ENDS_WITHIN_MS = 120_000

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A command that goes on until it is told to end. */
export interface Started {
  readonly ended: Promise<Ended>
  signal(name: NodeJS.Signals): void
}

export interface RunOptions {
  readonly stdin?: string
  /** On top of the shell's own; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** Somebody at a shell: a home of their own, and only the variables that are set here. */
export class Shell {
  readonly home = mkdtempSync(path.join(tmpdir(), 'egide-cli-'))
  readonly env: Readonly<Record<string, string | undefined>>
  readonly command: string

  constructor(env: Readonly<Record<string, string | undefined>>, command = EGIDE) {
    this.env = env
    this.command = command
  }

  /** Runs one command line in the home, and waits until it has ended. */
  run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    return this.start(args, options).ended
  }

  start(args: readonly string[], options: RunOptions = {}): Started {
    return this.#spawn(this.command, args, options)
  }

  /** As run, for what has to work: its stdout. Throws with what was said when it ends with anything but 0. */
  async ok(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const ended = await this.run(args, options)
    if (ended.code !== 0) throw new Error(`${args.join(' ')} ended with ${ended.code}:\n${ended.stdout}${ended.stderr}`)
    return ended.stdout
  }

  /** Another program, in the same home with the same variables. */
  other(command: string, args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    return this.#spawn(command, args, options).ended
  }

  file(name: string, text: string): string {
    const file = path.join(this.home, name)
    writeFileSync(file, text)
    return file
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true })
  }

  #spawn(command: string, args: readonly string[], { stdin, env }: RunOptions): Started {
    const child = spawn(command, args, {
      cwd: this.home,
      env: { PATH: process.env.PATH, HOME: this.home, LANG: 'C.UTF-8', ...this.env, ...env },
      timeout: ENDS_WITHIN_MS,
    })
    const ended = new Promise<Ended>((resolve, reject) => {
      let [stdout, stderr] = ['', '']
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text
      })
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text
      })
      child.on('error', reject)
      child.on('close', (code) => resolve({ code, stdout, stderr }))
      child.stdin.on('error', () => {}) // it may end without reading what it was given
      child.stdin.end(stdin ?? '')
    })
    return { ended, signal: (name) => child.kill(name) }
  }
}

/**
 * Runs a command line on a terminal of its own, types `typed` and Enter as soon as it asks, and prints all that the
 * terminal showed. Ends as the command does.
 */
export const AT_A_TERMINAL = `
import os, pty, sys
typed, argv = sys.argv[1], sys.argv[2:]
pid, fd = pty.fork()
if pid == 0:
    os.execv(argv[0], argv)
shown, asked = b'', False
while True:
    try:
        chunk = os.read(fd, 4096)
    except OSError:
        break
    if not chunk:
        break
    shown += chunk
    if not asked and b'(will be hidden): ' in shown:
        asked = True
        os.write(fd, typed.encode() + b'\\r')
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(status))
`
