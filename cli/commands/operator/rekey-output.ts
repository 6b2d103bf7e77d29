import { isJsonArray, type JsonObject } from '../../../sdk/json.ts'
import type { ExitCode } from '../../failure.ts'
import { plain } from '../../output/plain.ts'
import { printValue, serialised } from '../../output/print.ts'
import type { Row } from '../../output/secret.ts'
import { wrapped } from '../../output/table.ts'
import type { Session } from '../../session.ts'
import { printLine, warn } from '../../terminal.ts'

/** How far a rekey is. */
export async function printRekeyStatus(session: Session, status: JsonObject): Promise<ExitCode> {
  await printValue(session.format, status, () => rekeyRows(status))
  return 0
}

/** How far the verification of the new shares is. */
export async function printVerificationStatus(session: Session, status: JsonObject): Promise<ExitCode> {
  await printValue(session.format, status, () => verificationRows(status))
  return 0
}

function rekeyRows(status: JsonObject): Row[] {
  const started = status.started === true
  const [progress, required] = [plain(status.progress ?? 0), plain(status.required ?? 0)]
  const verifying = progress === required ? ' (verification in progress)' : ''
  const running: Row[] = [
    ['Progress', `${progress}/${required}${verifying}`],
    ['New Shares', plain(status.n ?? 0)],
    ['New Threshold', plain(status.t ?? 0)],
    ['Verification Required', String(status.verification_required === true)],
    ...(status.verification_nonce ? [['Verification Nonce', plain(status.verification_nonce)] as const] : []),
  ]
  return [['Nonce', plain(status.nonce ?? '')], ['Started', String(started)], ...(started ? running : [])]
}

function verificationRows(status: JsonObject): Row[] {
  return [
    ['Started', String(status.started === true)],
    ['New Shares', plain(status.n ?? 0)],
    ['New Threshold', plain(status.t ?? 0)],
    ['Verification Nonce', plain(status.nonce ?? '')],
    ['Verification Progress', `${plain(status.progress ?? 0)}/${plain(status.t ?? 0)}`],
  ]
}

/** The new shares, and what to do with them. */
export async function printFinished(
  session: Session,
  status: JsonObject,
  answer: JsonObject,
  keyName: 'Unseal' | 'Recovery',
): Promise<void> {
  if (session.format !== 'table') return printLine(await serialised(session.format, answer))
  const keys = isJsonArray(answer.keys_base64) ? answer.keys_base64 : isJsonArray(answer.keys) ? answer.keys : []
  printLine()
  for (const [at, key] of keys.entries()) printLine(`Key ${at + 1}: ${plain(key)}`)
  if (answer.nonce) printLine(`\nOperation nonce: ${plain(answer.nonce)}`)
  const shape = `${plain(status.n ?? 0)} key shares and a key threshold of ${plain(status.t ?? 0)}`
  if (status.verification_required === true) {
    printLine(
      `\n${wrapped(`New shares were made: ${shape}. They are not valid yet. Give each to another holder, then give a quorum of them back with "egide operator rekey -verify".`)}\n`,
    )
    warn(
      `${wrapped('Keep the current shares until then: they stay the valid ones if the rekey is canceled or the server is sealed.')}\n`,
    )
  } else {
    printLine(
      `\n${wrapped(`${keyName} keys rekeyed to ${shape}. Give each share to another holder: the old ones are worth nothing now.`)}`,
    )
  }
}

export function printVerified(): ExitCode {
  printLine('Rekey verification successful. The rekey operation is complete and the new keys are now active.')
  return 0
}
