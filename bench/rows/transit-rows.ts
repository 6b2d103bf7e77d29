import type { PrimitiveName } from '../primitives/primitives.ts'
import { NUMBER } from './request.ts'
import { CLIENTS, type HttpRow, type SetUp } from './row.ts'

/** 300 bytes. */
export const PLAINTEXT = Buffer.alloc(300, 'x').toString('base64')
/** What is signed, and an item of a batch: 64 bytes. */
export const INPUT = Buffer.alloc(64, 'x').toString('base64')
const HUNDRED = 100

function signing(key: 'ed25519' | 'ecdsa-p256' | 'rsa-2048', openbaoGoal: number): HttpRow {
  return {
    name: `transit-sign-${key}`,
    method: 'POST',
    path: `transit/sign/${key}`,
    body: { input: INPUT },
    connections: CLIENTS,
    openbaoGoal,
    primitive: `sign-${key}`,
  }
}

function verifying(name: string, key: string, primitive: PrimitiveName): HttpRow {
  return {
    name,
    method: 'POST',
    path: `transit/verify/${key}`,
    body: { input: INPUT },
    made: { member: 'signature', path: `transit/sign/${key}`, body: { input: INPUT } },
    connections: CLIENTS,
    openbaoGoal: 2,
    primitive,
  }
}

export const SIGN_RSA = signing('rsa-2048', 1.3)

/** A key that nobody has yet. */
export const MAKE_RSA_KEY: HttpRow = {
  name: 'transit-key-rsa-2048',
  method: 'POST',
  path: `transit/keys/made-${NUMBER}`,
  body: { type: 'rsa-2048' },
  isNumbered: true,
  connections: CLIENTS,
}

export const TRANSIT_ROWS: readonly HttpRow[] = [
  {
    name: 'transit-encrypt',
    method: 'POST',
    path: 'transit/encrypt/bench',
    body: { plaintext: PLAINTEXT },
    connections: CLIENTS,
    bareGoal: 0.35,
    openbaoGoal: 2,
    primitive: 'encrypt-300',
  },
  {
    name: 'transit-decrypt',
    method: 'POST',
    path: 'transit/decrypt/bench',
    made: { member: 'ciphertext', path: 'transit/encrypt/bench', body: { plaintext: PLAINTEXT } },
    connections: CLIENTS,
    bareGoal: 0.35,
    openbaoGoal: 2,
    primitive: 'decrypt-300',
  },
  {
    name: 'transit-batch',
    method: 'POST',
    path: 'transit/encrypt/bench',
    body: { batch_input: Array.from({ length: HUNDRED }, () => ({ plaintext: INPUT })) },
    connections: 16,
    items: HUNDRED,
    openbaoGoal: 2,
    itemsGoal: 80_000,
    primitive: 'encrypt-64',
  },
  signing('ed25519', 2),
  signing('ecdsa-p256', 2),
  SIGN_RSA,
  verifying('transit-verify', 'ed25519', 'verify-ed25519'),
  verifying('transit-verify-ecdsa-p256', 'ecdsa-p256', 'verify-ecdsa-p256'),
  verifying('transit-verify-rsa-2048', 'rsa-2048', 'verify-rsa-2048'),
]

export const TRANSIT_POLICY = `path "transit/encrypt/bench" { capabilities = ["update"] }
path "transit/decrypt/bench" { capabilities = ["update"] }
path "transit/keys/made-*" { capabilities = ["create", "update"] }
path "transit/sign/*" { capabilities = ["update"] }
path "transit/verify/*" { capabilities = ["update"] }
`

export const TRANSIT_SET_UP: readonly SetUp[] = [
  ['transit/keys/bench', {}],
  ...['ed25519', 'ecdsa-p256', 'rsa-2048'].map((type): SetUp => [`transit/keys/${type}`, { type }]),
]
