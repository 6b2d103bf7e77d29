import { Hmac } from '../hmac.ts'
import { BoundedMap } from './bounded-map.ts'
import type { ClearNames } from './clear-names.ts'
import { Remembered } from './remembered.ts'
import type { ShorthandWriter } from './shorthand.ts'

/** Values of one record that are hashed one by one; what lies beyond is hashed container by container, so that no body makes a record without bound. */
const VALUES_MAX = 8192
/** Deeper containers are hashed whole. */
const DEPTH_MAX = 64
/** Longer names of fields are hashed like values: a caller chooses them. */
const NAME_MAX_CHARS = 512
const SMALL_NUMBERS = 256
/** Longer texts are not worth remembering what their HMACs are. */
const REMEMBERED_MAX_CHARS = 128
/** Names of members whose JSON text is remembered; callers choose some of them. */
const NAMES_MAX = 1024

type Data = Readonly<Record<string, unknown>>

/**
 * Renders data as JSON text in which every value is replaced by its HMAC under one device's salt: strings as Vault does
 * (so that `sys/audit-hash` finds them), numbers, booleans and null by their JSON text. Names of fields stay, unless they
 * are longer than any that a route has.
 */
export class Redactor {
  readonly #hmac: Hmac
  readonly #raw: boolean
  readonly #true: string
  readonly #false: string
  readonly #null: string
  readonly #small: (string | undefined)[] = new Array(SMALL_NUMBERS)
  /** HMACs, as literals: much of what is hashed (names, accessors, the same request again) comes again soon. Forgotten with the salt. */
  readonly #remembered = new Remembered()
  readonly #names = new BoundedMap<string, string>(NAMES_MAX)
  /** Text of containers that can't change any more; a store's cache hands out the same document again and again. */
  readonly #frozen = new WeakMap<object, string>()
  readonly #shorthand: ShorthandWriter | undefined
  #budget = 0
  /** What is rendered will be used again, in any batch. */
  #isKept = false

  /**
   * With `raw` nothing is hashed: `log_raw`, which the operator asked for. With `shorthand`, HMACs of long values of data are
   * marks of it.
   */
  constructor(salt: Uint8Array, raw: boolean, shorthand?: ShorthandWriter) {
    this.#hmac = new Hmac(salt)
    this.#raw = raw
    this.#shorthand = shorthand
    this.#true = this.#hashed('true')
    this.#false = this.#hashed('false')
    this.#null = this.#hashed('null')
  }

  /** 'hmac-sha256:' and the hex HMAC, whatever `log_raw` says. */
  hash(text: string): string {
    return `hmac-sha256:${this.#hmac.hex(text)}`
  }

  /** A JSON string literal: the text's HMAC, or the text itself with `log_raw`. */
  text(text: string): string {
    return this.#raw ? JSON.stringify(text) : this.#hashed(text)
  }

  /** As `text`, of what was made just now: remembering all of it would drive out what comes again soon. */
  newText(text: string): string {
    return this.#raw ? JSON.stringify(text) : this.#made(text)
  }

  /**
   * A JSON object, or '' when there is nothing to show. `clearMaxChars`: a field that a route shows in clear is hashed where
   * its JSON text is longer.
   */
  data(data: Data | null, clear: ClearNames, clearMaxChars = Number.POSITIVE_INFINITY): string {
    if (data === null) return ''
    const names = Object.keys(data)
    if (names.length === 0) return ''
    if (this.#raw) return JSON.stringify(data)
    this.#budget = VALUES_MAX
    this.#isKept = false
    if (names.length > VALUES_MAX) return `{"elided":${this.#whole(data)}}`
    let text = ''
    for (const name of names) {
      const value = data[name]
      if (value === undefined || typeof value === 'function') continue
      const inClear = clear.top.has(name) ? plain(value) : undefined
      const shown =
        inClear === undefined || inClear.length > clearMaxChars ? this.#value(value, name, clear.deep, 1) : inClear
      text += (text === '' ? '{' : ',') + this.#name(name) + shown
    }
    return text === '' ? '' : `${text}}`
  }

  /** Forgets the salt. */
  destroy(): void {
    this.#hmac.destroy()
    this.#remembered.clear()
  }

  #hashed(text: string): string {
    return text.length > REMEMBERED_MAX_CHARS ? this.#made(text) : this.#remembered.of(text, this.#made)
  }

  /** Of a value. Those that are not remembered are left to the other thread, if there is one. */
  #shown(text: string): string {
    if (text.length <= REMEMBERED_MAX_CHARS || this.#isKept) return this.#hashed(text)
    return this.#shorthand?.hmac(text) ?? this.#made(text)
  }

  readonly #made = (text: string): string => `"hmac-sha256:${this.#hmac.hex(text)}"`

  #value(value: unknown, name: string, deep: ReadonlySet<string> | undefined, depth: number): string {
    if (typeof value === 'object' && value !== null && !JSON.isRawJSON(value)) {
      if (Array.isArray(value)) return this.#list(value, name, deep, depth)
      return this.#object(value, deep, depth)
    }
    this.#budget--
    if (deep?.has(name)) return plain(value)
    switch (typeof value) {
      case 'string':
        return this.#shown(value)
      case 'boolean':
        return value ? this.#true : this.#false
      case 'number':
        return this.#number(value)
      case 'object':
        return value === null ? this.#null : this.#hashed(JSON.stringify(value))
      case 'bigint':
        return this.#hashed(String(value))
      default:
        return this.#null // what JSON would not write
    }
  }

  #number(value: number): string {
    if (!Number.isInteger(value) || value < 0 || value >= SMALL_NUMBERS || Object.is(value, -0))
      return Number.isFinite(value) ? this.#hashed(String(value)) : this.#null
    const known = this.#small[value]
    if (known !== undefined) return known
    const made = this.#hashed(String(value))
    this.#small[value] = made
    return made
  }

  #list(list: readonly unknown[], name: string, deep: ReadonlySet<string> | undefined, depth: number): string {
    if (list.length === 0) return '[]'
    if (list.length > this.#budget || depth > DEPTH_MAX) return this.#whole(list)
    let text = '['
    for (let at = 0; at < list.length; at++) {
      if (at > 0) text += ','
      text += this.#value(list[at], name, deep, depth + 1)
    }
    return `${text}]`
  }

  #object(object: object, deep: ReadonlySet<string> | undefined, depth: number): string {
    if (ArrayBuffer.isView(object) || 'toJSON' in object) return this.#whole(object)
    const keep = deep === undefined && Object.isFrozen(object)
    if (keep) {
      const known = this.#frozen.get(object)
      if (known !== undefined) return known
    }
    const names = Object.keys(object)
    if (names.length === 0) return '{}'
    if (names.length > this.#budget || depth > DEPTH_MAX) return this.#whole(object)
    const isWithinKept = this.#isKept
    this.#isKept ||= keep
    let text = ''
    for (const name of names) {
      const value = (object as Data)[name]
      if (value === undefined || typeof value === 'function') continue
      text += (text === '' ? '{' : ',') + this.#name(name) + this.#value(value, name, deep, depth + 1)
    }
    this.#isKept = isWithinKept
    text = text === '' ? '{}' : `${text}}`
    if (keep && isDeeplyFrozen(object, 0)) this.#frozen.set(object, text)
    return text
  }

  /** A member's name and the colon after it. */
  #name(name: string): string {
    const known = this.#names.get(name)
    if (known !== undefined) return known
    if (name.length > NAME_MAX_CHARS) return `${this.#hashed(name)}:`
    const made = `${JSON.stringify(name)}:`
    if (name.length <= REMEMBERED_MAX_CHARS) this.#names.set(name, made)
    return made
  }

  /** One HMAC for all of it. */
  #whole(value: object): string {
    this.#budget--
    return this.#hashed(JSON.stringify(value))
  }
}

function plain(value: unknown): string {
  return JSON.stringify(value) ?? 'null'
}

/** Only plain lists and objects count: anything else could change behind its frozen face. */
function isDeeplyFrozen(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return true
  if (!Object.isFrozen(value) || ArrayBuffer.isView(value) || 'toJSON' in value || depth > DEPTH_MAX) return false
  return Object.values(value).every((inner) => isDeeplyFrozen(inner, depth + 1))
}
