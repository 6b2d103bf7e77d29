import { type Caller, NUMBER, requestOf } from './request.ts'
import { CLIENTS, type HttpRow } from './row.ts'
import { PLAINTEXT } from './transit-rows.ts'

/** About 400 bytes, as a database credential with its connection string is. */
export const SECRET = {
  username: 'app-readwrite',
  password: 'p'.repeat(64),
  url: `postgresql://${'h'.repeat(280)}:5432/app`,
}

export const STORED_SECRET = { path: 'secret/data/bench', body: { data: SECRET } } as const

export const KV_READ: HttpRow = {
  name: 'kv-read',
  method: 'GET',
  path: STORED_SECRET.path,
  connections: CLIENTS,
  bareGoal: 0.35,
  openbaoGoal: 2,
}

export const KV_WRITE: HttpRow = {
  name: 'kv-write',
  method: 'POST',
  path: `secret/data/write/${NUMBER}`,
  body: { data: SECRET },
  isNumbered: true,
  connections: CLIENTS,
  bareGoal: 0.2,
  openbaoGoal: 5,
}

export const SECRET_POLICY = `path "secret/data/*" { capabilities = ["create", "read", "update"] }
path "auth/token/create" { capabilities = ["update"] }
`

/** What applications do, in base64, to be sent in turn: of ten requests six reads, two writes, one encryption, one token. */
export function mixOf(caller: Caller): string[] {
  const encrypt: HttpRow = { ...KV_WRITE, path: 'transit/encrypt/bench', body: { plaintext: PLAINTEXT } }
  const create: HttpRow = { ...KV_WRITE, path: 'auth/token/create', body: { ttl: '60s' } }
  const [read, write] = [KV_READ, KV_WRITE]
  return [read, read, write, read, encrypt, read, read, write, read, create].map((row) => requestOf(row, caller))
}
