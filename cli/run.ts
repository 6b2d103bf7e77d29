import { suggestion } from '../server/suggestion.ts'
import { adviceFor } from './advice.ts'
import { catalog } from './catalog.ts'
import type { Command, Entry, Foreign, Group, Leaf } from './command.ts'
import type { Environment } from './environment.ts'
import { type ExitCode, Failure } from './failure.ts'
import { parse } from './parse.ts'
import { Preview } from './preview.ts'
import { Session } from './session.ts'
import { printLine, warn } from './terminal.ts'

/** What a shell says when there is no such command. Vault's command line says it of its first word alone. */
const NO_SUCH_COMMAND = 127

export async function run(argv: readonly string[], environment: Environment): Promise<number> {
  let entry: Entry = catalog
  const words: string[] = ['egide']
  let rest = helpLast(argv)
  while ('commands' in entry) {
    const [word, ...after] = rest
    if (word === undefined || word.startsWith('-')) return groupHelp(words, entry, word)
    const next: Entry | undefined = Object.hasOwn(entry.commands, word) ? entry.commands[word] : undefined
    if (next === undefined) return groupHelp(words, entry, word)
    words.push(word)
    entry = next
    rest = after
  }
  return isForeign(entry)
    ? entry.runArgs([...rest])
    : runCommand(words.join(' '), await entry.load(), rest, environment)
}

/** `help kv get` and `kv help get`, as Git has it, ask for what `kv get -help` asks for. */
function helpLast(argv: readonly string[]): readonly string[] {
  const at = argv.indexOf('help')
  const group = at === -1 || at === argv.length - 1 ? undefined : groupAt(argv.slice(0, at))
  const isAsked = group !== undefined && !Object.hasOwn(group.commands, 'help')
  return isAsked ? [...argv.slice(0, at), ...argv.slice(at + 1), '-help'] : argv
}

/** The group that these words lead to; undefined: they lead to a command, or nowhere. */
function groupAt(words: readonly string[]): Group | undefined {
  let entry: Entry | undefined = catalog
  for (const word of words) {
    if (entry === undefined || !('commands' in entry)) return undefined
    entry = Object.hasOwn(entry.commands, word) ? entry.commands[word] : undefined
  }
  return entry !== undefined && 'commands' in entry ? entry : undefined
}

async function runCommand(
  words: string,
  command: Command,
  argv: readonly string[],
  environment: Environment,
): Promise<ExitCode> {
  let session: Session | undefined
  try {
    const { args, flags, help } = parse(words, command, argv)
    if (help !== undefined) {
      printLine(help.trimEnd())
      return 0
    }
    session = new Session(flags, environment)
    return await command.run({ args, flags, session })
  } catch (error) {
    return ended(error, `Usage: ${words} ${command.usage}`, session)
  } finally {
    session?.close()
  }
}

function ended(error: unknown, usage: string, session: Session | undefined): ExitCode {
  if (error instanceof Preview) {
    printLine(error.text)
    return 0
  }
  if (error instanceof Failure) {
    const advice = adviceFor(error, session)
    const message = error.showsUsage ? `${error.message}\n${usage}` : error.message
    warn(advice === undefined ? message : `${message}\n\n${advice}`)
    return error.exitCode
  }
  // A broken promise of our own. The message may quote what was being worked on, so only its kind is told.
  warn(
    `Internal error (${error instanceof Error ? error.name : 'unknown'}): please report it, with the command's words but not its values.`,
  )
  return 1
}

function isForeign(entry: Leaf | Foreign): entry is Foreign {
  return 'runArgs' in entry
}

/** What there is in place of `word`; '': nobody knows. */
function insteadOf(word: string, { commands, elsewhere = {} }: Group): string {
  const instead = Object.hasOwn(elsewhere, word) ? elsewhere[word] : undefined
  return instead === undefined ? suggestion(word, Object.keys(commands)) : `. ${instead}`
}

/** Help that was asked for ends with 0; an unknown first word with 127; any other word that is unknown or missing with 1. */
function groupHelp(words: readonly string[], group: Group, word: string | undefined): number {
  const asked = word !== undefined && /^(help|--?(help|h))$/.test(word)
  const print = asked ? printLine : warn
  const code = word === undefined || word.startsWith('-') || words.length > 1 ? 1 : NO_SUCH_COMMAND
  if (word !== undefined && !asked) {
    const instead = insteadOf(word, group)
    const unknown = `There is no command "${[...words.slice(1), word].join(' ')}"${instead || '.'}`
    // Who is told what to use needs no list.
    if (instead !== '' && !word.startsWith('-')) {
      print(`${unknown}\nSee: ${words.join(' ')} -help`)
      return code
    }
    print(word.startsWith('-') ? 'Flags go behind the command they are for.\n' : `${unknown}\n`)
  }
  const names = Object.keys(group.commands).sort()
  const width = Math.max(...names.map((name) => name.length))
  print(`Usage: ${words.join(' ')} <command> [options] [args]\n\n${group.summary}\n\nCommands:`)
  for (const name of names) print(`    ${name.padEnd(width)}    ${group.commands[name]?.summary ?? ''}`)
  print(`\n"${words.join(' ')} COMMAND -help" tells more of one.`)
  return asked ? 0 : code
}
