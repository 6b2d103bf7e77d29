import type { Secret } from '../../sdk/secret.ts'
import type { ExitCode } from '../failure.ts'
import { printField, printSecret, printWarnings } from '../output/print.ts'
import type { Session } from '../session.ts'
import { printLine } from '../terminal.ts'

/** Prints what the server answered: the field asked for, or all of it. */
export async function answerWith(session: Session, secret: Secret): Promise<ExitCode> {
  if (session.field !== undefined) await printField(session.format, secret, session.field)
  else await printSecret(session.format, secret)
  return 0
}

/** As answerWith; where the server had nothing to say, a table reader is told that it worked. */
export async function answerOr(session: Session, secret: Secret | undefined, success: string): Promise<ExitCode> {
  if (secret !== undefined && (session.format !== 'table' || !onlyWarns(secret))) return answerWith(session, secret)
  if (secret !== undefined) printWarnings(secret)
  if (session.format === 'table') printLine(success)
  return 0
}

function onlyWarns({ data, auth, wrap_info }: Secret): boolean {
  return data === null && auth === undefined && wrap_info === undefined
}

export function isWrapped(secret: Secret): boolean {
  return secret.wrap_info !== undefined && secret.wrap_info.ttl !== 0
}
