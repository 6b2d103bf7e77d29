import { isUtf8 } from 'node:buffer'
import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs'
import path from 'node:path'
import { HclError, type ObjectNode } from '../hcl/ast.ts'
import { parseDocument } from '../hcl/parse.ts'
import { ConfigError } from './types.ts'

const FILE_MAX_BYTES = 1024 * 1024
const FILES_MAX = 1000
const LIMITS = { maxLength: FILE_MAX_BYTES, maxDepth: 16 }

/** The files meant by `where`: itself, or a folder's *.hcl and *.json files in order of name. Throws ConfigError. */
export function configFilesAt(where: string): readonly string[] {
  if (!stat(where).isDirectory()) return [where]
  const names = attempt(where, () => readdirSync(where))
    .filter((name) => /\.(hcl|json)$/.test(name) && !name.startsWith('.'))
    .sort()
  if (names.length > FILES_MAX) throw new ConfigError(`${where}: more than ${FILES_MAX} config files`)
  if (names.length === 0) throw new ConfigError(`${where}: no *.hcl or *.json file in this folder`)
  return names.map((name) => path.join(where, name)).filter((file) => !stat(file).isDirectory())
}

/** Parses one file. Throws ConfigError. */
export function readConfigFile(file: string): ObjectNode {
  const { size, isFile } = describe(file)
  // A pipe or a device might never end.
  if (!isFile) throw new ConfigError(`${file}: not a file`)
  if (size > FILE_MAX_BYTES) throw new ConfigError(`${file}: longer than ${FILE_MAX_BYTES} bytes`)
  const bytes = attempt(file, () => readFileSync(file))
  if (!isUtf8(bytes)) throw new ConfigError(`${file}: not UTF-8 text`)
  return parseConfig(file, bytes.toString('utf8'))
}

/** `name` stands for the file in messages. Throws ConfigError. */
export function parseConfig(name: string, text: string): ObjectNode {
  return placed(name, () => parseDocument(text, LIMITS))
}

/** Runs `work`, and puts the file's name and line to what fails. */
export function placed<T>(file: string, work: () => T): T {
  return named((line) => `${file}:${line}`, work)
}

/** As `placed`, without lines. */
export function told<T>(name: string, work: () => T): T {
  return named(() => name, work)
}

function named<T>(place: (line: number) => string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof HclError) throw new ConfigError(`${place(error.at.line)}: ${error.detail}`)
    throw error
  }
}

function describe(file: string): { readonly size: number; readonly isFile: boolean } {
  const stats = stat(file)
  return { size: stats.size, isFile: stats.isFile() }
}

const stat = (file: string): Stats => attempt(file, () => statSync(file))

function attempt<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const reason = fileReason(error)
    if (reason !== undefined) throw new ConfigError(`${file}: ${reason}`)
    throw new ConfigError(`${file}: it cannot be read`, { cause: error })
  }
}

/** Why a file is of no use, in an operator's words; undefined: there are none for it. */
export function fileReason(error: unknown): string | undefined {
  return REASONS[String((error as NodeJS.ErrnoException).code)]
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission to read it is missing',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links lead in a circle',
}
