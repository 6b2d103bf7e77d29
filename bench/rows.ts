import { create, type DescMessage, type DescMethod, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { Transit } from '../proto/gen/egide/v1/transit_pb.ts'
import type { GrpcPlan, Numbering } from './load/plan.ts'
import { PKI_POLICY, PKI_ROWS } from './pki-rows.ts'
import type { GrpcRow, HttpRow, Row } from './row.ts'

/** Stands in a request for a number. */
export const NUMBER = '@@@@@@@@@'
/** About 400 bytes, as a database credential with its connection string is. */
export const SECRET = {
  username: 'app-readwrite',
  password: 'p'.repeat(64),
  url: `postgresql://${'h'.repeat(280)}:5432/app`,
}
const PLAINTEXT = Buffer.alloc(300, 'x').toString('base64')

/** Both are set by hand, so that they are the same at each vault. */
export const APPROLE = {
  role_id: '9b2f7a52-6c1d-4f0e-8a3b-0d5e4c7f1a26',
  secret_id: 'f4a1c3d8-2e5b-47d9-b6f0-83c97e1d5a04',
} as const
/** What is signed. */
const INPUT = Buffer.alloc(64, 'x').toString('base64')
const HUNDRED = 100

const signing = (key: string, openbaoGoal: number): HttpRow => ({
  name: `transit-sign-${key}`,
  method: 'POST',
  path: `transit/sign/${key}`,
  body: { input: INPUT },
  connections: 32,
  bareGoal: undefined,
  openbaoGoal,
})

/** 64 bytes each. */
const ITEM = Buffer.alloc(64, 'x').toString('base64')
const ITEMS = 50

function messageOf<I extends DescMessage>(
  method: DescMethod & { readonly input: I },
  init: MessageInitShape<I>,
): Buffer {
  return Buffer.from(toBinary(method.input, create(method.input, init)))
}

const nameOf = (method: DescMethod): string => `/${method.parent.typeName}/${method.name}`

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
    name: 'transit-decrypt',
    method: 'POST',
    path: 'transit/decrypt/bench',
    made: { member: 'ciphertext', path: 'transit/encrypt/bench', body: { plaintext: PLAINTEXT } },
    connections: 32,
    bareGoal: 0.35,
    openbaoGoal: 2,
  },
  {
    name: 'transit-batch',
    method: 'POST',
    path: 'transit/encrypt/bench',
    body: { batch_input: Array.from({ length: HUNDRED }, () => ({ plaintext: INPUT })) },
    connections: 16,
    items: HUNDRED,
    bareGoal: undefined,
    openbaoGoal: 2,
    itemsGoal: 80_000,
  },
  signing('ed25519', 2),
  signing('ecdsa-p256', 2),
  signing('rsa-2048', 1.3),
  {
    name: 'transit-verify',
    method: 'POST',
    path: 'transit/verify/ed25519',
    body: { input: INPUT },
    made: { member: 'signature', path: 'transit/sign/ed25519', body: { input: INPUT } },
    connections: 32,
    bareGoal: undefined,
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
    name: 'approle-login',
    method: 'POST',
    path: 'auth/approle/login',
    body: APPROLE,
    isAnonymous: true,
    connections: 64,
    bareGoal: 0.12,
    openbaoGoal: 6,
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
  {
    name: 'grpc-encrypt',
    method: nameOf(Transit.method.encrypt),
    message: messageOf(Transit.method.encrypt, { name: 'bench', plaintext: PLAINTEXT }),
    connections: 4,
    underWay: 8,
    isStream: false,
    items: 1,
    bareGoal: 0.6,
    openbaoGoal: undefined,
  },
  {
    name: 'grpc-encrypt-stream',
    method: nameOf(Transit.method.encryptStream),
    message: messageOf(Transit.method.encryptStream, {
      name: 'bench',
      batchInput: Array.from({ length: ITEMS }, () => ({ plaintext: ITEM })),
    }),
    connections: 4,
    underWay: 8,
    isStream: true,
    items: ITEMS,
    bareGoal: undefined,
    openbaoGoal: undefined,
    itemsGoal: 40_000,
  },
  ...PKI_ROWS,
]

export const isGrpc = (row: Row): row is GrpcRow => 'message' in row

/** What a client may do that runs these rows. */
export const POLICY = `path "secret/data/*" { capabilities = ["create", "read", "update"] }
path "transit/encrypt/bench" { capabilities = ["update"] }
path "transit/decrypt/bench" { capabilities = ["update"] }
path "transit/sign/*" { capabilities = ["update"] }
path "transit/verify/*" { capabilities = ["update"] }
path "auth/token/create" { capabilities = ["update"] }
${PKI_POLICY}`

/** Keys that the rows need, by name. */
export const KEYS: Readonly<Record<string, object>> = {
  bench: {},
  ed25519: { type: 'ed25519' },
  'ecdsa-p256': { type: 'ecdsa-p256' },
  'rsa-2048': { type: 'rsa-2048' },
}

export const STORED_SECRET = { path: 'secret/data/bench', body: { data: SECRET } } as const

export function grpcPlanOf(row: Row, token: string): GrpcPlan | undefined {
  return isGrpc(row) ? { path: row.method, token, underWay: row.underWay, isStream: row.isStream } : undefined
}

/** The body of a row's requests; `made` is the value of its member that a request made. */
export function bodyOf(row: HttpRow, made: string | undefined): unknown {
  if (row.made === undefined || made === undefined) return row.body
  return { ...(row.body as object | undefined), [row.made.member]: made }
}

/** The path of a row's requests. */
export function pathOf(row: HttpRow, made: string | undefined): string {
  return row.madePath === undefined ? row.path : row.path + (made ?? '')
}

/** The whole request, or the message with its length before it, in base64. */
export function requestOf(row: Row, token: string, made?: string): string {
  if (isGrpc(row)) {
    const head = Buffer.alloc(5)
    head.writeUInt32BE(row.message.length, 1)
    return Buffer.concat([head, row.message]).toString('base64')
  }
  const sent = bodyOf(row, made)
  const body = sent === undefined ? '' : JSON.stringify(sent)
  const head = [`${row.method} /v1/${pathOf(row, made)} HTTP/1.1`, 'Host: 127.0.0.1', 'X-Vault-Request: true']
  if (row.isAnonymous !== true) head.push(`X-Vault-Token: ${token}`)
  if (body !== '') head.push('Content-Type: application/json', `Content-Length: ${body.length}`)
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`).toString('base64')
}

/** So many numbers a run may use up. */
const NUMBERS_A_RUN = 1_000_000
let runs = 0

/** Numbers of its own for one run, also against the same server. */
export function numberingOf(row: Row): Numbering | undefined {
  return !isGrpc(row) && row.isNumbered === true ? { placeholder: NUMBER, first: NUMBERS_A_RUN * runs++ } : undefined
}

const READ: HttpRow = {
  name: 'read',
  method: 'GET',
  path: 'secret/data/bench',
  connections: 0,
  bareGoal: undefined,
  openbaoGoal: undefined,
}

/** What applications do, in base64, to be sent in turn: of ten requests six reads, two writes, one encryption, one token. */
export function mixOf(token: string): string[] {
  const write: HttpRow = { ...READ, method: 'POST', path: `secret/data/write/${NUMBER}`, body: { data: SECRET } }
  const encrypt: HttpRow = { ...READ, method: 'POST', path: 'transit/encrypt/bench', body: { plaintext: PLAINTEXT } }
  const create: HttpRow = { ...READ, method: 'POST', path: 'auth/token/create', body: { ttl: '60s' } }
  const mix = [READ, READ, write, READ, encrypt, READ, READ, write, READ, create]
  return mix.map((row) => requestOf(row, token))
}
