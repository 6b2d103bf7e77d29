import type { ExitCode } from './failure.ts'
import type { Flags, FlagValues, Output } from './flag.ts'
import type { Session } from './session.ts'

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
  /** What the first of them may be, for completion; absent: more than can be listed. */
  readonly words?: readonly string[]
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
  /** Words of the peers' command lines that are none here, and what does it instead. */
  readonly elsewhere?: Readonly<Record<string, string>>
}

export type Entry = Leaf | Foreign | Group
