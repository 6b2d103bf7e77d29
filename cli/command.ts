import type { ExitCode } from './failure.ts'
import type { Session } from './session.ts'

/** What a flag's text is read as. A duration is milliseconds; pairs are `-flag=key=value`, repeatable. */
interface KindValue {
  text: string
  integer: number
  boolean: boolean
  duration: number
  list: readonly string[]
  pairs: Readonly<Record<string, string>>
}
export type Kind = keyof KindValue

export interface Flag<K extends Kind = Kind> {
  readonly kind: K
  readonly help: string
  readonly aliases?: readonly string[]
}
export type Flags = Readonly<Record<string, Flag>>

/** A flag that was not given is absent, so that a command can tell it from one set to its zero value. */
export type FlagValues<F extends Flags> = {
  readonly [Name in keyof F]?: F[Name] extends Flag<infer K> ? KindValue[K] : never
}

/** Which of the shared flags a command has: none of the output ones, `-format`, or `-format` and `-field`. */
export type Output = 'plain' | 'format' | 'field'

export interface Invocation<F extends Flags = Flags> {
  readonly args: readonly string[]
  readonly flags: FlagValues<F>
  readonly session: Session
}

export interface Command<F extends Flags = Flags> {
  /** What follows the command's words, e.g. `[options] KEY [DATA]`. */
  readonly usage: string
  readonly description: string
  /** Fewest and most positional arguments. */
  readonly args: readonly [min: number, max: number]
  /** Talks to a server, and so takes address, token and TLS flags. Default true. */
  readonly network?: boolean
  readonly output?: Output
  readonly flags: F
  run(invocation: Invocation<F>): Promise<ExitCode>
}

/** Checks a command's flags against its use of them. */
export function command<const F extends Flags>(spec: Command<F>): Command {
  // The parser reads flags by this very table, so the values it passes have the types of F.
  return spec as unknown as Command
}

export interface Leaf {
  readonly summary: string
  readonly load: () => Promise<Command>
}

/** Takes over everything behind its name, as it was typed. */
export interface Foreign {
  readonly summary: string
  readonly runArgs: (argv: string[]) => Promise<number>
}

export interface Group {
  readonly summary: string
  readonly commands: Readonly<Record<string, Entry>>
}

export type Entry = Leaf | Foreign | Group
