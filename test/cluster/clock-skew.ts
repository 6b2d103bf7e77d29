import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import path from 'node:path'

/** Builds what sets a process's wall clock off, where there is Linux and a C compiler. */
export class ClockSkew {
  readonly #library: string | undefined

  private constructor(library: string | undefined) {
    this.#library = library
  }

  static build(): ClockSkew {
    if (process.platform !== 'linux' || spawnSync('cc', ['--version']).status !== 0) {
      process.stderr.write('clocks are not skewed: it needs Linux and a C compiler, cc\n')
      return new ClockSkew(undefined)
    }
    const folder = path.join(import.meta.dirname, '../../.venv/c')
    mkdirSync(folder, { recursive: true })
    const library = path.join(folder, 'skewed-clock.so')
    const source = path.join(import.meta.dirname, 'skewed-clock.c')
    execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl'])
    return new ClockSkew(library)
  }

  get isAvailable(): boolean {
    return this.#library !== undefined
  }

  /** The environment of a process whose clock is ahead by so many seconds, or behind. */
  by(seconds: number): Readonly<Record<string, string>> {
    return this.#library === undefined ? {} : { LD_PRELOAD: this.#library, EGIDE_TEST_CLOCK_SKEW: String(seconds) }
  }
}
