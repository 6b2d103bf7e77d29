import { writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'
import { parsePolicy } from '../../server/policy/parse.ts'
import { PolicyError } from '../../server/policy/policy.ts'
import { readValueFile } from '../arguments.ts'
import { command } from '../command.ts'
import { misuse } from '../failure.ts'
import { formatHcl, HclSyntaxError } from '../hcl-format.ts'
import { printLine } from '../terminal.ts'

export const fmt = command({
  usage: 'FILE',
  description: 'Formats a policy file in place. What is no policy is refused, and left as it is.',
  args: [1, 1],
  network: false,
  flags: {},
  async run({ args: [given = ''] }) {
    const path = given.startsWith('~/') ? join(homedir(), given.slice(2)) : given
    const text = readValueFile(path)
    const formatted = formattedOrRefused(path, text)
    if (formatted !== text) write(path, formatted)
    printLine(`Success! Formatted policy: ${path}`)
    return 0
  },
})

function formattedOrRefused(path: string, text: string): string {
  try {
    const formatted = formatHcl(text)
    parsePolicy(basename(path), formatted)
    return formatted
  } catch (error) {
    if (error instanceof HclSyntaxError || error instanceof PolicyError)
      throw misuse(`Error parsing ${path}: ${error.message}`)
    throw error
  }
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text)
  } catch (error) {
    throw misuse(`Error writing result: ${error instanceof Error ? error.message : 'the file cannot be written'}`)
  }
}
