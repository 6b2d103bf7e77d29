import { AwsError } from './aws-error.ts'
import type { Data } from './operation.ts'

/** The members of a request. JSON's null is as if the member were not there. */

export function member(input: Data, name: string): unknown {
  const value = Object.hasOwn(input, name) ? input[name] : undefined
  return value === null ? undefined : value
}

export function text(input: Data, name: string): string | undefined {
  const value = member(input, name)
  if (value === undefined || typeof value === 'string') return value
  throw new AwsError('SerializationException', `${name} must be a string`)
}

export function neededText(input: Data, name: string): string {
  const value = text(input, name)
  if (value !== undefined) return value
  throw invalid(
    `1 validation error detected: Value null at '${camel(name)}' failed to satisfy constraint: Member must not be null`,
  )
}

/** A name that becomes a segment of a path. */
export function neededSegment(input: Data, name: string): string {
  const value = neededText(input, name)
  if (/^[A-Za-z0-9_-]{1,256}$/.test(value)) return value
  throw invalid(`${name} must be 1 to 256 letters, digits, "_" and "-"`)
}

export function items(input: Data, name: string): readonly Data[] {
  const value = member(input, name) ?? []
  if (Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null)) return value
  throw new AwsError('SerializationException', `${name} must be a list of structures`)
}

/** One that is absent is empty. */
export function structure(input: Data, name: string): Data {
  const value = member(input, name) ?? {}
  if (typeof value === 'object' && !Array.isArray(value)) return value as Data
  throw new AwsError('SerializationException', `${name} must be a structure`)
}

/** Both bounds included; `usual` where the member is absent. */
interface CountBounds {
  readonly least: number
  readonly most: number
  readonly usual: number
}

export function count(input: Data, name: string, { least, most, usual }: CountBounds): number {
  const value = member(input, name) ?? usual
  if (typeof value !== 'number') throw new AwsError('SerializationException', `${name} must be a number`)
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw invalid(
    `1 validation error detected: Value at '${camel(name)}' failed to satisfy constraint: Member must be ${least} to ${most}`,
  )
}

/** Members by the names that the engine has for them. It judges their values. */
export function renamed(input: Data, names: Readonly<Record<string, string>>): Data {
  const found: Record<string, unknown> = {}
  for (const [theirs, ours] of Object.entries(names)) {
    const value = member(input, theirs)
    if (value !== undefined) found[ours] = value
  }
  return found
}

/** Refuses members that ask for what is not offered. */
export function refuseMembers(input: Data, ...names: readonly string[]): void {
  const name = names.find((known) => member(input, known) !== undefined)
  if (name !== undefined) throw new AwsError('UnsupportedOperationException', `${name} is not supported`)
}

export function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message)
}

/** AWS's clients take moments as seconds since the epoch. */
export function epochSeconds(time: unknown): number | undefined {
  return typeof time === 'string' ? Date.parse(time) / 1000 : undefined
}

/** A moment that a client gave as seconds since the epoch, with or without a fraction, as RFC 3339 has it. */
export function moment(input: Data, name: string): string | undefined {
  const value = member(input, name)
  if (value === undefined) return undefined
  // A number such as 1.0 is kept as it was written.
  const seconds = typeof value === 'number' || JSON.isRawJSON(value) ? Number(JSON.stringify(value)) : Number.NaN
  const date = new Date(seconds * 1000)
  if (Number.isNaN(date.getTime())) throw new AwsError('SerializationException', `${name} must be a time in seconds`)
  return date.toISOString()
}

/** Without the members that have no value. */
export function present(data: Data): Data {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined))
}

const camel = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1)
