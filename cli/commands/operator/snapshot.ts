import { closeSync, createWriteStream, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { TransportError } from '../../../sdk/errors.ts'
import { command } from '../../command.ts'
import { type ExitCode, Failure, misuse, remote } from '../../failure.ts'
import { serialised } from '../../output/print.ts'
import { columns, wrapped } from '../../output/table.ts'
import type { Session } from '../../session.ts'
import { printLine, readStdin, warn } from '../../terminal.ts'
import { type Examined, type OfflineError, offline, type Proof } from './offline.ts'

export const save = command({
  usage: '[options] FILE',
  description:
    'Saves everything that a running server keeps, as it was at one moment, to FILE, which must not be there yet. What ' +
    'arrived is verified before it gets its name: a download that broke off leaves nothing behind. Values stay sealed; ' +
    'the snapshot opens with the same key shares. The token needs sudo on sys/storage/snapshot.',
  args: [1, 1],
  output: 'format',
  flags: {},
  async run({ args: [file = ''], session }) {
    if (existsSync(file)) throw misuse(`${file} is there already`)
    const partial = `${file}.partial`
    try {
      await download(session, partial)
      const { examineFile } = await offline()
      const snapshot = await withOfflineFailures(examineFile(partial, undefined))
      renameSync(partial, file)
      syncFolder(path.dirname(path.resolve(file)))
      return await show(session, snapshot, [], file)
    } finally {
      rmSync(partial, { force: true })
    }
  },
})

/** On the disk when this resolves. */
async function download(session: Session, file: string): Promise<void> {
  rmSync(file, { force: true })
  const fd = opened(file)
  const asked = remote('Error taking the snapshot', session.client.stream('sys/storage/snapshot'))
  const answer = await asked.catch((error: unknown) => {
    closeSync(fd)
    throw error
  })
  try {
    await pipeline(answer, createWriteStream(file, { fd, flush: true }))
  } catch (cause) {
    throw new Failure(`Error taking the snapshot: it broke off (${reasonOf(cause)})`, 2)
  }
}

/** Before anybody is asked for what could not be kept. */
function opened(file: string): number {
  try {
    return openSync(file, 'wx', 0o600)
  } catch (error) {
    throw misuse(`cannot write ${file}: ${error instanceof Error ? error.message : 'it cannot be opened'}`)
  }
}

function reasonOf(cause: unknown): string {
  if (cause instanceof TransportError) return cause.message
  return (cause as NodeJS.ErrnoException).code ?? 'unknown error'
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

const PUBLIC_KEY = {
  kind: 'text',
  help: "PEM file of the vault's key: `egide read -field=public_key sys/storage/snapshot/key`.",
} as const

export const inspect = command({
  usage: '[options] FILE',
  description:
    'Shows what a snapshot holds, after it was found to be whole: no bit changed, nothing cut off, moved or mixed in.',
  args: [1, 1],
  network: false,
  output: 'format',
  flags: { 'public-key': PUBLIC_KEY },
  async run({ args: [file = ''], flags, session }) {
    const { examineFile } = await offline()
    return show(session, await withOfflineFailures(examineFile(file, flags['public-key'])), [])
  },
})

const UNOPENED =
  'It is whole, and signed by the vault of that key. That every entry in it opens is proven with -shares or -config.'
const UNPROVEN =
  'It is whole, as whoever made it left it. Which vault that was is proven with -public-key, which takes the file that ' +
  '"egide read -field=public_key sys/storage/snapshot/key" wrote; that every entry in it opens, with -shares or -config.'

export const verify = command({
  usage: '[options] FILE',
  description:
    'Proves that a snapshot is whole, and with -shares or -config that its vault opens and every entry in it decrypts. ' +
    'Nothing is written anywhere.\n\n' +
    '    egide operator snapshot verify FILE\n' +
    '    egide operator snapshot verify -public-key=key.pem FILE\n' +
    '    egide operator snapshot verify -shares FILE < shares\n' +
    '    egide operator snapshot verify -config=server.hcl FILE\n\n' +
    'The first proves hashes and signature; the second that this vault signed it; the others that the shares, one a line, ' +
    'or the seal of that configuration open every entry.',
  args: [1, 1],
  network: false,
  output: 'format',
  flags: {
    'public-key': PUBLIC_KEY,
    shares: { kind: 'boolean', help: 'Read key shares from stdin, one a line.' },
    config: { kind: 'list', help: "The server's configuration, whose seal opens the vault. May be repeated." },
  },
  async run({ args: [file = ''], flags, session }) {
    const { examineFile, proveSnapshot } = await offline()
    const snapshot = await withOfflineFailures(examineFile(file, flags['public-key']))
    if (flags.shares !== true && flags.config === undefined) {
      const shown = await show(session, snapshot, [])
      if (session.format === 'table') warn(`\n${wrapped(flags['public-key'] === undefined ? UNPROVEN : UNOPENED)}`)
      return shown
    }
    const shares = flags.shares === true ? await sharesOnStdin() : []
    const proof = await withOfflineFailures(proveSnapshot(snapshot, shares, flags.config ?? [], session.environment))
    const shown = await show(session, snapshot, rowsOf(proof))
    return proof.damagedCount === 0 && proof.isOwnKey ? shown : 2
  },
})

export async function sharesOnStdin(): Promise<Buffer[]> {
  const { sharesIn } = await offline()
  return withOfflineFailures(sharesIn(await readStdin()))
}

function rowsOf({ checked, damaged, damagedCount, sealed, isOwnKey }: Proof): [string, string][] {
  const rows: [string, string][] = [
    ['Entries opened', String(checked - damagedCount - sealed)],
    ['Entries that do not open', String(damagedCount)],
    ['Signed by the vault in it', isOwnKey ? 'yes' : 'no'],
  ]
  if (sealed > 0) rows.push(['Entries of sealed namespaces, not opened', String(sealed)])
  return [...rows, ...damaged.map(({ path: where, problem }): [string, string] => [where, problem])]
}

async function show(
  session: Session,
  snapshot: Examined,
  proof: [string, string][],
  name = snapshot.file.name,
): Promise<ExitCode> {
  const { meta, totals, digest } = snapshot
  const rows: [string, string][] = [
    ['File', name],
    ['ID', meta.id],
    ['Cluster ID', meta.clusterId],
    ['Cluster Name', meta.clusterName],
    ['Created', new Date(meta.createdMs).toISOString()],
    ['Revision', String(meta.revision)],
    ['Entries', String(totals.entries)],
    ['Bytes', String(totals.bytes)],
    ['SHA-256', digest],
    ...proof,
  ]
  if (session.format === 'table') printLine(columns(rows))
  else {
    const named = rows.map(([row, value]) => [row.toLowerCase().replaceAll(/[ -]/g, '_'), value])
    printLine(await serialised(session.format, Object.fromEntries(named)))
  }
  return 0
}

/** Turns what fails offline into a failure of the command: exit code 2 for damage, 1 for what another call can mend. */
export async function withOfflineFailures<T>(work: Promise<T>): Promise<T> {
  const { OfflineError: Known } = await offline()
  try {
    return await work
  } catch (error) {
    if (!(error instanceof Known)) throw error
    const { message, isDamage } = error as OfflineError
    throw new Failure(`Error: ${message}`, isDamage ? 2 : 1)
  }
}
