import { GRPC_ROWS } from './grpc-rows.ts'
import { KMS_POLICY, KMS_ROWS } from './kms-rows.ts'
import { LOGIN_ROWS, LOGIN_SET_UP } from './login-rows.ts'
import { PKI_POLICY, PKI_ROWS, PKI_SET_UP } from './pki-rows.ts'
import { CLIENTS, type Row, type SetUp } from './row.ts'
import { KV_READ, KV_WRITE, SECRET_POLICY, STORED_SECRET } from './secret-rows.ts'
import { TRANSIT_POLICY, TRANSIT_ROWS, TRANSIT_SET_UP } from './transit-rows.ts'

export const ROWS: readonly Row[] = [
  KV_READ,
  KV_WRITE,
  ...TRANSIT_ROWS,
  {
    name: 'token-lookup',
    method: 'GET',
    path: 'auth/token/lookup-self',
    connections: CLIENTS,
    bareGoal: 0.35,
    openbaoGoal: 2,
  },
  ...LOGIN_ROWS,
  { name: 'health', method: 'GET', path: 'sys/health', isAnonymous: true, connections: CLIENTS },
  ...GRPC_ROWS,
  ...KMS_ROWS,
  ...PKI_ROWS,
]

/** What a client may do that runs these rows. */
export const POLICY = SECRET_POLICY + TRANSIT_POLICY + KMS_POLICY + PKI_POLICY

/** What any vault needs for the rows, in this order. */
export const SET_UP: readonly SetUp[] = [
  ...TRANSIT_SET_UP,
  ...PKI_SET_UP,
  [STORED_SECRET.path, STORED_SECRET.body],
  ['sys/policies/acl/bench', { policy: POLICY }],
  ...LOGIN_SET_UP,
]
