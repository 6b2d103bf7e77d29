import { timingSafeEqual } from 'node:crypto'
import { hmac } from '../../../crypto/keys/hash.ts'
import type { Action } from '../access/actions.ts'
import type { Call } from '../access/authorization.ts'
import type { Key } from '../keys/key.ts'
import { specOf } from '../keys/key-specs.ts'
import { checkLength, refuseDryRun, usableKey } from '../usable-key.ts'
import { readyKey } from './ready-key.ts'

/** HMAC (FIPS 198-1), with the hash of the key's spec. */

const MESSAGE_MAX = 4096
const MAC_MAX = 6144

export interface MacRequest {
  readonly key: string
  readonly message: Buffer
  readonly algorithm?: string | undefined
  readonly grantTokens?: readonly string[] | undefined
}

export interface Authenticated {
  readonly keyId: string
  readonly algorithm: string
  readonly mac: Buffer
}

export function generateMac(call: Call, request: MacRequest): Promise<Authenticated> {
  return macFor(call, request, 'GenerateMac')
}

export interface VerifyMacRequest extends MacRequest {
  readonly mac: Buffer
}

export interface VerifiedMac {
  readonly keyId: string
  readonly algorithm: string
  readonly valid: boolean
}

export async function verifyMac(call: Call, request: VerifyMacRequest): Promise<VerifiedMac> {
  const { mac: given } = request
  checkLength('mac', given, 1, MAC_MAX)
  const { keyId, algorithm, mac: made } = await macFor(call, request, 'VerifyMac')
  return { keyId, algorithm, valid: made.length === given.length && timingSafeEqual(made, given) }
}

async function macFor(call: Call, request: MacRequest, action: Action): Promise<Authenticated> {
  const { message, algorithm: asked, grantTokens } = request
  checkLength('message', message, 0, MESSAGE_MAX)
  const wanted = { action, usage: 'GENERATE_VERIFY_MAC', algorithm: asked, grantTokens } as const
  const { key, algorithm } = await usableKey(call, request.key, wanted)
  refuseDryRun(call)
  return { keyId: key.id, algorithm, mac: macWith(key, message) }
}

function macWith(key: Key, message: Buffer): Buffer {
  const { material } = specOf(key)
  if (material.kind !== 'mac') throw new Error(`a ${key.spec} key makes no MACs`)
  const ready = readyKey(key)
  return hmac(material.hash, ready.secret(ready.latest), message)
}
