import { Failure, misuse } from './failure.ts'

/** Most that is read from stdin or a value file. */
export const INPUT_LIMIT = 32 * 1024 * 1024

export function printLine(text = ''): void {
  process.stdout.write(`${text}\n`)
}

export function warn(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** A bare value: followed by a line break for a person, by nothing for a pipe. */
export function printBare(text: string): void {
  process.stdout.write(process.stdout.isTTY ? `${text}\n` : text)
}

/** All of stdin. It can be read once; a second asker gets nothing. */
export async function readStdin(): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > INPUT_LIMIT) throw misuse(`Failed to read from stdin: more than ${INPUT_LIMIT} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const ENTER = /[\r\n]/
const INTERRUPT = '\u0003'
const END = '\u0004'
const ERASE: readonly string[] = ['\u0008', '\u007f']

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
  process.stderr.write(`${what} (will be hidden): `)
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
    let typed = ''
    const settle = (finish: () => void) => {
      input.off('data', take)
      finish()
    }
    const take = (text: string) => {
      for (const key of text) {
        if (key === INTERRUPT) return settle(() => reject(new Failure('user canceled', 1)))
        if (ENTER.test(key) || key === END) return settle(() => resolve(typed))
        typed = ERASE.includes(key) ? typed.slice(0, -1) : typed + key
      }
    }
    input.on('data', take)
  })
}
