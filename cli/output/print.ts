import { formatJson, isJsonArray, type JsonObject, type JsonValue } from '../../sdk/json.ts'
import type { Secret } from '../../sdk/secret.ts'
import { misuse } from '../failure.ts'
import { printBare, printLine, warn } from '../terminal.ts'
import { plain } from './plain.ts'
import { type Row, secretField, secretRows, valueIn } from './secret.ts'
import { table, wrapped } from './table.ts'

export const FORMATS = ['table', 'json', 'yaml', 'raw'] as const
export type Format = (typeof FORMATS)[number]

const HEADER = ['Key', 'Value'] as const

/** Prints `value` as the format asks; `rows` is what a table shows of it. */
export async function printValue(format: Format, value: JsonValue, rows: () => readonly Row[]): Promise<void> {
  if (format !== 'table') return printLine(await serialised(format, value))
  const lines = rows()
  if (lines.length > 0) printLine(table(HEADER, lines))
}

export async function printSecret(format: Format, secret: Secret): Promise<void> {
  if (format === 'table') printWarnings(secret)
  await printValue(format, secretValue(secret), () => secretRows(secret))
}

/** The keys of a listing, one a line. */
export async function printKeys(format: Format, keys: readonly string[], secret: Secret): Promise<void> {
  if (format !== 'table') return printLine(await serialised(format, keys))
  printWarnings(secret)
  if (keys.length > 0)
    printLine(
      table(
        ['Keys'],
        [...keys].sort().map((key) => [key]),
      ),
    )
}

/** One field, bare. Throws when it is not there. */
export async function printField(format: Format, source: Secret | JsonObject, field: string): Promise<void> {
  const value = isSecret(source) ? secretField(source, field) : valueIn(source, field)
  if (value === undefined || value === null) {
    throw misuse(`Field ${JSON.stringify(field)} not present in ${isSecret(source) ? 'secret' : 'map'}`)
  }
  if (isSecret(source) && format === 'table') printWarnings(source)
  printBare(format === 'table' || format === 'raw' ? plain(value) : await serialised(format, value))
}

export function printWarnings(secret: Secret): void {
  if (secret.warnings === null || secret.warnings.length === 0) return
  warn('WARNING! The following warnings were returned from the server:\n')
  for (const warning of secret.warnings) {
    warn(wrapped(`* ${warning}`).replace(/^/gm, '  '))
    warn('')
  }
}

/** The `keys` of a listing, or undefined where the answer is no listing. */
export function keysOf(secret: Secret | undefined): readonly string[] | undefined {
  const keys = secret?.data?.keys
  return isJsonArray(keys) ? keys.filter((key) => typeof key === 'string') : undefined
}

export async function serialised(format: Format, value: JsonValue): Promise<string> {
  switch (format) {
    case 'yaml': {
      const { formatYaml } = await import('./yaml.ts')
      return formatYaml(value)
    }
    case 'raw':
      throw misuse('This command does not support the -format=raw option.')
    case 'json':
    case 'table':
      return formatJson(value, 2)
  }
}

function secretValue(secret: Secret): JsonObject {
  const { request_id, lease_id, lease_duration, renewable, data, warnings, auth, wrap_info } = secret
  return {
    request_id,
    lease_id,
    lease_duration,
    renewable,
    data,
    warnings,
    ...(auth && { auth: { ...auth } }),
    ...(wrap_info && { wrap_info: { ...wrap_info, wrapped_accessor: wrap_info.wrapped_accessor ?? '' } }),
  }
}

function isSecret(source: Secret | JsonObject): source is Secret {
  return Object.hasOwn(source, 'request_id') && Object.hasOwn(source, 'warnings')
}
