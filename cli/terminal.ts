import { Failure, misuse } from './failure.ts'

/** Most that is read from stdin or a value file. */
export const INPUT_LIMIT = 32 * 1024 * 1024

/** What is wrong with bytes that no JSON holds. */
export const NO_TEXT = 'it is not text in UTF-8; base64 makes text of any bytes'

/**
 * What others stored must not steer the reader's terminal: control characters, and those that turn the direction of text, are
 * shown and not sent. Tabs and line breaks stay.
 */
export function withControlsShown(text: string): string {
  return text.replace(STEERING, (character) => {
    const hex = character.charCodeAt(0).toString(16)
    return hex.length > 2 ? `\\u${hex.padStart(4, '0')}` : `\\x${hex.padStart(2, '0')}`
  })
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const STEERING = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]|\r(?!\n)/g

/** A pipe gets the text as it is, a person what can be shown of it. */
export function printLine(text = ''): void {
  process.stdout.write(`${process.stdout.isTTY ? withControlsShown(text) : text}\n`)
}

export function warn(text: string): void {
  process.stderr.write(`${withControlsShown(text)}\n`)
}

/** A bare value: as it is for a pipe; for a person what can be shown of it, followed by a line break. */
export function printBare(text: string): void {
  process.stdout.write(process.stdout.isTTY ? `${withControlsShown(text)}\n` : text)
}

/** Undefined: it is no UTF-8, and would not be what it was any more. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** All of stdin. It can be read once; a second asker gets nothing. Throws Failure when it is no text. */
export async function readStdin(): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > INPUT_LIMIT) throw misuse(`Failed to read from stdin: more than ${INPUT_LIMIT} bytes`)
    chunks.push(chunk)
  }
  const text = textOf(Buffer.concat(chunks))
  if (text === undefined) throw misuse(`Failed to read from stdin: ${NO_TEXT}`)
  return text
}

const ENTER = /[\r\n]/
const INTERRUPT = '\u0003'
const END = '\u0004'
const ERASE: readonly string[] = ['\u0008', '\u007f']
/** Control-U, which takes back all that was typed, as terminals do when they read lines themselves. */
const KILL = '\u0015'

/**
 * Asks on the terminal without showing what is typed. The prompt goes to stderr, so that output can be piped.
 * Throws when there is no terminal to ask on: a secret is piped in by naming `-`, never by accident.
 */
export async function askHidden(what: string): Promise<string> {
  const input = process.stdin
  if (!input.isTTY)
    throw misuse(`There is no terminal to ask for the ${what} on. To pipe it in, give "-" as the argument.`)
  // Before the prompt: what is pasted the moment it appears must not be shown either.
  input.setRawMode(true)
  input.setEncoding('utf8')
  process.stderr.write(`${withControlsShown(what)} (will be hidden): `)
  try {
    return (await typedLine(input)).trim()
  } finally {
    input.setRawMode(false)
    input.pause()
    process.stderr.write('\n')
  }
}

function typedLine(input: NodeJS.ReadStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let typed: readonly string[] = []
    const settle = (finish: () => void) => {
      input.off('data', take)
      finish()
    }
    const take = (text: string) => {
      for (const key of text) {
        if (key === INTERRUPT) return settle(() => reject(new Failure('user canceled', 1)))
        if (ENTER.test(key) || key === END) return settle(() => resolve(typed.join('')))
        typed = edited(typed, key)
      }
    }
    input.on('data', take)
  })
}

/** Characters, so that one that is two code units goes whole. */
function edited(typed: readonly string[], key: string): readonly string[] {
  if (key === KILL) return []
  return ERASE.includes(key) ? typed.slice(0, -1) : [...typed, key]
}
