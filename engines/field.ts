import Type, { type TSchema } from 'typebox'
import {
  CoercionError,
  parseBool,
  parseBounds,
  parseCommaMap,
  parseDuration,
  parseInteger,
  parseIntegerList,
  parseList,
  parseMap,
  parseNumber,
  parseStringMap,
  parseText,
  parseTime,
} from './coerce.ts'

/**
 * One named input of a route: its schema (for OpenAPI and the SDK), how what came over the wire becomes a `T` (Vault's
 * coercions), and what stands in for it when it is absent.
 */
export interface Field<T> {
  readonly schema: TSchema
  readonly description: string
  /** Value when the field is absent. */
  readonly fallback: T
  readonly required: boolean
  /** Where it is documented to come from; path parameters are recognised by the route's pattern. */
  readonly query: boolean
  readonly deprecated: boolean
  /** Texts that differ in case alone, or in white space around them, name one thing. */
  readonly anyCase: boolean
  /** As a parameter of a path: with another text it is no path of the engine's. Undefined: any. */
  readonly shape: RegExp | undefined
  /** Throws CoercionError, whose message says what was expected and never repeats the value. */
  readonly parse: (raw: unknown) => T
}

export interface FieldOptions {
  readonly description: string
  readonly query?: boolean
  readonly deprecated?: boolean
  readonly anyCase?: boolean
  /** Describes more closely than the kind does; what is accepted stays the kind's. */
  readonly schema?: TSchema
}
type Required = FieldOptions & { readonly required: true }
type Defaulted<T> = FieldOptions & { readonly default: T }

interface FieldKind<T> {
  /** Absent is a 400 that names the field. */
  (options: Required): Field<T>
  (options: Defaulted<T>): Field<T>
  (options: FieldOptions): Field<T | undefined>
}

function kind<T>(schema: TSchema, parse: (raw: unknown) => T, shape?: RegExp): FieldKind<T> {
  const make = (options: FieldOptions & { required?: true; default?: T }): Field<T | undefined> => ({
    schema: withDefault(options.schema ?? schema, options.default),
    description: options.description,
    fallback: options.default,
    required: options.required === true,
    query: options.query === true,
    deprecated: options.deprecated === true,
    anyCase: options.anyCase === true,
    shape,
    parse,
  })
  return make as FieldKind<T>
}

const withDefault = (schema: TSchema, value: unknown): TSchema =>
  value === undefined ? schema : { ...schema, default: value }

function oneOf<const V extends string>(values: readonly V[]): FieldKind<V> {
  return kind<V>(Type.Enum([...values]), (raw) => {
    const text = parseText(raw)
    const found = values.find((value) => value === text)
    if (found === undefined) throw new CoercionError(`must be one of ${values.join(', ')}`)
    return found
  })
}

/** What stands for a thing in a path, as peers have it: ASCII letters, digits and '_', and in between '.' and '-'. */
const NAME = /^\w(?:[\w.-]{0,510}\w)?$/

/** Whether a text that comes from elsewhere than a path would be a `name` in one. */
export function isName(text: string): boolean {
  return NAME.test(text)
}

/** The kinds of fields. Numbers come as JSON numbers or their text, durations as seconds or '1h30m', lists as arrays or 'a,b'. */
export const field = {
  text: kind<string>(Type.String(), parseText),
  /** As `text`, and where it stands in a path one that is none is no path. */
  name: kind<string>(Type.String(), parseText, NAME),
  /** As `name`, with '@' in between too. */
  nameWithAt: kind<string>(Type.String(), parseText, /^\w(?:[\w.@-]{0,510}\w)?$/),
  int: kind<number>(Type.Integer(), parseInteger),
  number: kind<number>(Type.Number(), parseNumber),
  bool: kind<boolean>(Type.Boolean(), parseBool),
  /** Whole seconds. */
  duration: kind<number>(Type.String({ format: 'duration' }), parseDuration),
  /** Milliseconds since the epoch, from RFC 3339 text or seconds since the epoch. */
  time: kind<number>(Type.String({ format: 'date-time' }), parseTime),
  intList: kind<readonly number[]>(Type.Array(Type.Integer()), parseIntegerList),
  list: kind<readonly string[]>(Type.Array(Type.String()), parseList),
  /** As `list`, where an empty one binds nothing. */
  bounds: kind<readonly string[]>(Type.Array(Type.String()), parseBounds),
  map: kind<Readonly<Record<string, unknown>>>(Type.Record(Type.String(), Type.Any()), parseMap),
  stringMap: kind<Readonly<Record<string, string>>>(Type.Record(Type.String(), Type.String()), parseStringMap),
  /** As `stringMap`, where text is several pairs: 'a=b,c=d'. */
  commaMap: kind<Readonly<Record<string, string>>>(Type.Record(Type.String(), Type.String()), parseCommaMap),
  any: kind<unknown>(Type.Any(), (raw) => raw),
  oneOf,
}

export type Fields = Readonly<Record<string, Field<unknown>>>
export type Values<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never }
