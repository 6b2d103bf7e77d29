import { readFileSync, statSync } from 'node:fs'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, parseJson } from '../sdk/json.ts'
import { fileTrouble, misuse } from './failure.ts'
import { INPUT_LIMIT, NO_TEXT, readStdin, textOf } from './terminal.ts'

/**
 * Reads `key=value` arguments. `key=@file` and `key=-` take the value from a file or stdin as it is;
 * `@file` and `-` alone add a whole JSON object; `key=\@x` is the text `@x`; a key given twice makes a list.
 */
export async function parseData(
  args: readonly string[],
  stdin: () => Promise<string> = readStdin,
): Promise<JsonObject> {
  const data = new Map<string, JsonValue>()
  let stdinUsed = false
  const takeStdin = () => {
    if (stdinUsed) throw misuse('Failed to parse K=V data: stdin can be read only once')
    stdinUsed = true
    return stdin()
  }
  for (const arg of args) {
    if (arg === '-') addObject(data, await takeStdin(), 'stdin')
    else if (arg.startsWith('@')) addObject(data, readValueFile(arg.slice(1)), arg)
    else {
      const split = arg.indexOf('=')
      // The argument is not repeated: a forgotten key leaves a bare secret here.
      if (split < 1) throw misuse('Failed to parse K=V data: an argument is not of the form key=value')
      add(data, arg.slice(0, split), await valueFrom(arg.slice(split + 1), takeStdin))
    }
  }
  return Object.fromEntries(data)
}

/** As parseData, for fields that are sent as query parameters: one pair for each value of a list. */
export async function parseQuery(args: readonly string[]): Promise<[name: string, value: string][]> {
  return Object.entries(await parseData(args)).flatMap(([name, value]) =>
    (isJsonArray(value) ? value : [value]).map((item): [string, string] => [name, plainText(item)]),
  )
}

/** As parseData, with every value as text. */
export async function parseTexts(
  args: readonly string[],
  stdin?: () => Promise<string>,
): Promise<Record<string, string>> {
  const data = await parseData(args, stdin)
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, plainText(value)]))
}

/** The text at `path`, as `-` or `@file` name it. */
export function readValueFile(path: string): string {
  try {
    if (statSync(path).size > INPUT_LIMIT) throw new Error(`larger than ${INPUT_LIMIT} bytes`)
    const text = textOf(readFileSync(path))
    if (text === undefined) throw new Error(NO_TEXT)
    return text
  } catch (error) {
    throw misuse(`error reading file ${path}: ${fileTrouble(error)}`)
  }
}

async function valueFrom(value: string, takeStdin: () => Promise<string>): Promise<string> {
  if (value === '-') return takeStdin()
  if (value.startsWith('@')) return readValueFile(value.slice(1))
  return value.startsWith('\\@') || value === '\\-' ? value.slice(1) : value
}

function addObject(data: Map<string, JsonValue>, text: string, source: string): void {
  let parsed: JsonValue
  try {
    parsed = parseJson(text)
  } catch {
    // The parser's own message quotes the text, which is a secret.
    throw misuse(`Failed to parse K=V data: ${source} is not valid JSON`)
  }
  if (!isJsonObject(parsed)) throw misuse(`Failed to parse K=V data: ${source} is not a JSON object`)
  for (const [key, value] of Object.entries(parsed)) add(data, key, value)
}

function add(data: Map<string, JsonValue>, key: string, value: JsonValue): void {
  const before = data.get(key)
  if (before === undefined) data.set(key, value)
  else data.set(key, isJsonArray(before) ? [...before, value] : [before, value])
}

function plainText(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
