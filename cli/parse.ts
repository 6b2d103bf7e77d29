import { CommanderError, Option, Command as Parser } from 'commander'
import { suggestion } from '../server/suggestion.ts'
import type { Command } from './command.ts'
import { DURATION, parseDuration } from './duration.ts'
import { misuse, wrongArguments } from './failure.ts'
import { booleanOf, type Flag, type Flags, type FlagValues } from './flag.ts'
import { sharedFlags } from './flags.ts'

export interface Parsed {
  readonly args: readonly string[]
  readonly flags: FlagValues<Flags>
  /** The help text, if it was asked for. */
  readonly help?: string
}

/**
 * Vault's flags are written `-name=value`, `-name value`, `--name…`, and `-name[=false]` for booleans, anywhere
 * among the arguments. Commander knows `--name=value`. This is the one place where the first becomes the second:
 * every flag, under its main name, with its value attached. `words` are the command's, for people.
 */
export function normalise(words: string, argv: readonly string[], flags: Flags): string[] {
  const mainNames = new Map(Object.entries(flags).flatMap(([name, flag]) => namesOf(name, flag)))
  const normal: string[] = []
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? ''
    if (word === '--') return [...normal, ...argv.slice(at)]
    const written = /^--?([^=-][^=]*)(?:=([\s\S]*))?$/.exec(word)
    if (written === null) {
      normal.push(word) // an argument, or the `-` that stands for stdin
      continue
    }
    const [, name = '', attached] = written
    const main = mainNames.get(name)
    if (main === undefined)
      throw misuse(
        `flag provided but not defined: -${name}${suggestion(name, [...mainNames.keys()], '-')}\nSee: ${words} -help`,
      )
    const value = attached ?? (flags[main]?.kind === 'boolean' ? 'true' : argv[++at])
    if (value === undefined) throw misuse(`flag needs an argument: -${name}`)
    normal.push(`--${main}=${value}`)
  }
  return normal
}

function namesOf(name: string, flag: Flag): [alias: string, name: string][] {
  return [name, ...(flag.aliases ?? [])].map((alias) => [alias, name])
}

/** Reads the words behind a command's name. Throws Failure when they do not fit. */
export function parse(words: string, command: Command, argv: readonly string[]): Parsed {
  const shared = sharedFlags(command.network ?? true, command.output ?? 'plain')
  const groups: [heading: string, flags: Flags][] = [
    ['Command options:', command.flags],
    ['Output options:', shared.output],
    ['Connection options:', shared.http],
  ]
  const flags: Flags = { ...shared.http, ...shared.output, ...command.flags }
  const values: Record<string, unknown> = {}
  const parser = parserFor(words, command, groups, values)
  if (argv.some((word) => /^--?(help|h)$/.test(word))) return { args: [], flags: {}, help: parser.helpInformation() }

  try {
    parser.parse(normalise(words, argv, flags), { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) throw misuse(error.message)
    throw error
  }
  checkCount(parser.args, command.args)
  return { args: parser.args, flags: values as FlagValues<Flags> }
}

function parserFor(
  words: string,
  command: Command,
  groups: readonly [string, Flags][],
  values: Record<string, unknown>,
): Parser {
  const parser = new Parser(words)
    .usage(command.usage)
    .description(command.description)
    .argument('[args...]')
    .helpOption(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} }) // main prints the error, once
    .configureHelp({ optionTerm: termOf, visibleArguments: () => [] })
  for (const [heading, flags] of groups) {
    for (const [name, flag] of Object.entries(flags)) {
      const option = new Option(`--${name} <${flag.kind}>`, flag.help).helpGroup(heading).argParser((text: string) => {
        values[name] = readFlag(name, flag, text, values[name])
      })
      parser.addOption(option)
    }
  }
  return parser
}

function termOf(option: Option): string {
  const [name, kind] = option.flags.slice('--'.length).split(' ')
  return kind === '<boolean>' ? `-${name}` : `-${name}=${kind}`
}

function readFlag(name: string, flag: Flag, text: string, before: unknown): unknown {
  switch (flag.kind) {
    case 'text':
      return text
    case 'integer':
      if (!/^-?\d{1,15}$/.test(text)) throw misuse(`invalid value for flag -${name}: a whole number is needed`)
      return Number(text)
    case 'boolean':
      return booleanOf(`flag -${name}`, text)
    case 'duration': {
      const duration = parseDuration(text)
      if (duration === undefined) throw misuse(`invalid value for flag -${name}: ${DURATION} is needed`)
      return duration
    }
    case 'list':
      return [...((before as readonly string[] | undefined) ?? []), text]
    case 'pairs':
      return { ...(before as Record<string, string> | undefined), ...pairOf(name, text) }
  }
}

function pairOf(name: string, text: string): Record<string, string> {
  const split = text.indexOf('=')
  if (split < 1) throw misuse(`invalid value for flag -${name}: key=value is needed`)
  return { [text.slice(0, split)]: text.slice(split + 1) }
}

function checkCount(args: readonly string[], [min, max]: readonly [number, number]): void {
  if (args.length >= min && args.length <= max) return
  const expected = min === max ? `${min}` : max === Number.POSITIVE_INFINITY ? `at least ${min}` : `${min}-${max}`
  const wrong = args.length < min ? 'Not enough' : 'Too many'
  throw wrongArguments(`${wrong} arguments (expected ${expected}, got ${args.length})`)
}
