import { readFileSync, statSync } from 'node:fs'
import { ConfigError, type SecretSource } from '../../config/types.ts'

/** Longest file that can hold a key or a token. */
const FILE_MAX_BYTES = 16_384

/** A secret's bytes, which the caller zeroes. `what` names it in a ConfigError; the secret itself is in none. */
export function readSecret(source: SecretSource, what: string): Buffer {
  if ('text' in source) return Buffer.from(source.text)
  try {
    const stats = statSync(source.file)
    if (!stats.isFile()) throw new ConfigError(`${what}: ${source.file} is not a file`)
    if (stats.size > FILE_MAX_BYTES)
      throw new ConfigError(`${what}: ${source.file} is longer than ${FILE_MAX_BYTES} bytes`)
    return readFileSync(source.file)
  } catch (error) {
    if (error instanceof ConfigError) throw error
    throw new ConfigError(`${what}: ${source.file} can't be read (${(error as NodeJS.ErrnoException).code})`)
  }
}
