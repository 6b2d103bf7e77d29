import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, closeSync, mkdtempSync, openSync, realpathSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import path from 'node:path'

/** Why a disk can't be filled here; undefined when it can. */
export const noFullDisk =
  process.platform === 'linux' && spawnSync('cc', ['--version']).status === 0
    ? undefined
    : 'it needs Linux and a C compiler, cc'

const WORDS = 6
/** A full disk still takes an fsync of what is on it. */
const WRITES = 2n

/** Lets what processes write below one folder find the disk full, from `fill` to `free`. */
export class FullDisk {
  readonly #folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'egide-full-')))
  readonly #library = path.join(this.#folder, 'faulty-io.so')
  readonly #control = path.join(this.#folder, 'control')
  readonly #handle: number

  constructor() {
    execFileSync('cc', [
      '-shared',
      '-fPIC',
      '-O1',
      '-o',
      this.#library,
      path.join(import.meta.dirname, 'faulty-io.c'),
      '-ldl',
    ])
    writeFileSync(this.#control, new Uint8Array(WORDS * BigInt64Array.BYTES_PER_ELEMENT))
    // PostgreSQL's user must get to both.
    chmodSync(this.#folder, 0o711)
    chmodSync(this.#control, 0o666)
    this.#handle = openSync(this.#control, 'r+')
  }

  /** What a process needs in its environment for it to hold below `directory`, whose path has no links. */
  env(directory: string): Record<string, string> {
    return { LD_PRELOAD: this.#library, EGIDE_FAULT_DIRECTORY: directory, EGIDE_FAULT_CONTROL: this.#control }
  }

  fill(): void {
    this.#set(1n, BigInt(constants.errno.ENOSPC), 1n)
  }

  free(): void {
    this.#set(0n, 0n, 0n)
  }

  remove(): void {
    closeSync(this.#handle)
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** See faulty-io.c. */
  #set(nth: bigint, errno: bigint, lasts: bigint): void {
    const words = new Uint8Array(BigInt64Array.of(nth, errno, lasts, 0n, WRITES, 0n).buffer)
    writeSync(this.#handle, words, 0, words.length, 0)
  }
}
