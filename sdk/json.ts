/**
 * JSON whose numbers keep every digit. A secret may hold a 64-bit id or a decimal that no double can
 * carry; such a number becomes a {@link RawNumber} that is written out exactly as it came in.
 */
export interface RawNumber {
  readonly rawJSON: string
}

export type JsonValue = null | boolean | number | string | RawNumber | readonly JsonValue[] | JsonObject
export interface JsonObject {
  readonly [key: string]: JsonValue
}

/** ECMAScript's JSON.parse source text access, which the compiler's library does not describe yet. */
interface SourceTextJson {
  parse(text: string, reviver: (key: string, value: JsonValue, context?: { source?: string }) => JsonValue): JsonValue
  rawJSON(text: string): RawNumber
  /** Absent before Node.js 21, where numbers are doubles. */
  isRawJSON?(value: unknown): value is RawNumber
}
const sourceText = JSON as unknown as SourceTextJson

/** Throws SyntaxError when `text` is not JSON. */
export function parseJson(text: string): JsonValue {
  return sourceText.parse(text, keepDigits)
}

function keepDigits(_key: string, value: JsonValue, context?: { source?: string }): JsonValue {
  if (typeof value !== 'number' || context?.source === undefined) return value
  return String(value) === context.source ? value : sourceText.rawJSON(context.source)
}

/** `indent` spaces per level; 0 writes one line. */
export function formatJson(value: JsonValue, indent = 0): string {
  return JSON.stringify(value, null, indent)
}

export function isRawNumber(value: unknown): value is RawNumber {
  return sourceText.isRawJSON?.(value) === true
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawNumber(value)
}

export function isJsonArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value)
}

/** JSON as JSON.parse gives it: numbers are doubles. */
export type Json = null | boolean | number | string | readonly Json[] | JsonMap
export interface JsonMap {
  readonly [key: string]: Json
}
