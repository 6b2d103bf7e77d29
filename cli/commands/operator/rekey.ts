import type { JsonObject } from '../../../sdk/json.ts'
import { command } from '../../command.ts'
import { type ExitCode, misuse, remote } from '../../failure.ts'
import { plain } from '../../output/plain.ts'
import type { Session } from '../../session.ts'
import { printLine, warn } from '../../terminal.ts'
import { cancelAttempt } from './cancel.ts'
import { printFinished, printRekeyStatus, printVerificationStatus, printVerified } from './rekey-output.ts'
import { sharesFrom } from './shares.ts'

const DEFAULT_SHARES = 5
const DEFAULT_THRESHOLD = 3

/** Which shares are made anew. */
interface Target {
  readonly verify: boolean
  /** The part of the API that makes them. */
  readonly base: 'sys/rekey' | 'sys/rekey-recovery-key'
  readonly keyName: 'Unseal' | 'Recovery'
}

export const rekey = command({
  usage: '[options] [KEY]',
  description:
    'Makes new key shares, with a quorum of the old ones:\n\n' +
    '    egide operator rekey -init -key-shares=5 -key-threshold=3\n' +
    '    egide operator rekey              asks for a share; run by each holder\n\n' +
    'A share is read from stdin with "-"; then -nonce says what it is for.',
  args: [0, 1],
  output: 'format',
  flags: {
    init: { kind: 'boolean', help: 'Start.' },
    status: { kind: 'boolean', help: 'Show how far it is.' },
    cancel: { kind: 'boolean', help: 'Give up; the old shares stay. Within ten minutes of its start with -nonce.' },
    'key-shares': { kind: 'integer', help: `Shares to make. Default ${DEFAULT_SHARES}.`, aliases: ['n'] },
    'key-threshold': { kind: 'integer', help: `Shares needed. Default ${DEFAULT_THRESHOLD}.`, aliases: ['t'] },
    nonce: { kind: 'text', help: 'What -init printed.' },
    target: { kind: 'text', help: 'barrier or recovery. Default barrier.' },
    verify: {
      kind: 'boolean',
      help: 'With -init: the new shares hold only once a quorum of them was given back. Without: give them back, or ask how far that is.',
    },
  },
  async run({ args: [given], flags, session }) {
    const target = targetOf(flags.target ?? 'barrier', flags.verify === true)
    if (flags.init) {
      const [shares, threshold] = [flags['key-shares'] ?? DEFAULT_SHARES, flags['key-threshold'] ?? DEFAULT_THRESHOLD]
      return start(session, target, { secret_shares: shares, secret_threshold: threshold })
    }
    if (flags.cancel) return cancel(session, target, flags.nonce)
    if (flags.status) return showStatus(session, target)
    return provide(session, target, given, flags.nonce)
  },
})

function targetOf(name: string, verify: boolean): Target {
  switch (name.trim().toLowerCase()) {
    case 'barrier':
      return { base: 'sys/rekey', keyName: 'Unseal', verify }
    case 'recovery':
    case 'hsm':
      return { base: 'sys/rekey-recovery-key', keyName: 'Recovery', verify }
    default:
      throw misuse(`Unknown target: ${name}`)
  }
}

async function start(session: Session, target: Target, shape: JsonObject): Promise<ExitCode> {
  const body = { ...shape, require_verification: target.verify }
  const status = await remote('Error initializing rekey', session.client.json('PUT', `${target.base}/init`, { body }))
  if (session.format === 'table') {
    warn('WARNING! The new shares are shown once, to whoever gives the last old share. What is lost then is lost.\n')
  }
  return printRekeyStatus(session, status)
}

async function cancel(session: Session, target: Target, nonce: string | undefined): Promise<ExitCode> {
  const path = `${target.base}/${target.verify ? 'verify' : 'init'}`
  const flags = `${target.keyName === 'Recovery' ? ' -target=recovery' : ''}${target.verify ? ' -verify' : ''}`
  const status = `egide operator rekey -status${flags}`
  await cancelAttempt(session, { path, doing: 'Error canceling rekey', status }, nonce)
  printLine('Success! Canceled rekeying (if it was started)')
  return 0
}

async function showStatus(session: Session, { base, verify }: Target): Promise<ExitCode> {
  const path = `${base}/${verify ? 'verify' : 'init'}`
  const status = await remote('Error reading rekey status', session.client.json('GET', path))
  return verify ? printVerificationStatus(session, status) : printRekeyStatus(session, status)
}

async function provide(
  session: Session,
  target: Target,
  given: string | undefined,
  nonceFlag: string | undefined,
): Promise<ExitCode> {
  const path = `${target.base}/${target.verify ? 'verify' : 'init'}`
  const status = await remote('Error getting rekey status', session.preflight.json('GET', path))
  if (status.started !== true) throw misuse('No rekey is in progress. Start one with "egide operator rekey -init".')
  const asked = given === undefined
  // Who is asked at the terminal sees the nonce; a script must know what it gives a share to.
  const nonce = asked ? plain(status.nonce ?? '') : nonceFlag
  if (!nonce) throw misuse('Missing nonce value: specify it via the -nonce flag')
  if (asked && session.interactive) warn(`Rekey operation nonce: ${nonce}`)
  const shares = await sharesFrom(given, `${target.keyName} Key`, session.interactive)
  const answer = await give(session, target, shares, nonce)
  if (answer.complete !== true) return showStatus(session, target)
  if (target.verify) return printVerified()
  await printFinished(session, status, answer, target.keyName)
  if (status.verification_required !== true || session.format !== 'table') return 0
  return showStatus(session, { ...target, verify: true })
}

async function give(session: Session, target: Target, shares: readonly string[], nonce: string): Promise<JsonObject> {
  const path = `${target.base}/${target.verify ? 'verify' : 'update'}`
  let answer: JsonObject = {}
  for (const key of shares) {
    answer = await remote('Error posting unseal key', session.client.json('PUT', path, { body: { key, nonce } }))
    if (answer.complete === true) break
  }
  return answer
}
