import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../../../sdk/json.ts'
import { parseDuration } from '../../../duration.ts'
import { misuse } from '../../../failure.ts'
import { booleanOf } from '../../../flag.ts'

/** What may be set of a check, with what stands there unless it is. Durations are text such as `30d`. */
export type Defaults = Readonly<Record<string, string | number | boolean | readonly string[]>>

/** What is set of one check. Its methods throw Failure naming what cannot be read. */
export class Settings {
  readonly #check: string
  readonly #values: Readonly<Record<string, JsonValue>>

  /** `given`: what a configuration says of the check. */
  constructor(check: string, defaults: Defaults, given: JsonValue | undefined) {
    if (given !== undefined && !isJsonObject(given)) throw misuse(`the configuration of ${check} is no object`)
    const unknown = Object.keys(given ?? {}).find((name) => name !== 'enabled' && !Object.hasOwn(defaults, name))
    if (unknown !== undefined) throw misuse(`unknown configuration option for ${check}: ${unknown}`)
    this.#check = check
    this.#values = { ...(defaults as JsonObject), ...given }
  }

  isEnabled(otherwise: boolean): boolean {
    const { enabled } = this.#values
    if (enabled === undefined) return otherwise
    return typeof enabled === 'boolean' ? enabled : booleanOf(`${this.#check}.enabled`, String(enabled))
  }

  /** Milliseconds. */
  duration(name: string): number {
    return parseDuration(String(this.#values[name])) ?? this.#fail(name, 'a duration such as 30d is needed')
  }

  integer(name: string, min: number, max: number): number {
    const value = Number(this.#values[name])
    return Number.isInteger(value) && value >= min && value <= max
      ? value
      : this.#fail(name, `a whole number from ${min} to ${max} is needed`)
  }

  texts(name: string): readonly string[] {
    const value = this.#values[name]
    if (isJsonArray(value) && value.every((item) => typeof item === 'string')) return value
    return this.#fail(name, 'a list of texts is needed')
  }

  #fail(name: string, why: string): never {
    throw misuse(`${this.#check}.${name}: ${why}`)
  }
}
