import { pemOf, type Signer, signed, signer } from '../../server/auth/jwks/testing-tokens.ts'
import { CLIENTS, type HttpRow, type SetUp } from './row.ts'
import { KV_WRITE } from './secret-rows.ts'

/** Ways to get a token: each is a durable write. Beside OpenBao's. */

/** Both are set by hand, so that they are the same at each vault. */
const APPROLE = {
  role_id: '9b2f7a52-6c1d-4f0e-8a3b-0d5e4c7f1a26',
  secret_id: 'f4a1c3d8-2e5b-47d9-b6f0-83c97e1d5a04',
} as const
const TOKEN = { token_policies: ['bench'], token_ttl: '1h' } as const

const ISSUER = 'https://issuer.example'
const AUDIENCE = 'vault'
const DAY_SECONDS = 86_400
const nowSeconds = Math.floor(Date.now() / 1000)
const CLAIMS = { iss: ISSUER, sub: 'job', aud: AUDIENCE, iat: nowSeconds, exp: nowSeconds + DAY_SECONDS }

interface Provider {
  readonly name: 'es256' | 'rs256'
  readonly key: Signer
}
const PROVIDERS: readonly Provider[] = [
  { name: 'es256', key: signer('bench', 'ES256') },
  { name: 'rs256', key: signer('bench', 'RS256') },
]

async function jwtRow({ name, key }: Provider): Promise<HttpRow> {
  return {
    name: `jwt-login-${name}`,
    method: 'POST',
    path: `auth/jwt-${name}/login`,
    body: { role: 'bench', jwt: await signed(key, CLAIMS) },
    isAnonymous: true,
    connections: CLIENTS,
    primitive: name === 'es256' ? 'verify-ecdsa-p256' : 'verify-rsa-2048',
    beside: { row: KV_WRITE, goal: 2 },
  }
}

export const LOGIN_ROWS: readonly HttpRow[] = [
  {
    name: 'approle-login',
    method: 'POST',
    path: 'auth/approle/login',
    body: APPROLE,
    isAnonymous: true,
    connections: CLIENTS,
    bareGoal: 0.12,
    openbaoGoal: 6,
  },
  ...(await Promise.all(PROVIDERS.map(jwtRow))),
]

export const LOGIN_SET_UP: readonly SetUp[] = [
  ['sys/auth/approle', { type: 'approle' }],
  ['auth/approle/role/bench', { role_id: APPROLE.role_id, ...TOKEN }],
  ['auth/approle/role/bench/custom-secret-id', { secret_id: APPROLE.secret_id }],
  ...PROVIDERS.flatMap(({ name, key }): SetUp[] => [
    [`sys/auth/jwt-${name}`, { type: 'jwt' }],
    [`auth/jwt-${name}/config`, { jwt_validation_pubkeys: [pemOf(key)], bound_issuer: ISSUER }],
    [`auth/jwt-${name}/role/bench`, { role_type: 'jwt', user_claim: 'sub', bound_audiences: [AUDIENCE], ...TOKEN }],
  ]),
]
