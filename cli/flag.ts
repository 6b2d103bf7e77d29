import { misuse } from './failure.ts'

/** What a flag's text is read as. A duration is milliseconds; pairs are `-flag=key=value`, repeatable. */
export interface KindValue {
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

/** Reads the text of a boolean; `name` is the flag's or variable's, for people. Throws Failure when it is neither. */
export function booleanOf(name: string, text: string): boolean {
  if (/^(1|t|true)$/i.test(text)) return true
  if (/^(0|f|false)$/i.test(text)) return false
  throw misuse(`invalid value for ${name}: true or false is needed`)
}
