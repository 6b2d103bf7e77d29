import type { JsonObject } from '../../../sdk/json.ts'
import type { Secret } from '../../../sdk/secret.ts'
import type { ExitCode } from '../../failure.ts'
import { mapRows } from '../../output/secret.ts'
import { heading, table } from '../../output/table.ts'
import type { Session } from '../../session.ts'
import { printLine } from '../../terminal.ts'
import { answerWith, isWrapped } from '../answer.ts'

/** After a write: where it went, and the metadata of the version it made. */
export async function printWritten(session: Session, path: string, secret: Secret | undefined): Promise<ExitCode> {
  if (secret === undefined) {
    if (session.format === 'table') printLine(`Success! Data written to: ${path}`)
    return 0
  }
  if (session.field !== undefined || session.format !== 'table' || isWrapped(secret)) return answerWith(session, secret)
  printPath('Secret Path', path)
  printSection('Metadata', secret.data ?? {})
  return 0
}

export function printPath(title: string, path: string): void {
  printLine(`${heading(title, path.length)}\n${path}\n`)
}

/** A titled table; the title alone where there is nothing in it. */
export function printSection(title: string, data: JsonObject): void {
  const widest = Math.max(0, ...Object.keys(data).map((key) => key.length))
  printLine(heading(title, widest + '    Value'.length))
  const rows = mapRows(data)
  if (rows.length > 0) printLine(table(['Key', 'Value'], rows))
}
