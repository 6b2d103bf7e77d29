import { readFileSync, statSync } from 'node:fs'
import { misuse } from '../failure.ts'

/** Longest token that is read from a file. */
const TOKEN_MAX_BYTES = 16_384

/** A token in a file that somebody else keeps fresh. It is read anew whenever the file is another. */
export class TokenFile {
  readonly #path: string
  #stamp = ''
  #token: string | undefined

  constructor(path: string) {
    this.#path = path
  }

  /** The token as the file has it now. Throws Failure when it can't be read; an empty one is none. */
  read(): string | undefined {
    try {
      const { ino, mtimeMs, size } = statSync(this.#path)
      const stamp = `${ino} ${mtimeMs} ${size}`
      if (stamp === this.#stamp) return this.#token
      if (size > TOKEN_MAX_BYTES) throw misuse(`${this.#path} is longer than a token`)
      this.#token = readFileSync(this.#path, 'utf8').trim() || undefined
      this.#stamp = stamp
      return this.#token
    } catch (error) {
      if (error instanceof Error && 'code' in error) throw misuse(`cannot read ${this.#path}: ${error.code}`)
      throw error
    }
  }
}
