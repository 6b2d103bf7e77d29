import type { ProtoMessage } from './model.ts'

/** Field numbers that were ever given, by message and field. A number is never given to another field. */
export type Numbers = Record<string, Record<string, number>>

/** Field numbers 19000 to 19999 are Protocol Buffers' own. */
const OWN_FROM = 19_000

/** Gives numbers to the fields that have none yet, also of messages inside. */
export function number(message: ProtoMessage, scope: string, numbers: Numbers): void {
  const name = `${scope}.${message.name}`
  numbers[name] ??= {}
  const known = numbers[name]
  for (const field of message.fields) known[field.name] ??= Math.max(0, ...Object.values(known)) + 1
  if (Object.values(known).some((value) => value >= OWN_FROM)) throw new Error(`${name} has too many fields`)
  for (const inner of message.nested) number(inner, name, numbers)
}

export interface Reserved {
  readonly names: readonly string[]
  readonly numbers: readonly number[]
}

/** What fields that are gone leave behind. */
export function reservedOf(message: ProtoMessage, known: Readonly<Record<string, number>>): Reserved {
  const names = Object.keys(known).filter((name) => !message.fields.some((field) => field.name === name))
  return { names, numbers: names.map((name) => known[name] ?? 0) }
}
