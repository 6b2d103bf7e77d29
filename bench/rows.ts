import type { Numbering } from './load/plan.ts'

/** Stands in a request for a number that no other request has. */
const NUMBER = '@@@@@@@@@'
/** About 400 bytes, as a database credential with its connection string is. */
const SECRET = { username: 'app-readwrite', password: 'p'.repeat(64), url: `postgresql://${'h'.repeat(280)}:5432/app` }
const PLAINTEXT = Buffer.alloc(300, 'x').toString('base64')

/** One kind of request, as an application sends it again and again. */
export interface Row {
  readonly name: string
  readonly method: 'GET' | 'POST'
  /** Below /v1/. */
  readonly path: string
  readonly body?: unknown
  readonly isAnonymous?: boolean
  readonly isNumbered?: boolean
  readonly connections: number
  /** Lowest share of the bare server's rate that is good; undefined: whatever it is. */
  readonly bareGoal: number | undefined
  /** Lowest multiple of OpenBao's rate that is good. */
  readonly openbaoGoal: number | undefined
}

export const ROWS: readonly Row[] = [
  { name: 'kv-read', method: 'GET', path: 'secret/data/bench', connections: 32, bareGoal: 0.35, openbaoGoal: 2 },
  {
    name: 'kv-write',
    method: 'POST',
    path: `secret/data/write/${NUMBER}`,
    body: { data: SECRET },
    isNumbered: true,
    connections: 64,
    bareGoal: 0.2,
    openbaoGoal: 5,
  },
  {
    name: 'transit-encrypt',
    method: 'POST',
    path: 'transit/encrypt/bench',
    body: { plaintext: PLAINTEXT },
    connections: 32,
    bareGoal: 0.35,
    openbaoGoal: 2,
  },
  {
    name: 'token-lookup',
    method: 'GET',
    path: 'auth/token/lookup-self',
    connections: 32,
    bareGoal: 0.35,
    openbaoGoal: 2,
  },
  {
    name: 'health',
    method: 'GET',
    path: 'sys/health',
    isAnonymous: true,
    connections: 32,
    bareGoal: undefined,
    openbaoGoal: undefined,
  },
]

/** What a client may do that runs these rows. */
export const POLICY = `path "secret/data/*" { capabilities = ["create", "read", "update"] }
path "transit/encrypt/bench" { capabilities = ["update"] }
`

export const STORED_SECRET = { path: 'secret/data/bench', body: { data: SECRET } } as const

/** The whole request, in base64. */
export function requestOf(row: Row, token: string): string {
  const body = row.body === undefined ? '' : JSON.stringify(row.body)
  const head = [`${row.method} /v1/${row.path} HTTP/1.1`, 'Host: 127.0.0.1', 'X-Vault-Request: true']
  if (row.isAnonymous !== true) head.push(`X-Vault-Token: ${token}`)
  if (body !== '') head.push('Content-Type: application/json', `Content-Length: ${body.length}`)
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`).toString('base64')
}

/** So many numbers a run may use up. */
const NUMBERS_A_RUN = 1_000_000
let runs = 0

/** Numbers of its own for one run, also against the same server. */
export function numberingOf(row: Row): Numbering | undefined {
  return row.isNumbered === true ? { placeholder: NUMBER, first: NUMBERS_A_RUN * runs++ } : undefined
}
