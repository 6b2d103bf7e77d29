import type { JsonObject } from '../../../sdk/json.ts'
import type { Logical } from '../../../sdk/logical.ts'
import { command } from '../../command.ts'
import { type ExitCode, misuse, remote } from '../../failure.ts'
import { plain } from '../../output/plain.ts'
import { serialised } from '../../output/print.ts'
import { columns, wrapped } from '../../output/table.ts'
import type { Session } from '../../session.ts'
import { askHidden, printBare, printLine, readStdin, warn } from '../../terminal.ts'
import { cancelAttempt } from './cancel.ts'
import { decodeToken, generateOtp } from './one-time-pad.ts'
import { sharesFrom } from './shares.ts'

const ATTEMPT = 'sys/generate-root/attempt'

export const generateRoot = command({
  usage: '[options] [KEY]',
  description:
    'Makes a new root token, with a quorum of key shares:\n\n' +
    '    egide operator generate-root -init      prints nonce and one-time password\n' +
    '    egide operator generate-root            asks for a share; run by each holder\n' +
    '    egide operator generate-root -decode=-  asks for encoded token and password\n\n' +
    'A share is read from stdin with "-"; then -nonce says what it is for.',
  args: [0, 1],
  output: 'format',
  flags: {
    init: { kind: 'boolean', help: 'Start.' },
    status: { kind: 'boolean', help: 'Show how far it is.' },
    cancel: {
      kind: 'boolean',
      help: 'Give up; shares given so far are forgotten. Within ten minutes of its start with -nonce.',
    },
    nonce: { kind: 'text', help: 'What -init printed.' },
    otp: { kind: 'text', help: 'One-time password: for -init your own, for -decode the one that -init printed.' },
    'generate-otp': { kind: 'boolean', help: 'Print a new one-time password, for -init -otp.' },
    decode: {
      kind: 'text',
      help: 'Decode this encoded token; "-" reads it, and after it the one-time password, from stdin.',
    },
  },
  async run({ args: [given], flags, session }) {
    const { client } = session
    if (flags['generate-otp']) return printOtp(session)
    if (flags.decode !== undefined) return printDecoded(session, flags.decode, flags.otp)
    if (flags.cancel) return cancel(session, flags.nonce)
    if (flags.init) return printProgress(session, await start(client, flags.otp))
    if (flags.status) return printProgress(session, await attempt(client))
    return printProgress(session, await provide(session, given, flags.nonce))
  },
})

function attempt(client: Logical): Promise<JsonObject> {
  return remote('Error getting root generation status', client.json('GET', ATTEMPT))
}

function start(client: Logical, otp: string | undefined): Promise<JsonObject> {
  const body = otp === undefined ? {} : { otp }
  return remote('Error initializing root generation', client.json('PUT', ATTEMPT, { body }))
}

async function cancel(session: Session, nonce: string | undefined): Promise<ExitCode> {
  const doing = 'Error canceling root token generation'
  await cancelAttempt(session, { path: ATTEMPT, doing, status: 'egide operator generate-root -status' }, nonce)
  printLine('Success! Root token generation canceled (if it was started)')
  return 0
}

async function provide(
  session: Session,
  given: string | undefined,
  nonceFlag: string | undefined,
): Promise<JsonObject> {
  let status = await attempt(session.preflight)
  if (status.started !== true) {
    throw misuse('No root generation is in progress. Start one with "egide operator generate-root -init".')
  }
  const asked = given === undefined
  // Who is asked at the terminal sees the nonce; a script must know what it gives a share to.
  const nonce = asked ? plain(status.nonce ?? '') : nonceFlag
  if (!nonce) throw misuse('Missing nonce value: specify it via the -nonce flag')
  if (asked && session.interactive) warn(`Operation nonce: ${nonce}`)
  for (const key of await sharesFrom(given, 'Unseal Key', session.interactive)) {
    const update = session.client.json('PUT', 'sys/generate-root/update', { body: { key, nonce } })
    status = await remote('Error posting unseal key', update)
    if (status.complete === true) break
  }
  return status
}

async function printOtp(session: Session): Promise<ExitCode> {
  const length = (await attempt(session.client)).otp_length
  if (typeof length !== 'number' || length < 1) throw misuse('The server does not say how long the OTP must be')
  const otp = generateOtp(length)
  if (session.format === 'table') printBare(otp)
  else printLine(await serialised(session.format, { otp, otp_length: length }))
  return 0
}

async function printDecoded(session: Session, given: string, otpFlag: string | undefined): Promise<ExitCode> {
  const [encoded, piped] = given === '-' ? await fromStdin(session.interactive) : [given, undefined]
  const otp = otpFlag ?? piped ?? (session.interactive ? await askHidden('OTP') : undefined)
  if (!otp) throw misuse('Missing otp: use -otp to supply it')
  const token = decodeToken(encoded.trim(), otp.trim())
  if (session.format === 'table') printBare(token)
  else printLine(await serialised(session.format, { token }))
  return 0
}

async function fromStdin(interactive: boolean): Promise<[encoded: string, otp: string | undefined]> {
  if (interactive && process.stdin.isTTY) return [await askHidden('Encoded token'), undefined]
  const [encoded = '', otp] = (await readStdin()).split('\n').filter((line) => line.trim() !== '')
  if (encoded === '') throw misuse('Missing encoded value. When using -decode="-" it must be passed via stdin.')
  return [encoded, otp]
}

async function printProgress(session: Session, status: JsonObject): Promise<ExitCode> {
  if (session.format !== 'table') {
    printLine(await serialised(session.format, status))
    return 0
  }
  const row = (name: string, key: string) => (status[key] ? [[name, plain(status[key])]] : [])
  if (status.otp)
    warn(
      wrapped(
        'A One-Time-Password has been generated for you and is shown in the OTP field. It decodes the root token: keep it safe.',
      ),
    )
  printLine(
    columns([
      ['Nonce', plain(status.nonce ?? '')],
      ['Started', String(status.started === true)],
      ['Progress', `${plain(status.progress ?? 0)}/${plain(status.required ?? 0)}`],
      ['Complete', String(status.complete === true)],
      ...(status.encoded_token
        ? row('Encoded Token', 'encoded_token')
        : row('Encoded Root Token', 'encoded_root_token')),
      ...row('OTP', 'otp'),
      ...row('OTP Length', 'otp_length'),
    ]),
  )
  return 0
}
