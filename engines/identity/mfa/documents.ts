import type { Awaitable } from '../../../storage/backend.ts'
import { document, json } from '../../../storage/codec.ts'
import type { Reader, Tx } from '../../../storage/store.ts'
import type { NamespaceRef, Random } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import type { Algorithm, OneTimeKey } from '../../one-time-codes/codes.ts'
import { isId, NAME_MAX_BYTES, pointerCodec, rows } from '../documents.ts'

/** What is stored for login MFA, and where: in the store of `identity/`, beside the entities. Moments are milliseconds since the epoch. */

/** What secrets of a TOTP method are made with. What was made before keeps what it was made with. */
export interface TotpTerms {
  readonly issuer: string
  readonly periodSeconds: number
  readonly keyBytes: number
  /** Pixels; 0: no QR code. */
  readonly qrSize: number
  readonly algorithm: Algorithm
  readonly digits: number
  readonly skew: number
  /** Codes that may be tried in a row. */
  readonly attemptsMax: number
}

/** At a service that asks people elsewhere, who is asked: a text with templates, or '' for the entity's name. */
interface ServiceTerms {
  readonly usernameFormat: string
}

export interface DuoTerms extends ServiceTerms {
  readonly apiHostname: string
  readonly integrationKey: string
  readonly secretKey: Buffer
  /** Shown with a push: names and values as in a query. */
  readonly pushInfo: string
  /** Whether people are asked for a passcode; a push is made for those who show none. */
  readonly usesPasscode: boolean
}

export interface OktaTerms extends ServiceTerms {
  readonly orgName: string
  readonly apiToken: Buffer
  readonly baseUrl: string
  /** Whether names are looked for among e-mail addresses only, and not among logins. */
  readonly primaryEmail: boolean
}

/** From the settings file of PingID. */
export interface PingIdTerms extends ServiceTerms {
  readonly key: Buffer
  readonly token: Buffer
  readonly usesSignature: boolean
  readonly idpUrl: string
  readonly orgAlias: string
  readonly adminUrl: string
  readonly authenticatorUrl: string
}

/** What one kind of method has of its own. */
export type MethodTerms =
  | { readonly type: 'totp'; readonly terms: TotpTerms }
  | { readonly type: 'duo'; readonly terms: DuoTerms }
  | { readonly type: 'okta'; readonly terms: OktaTerms }
  | { readonly type: 'pingid'; readonly terms: PingIdTerms }
export type MethodType = MethodTerms['type']

export type MfaMethod = MethodTerms & {
  readonly id: string
  /** '': it has none. */
  readonly name: string
}

/** A method, and the namespace that it is of: that of whom it is asked for, or one above it. */
export interface PlacedMethod {
  readonly method: MfaMethod
  readonly namespace: NamespaceRef
}

/** Which logins need which methods: any one of `methodIds`, for a login that any of the others fits. */
export interface Enforcement {
  readonly id: string
  readonly name: string
  readonly methodIds: readonly string[]
  readonly mountAccessors: readonly string[]
  readonly mountTypes: readonly string[]
  readonly groupIds: readonly string[]
  readonly entityIds: readonly string[]
}

/** What was tried lately with one method for one entity. */
export interface Tried {
  /** Since the last that was good. */
  readonly attempts: number
  readonly lastMs: number
  /** Periods whose code was used. */
  readonly usedSteps: readonly number[]
}

export const methodCodec = document<MfaMethod>()
export const enforcementCodec = json<Enforcement>()
export const secretCodec = document<OneTimeKey>()
export const triedCodec = json<Tried>()

export const mfaRows = {
  methods: 'mfa/method/',
  method: (id: string): string => `mfa/method/${id}`,
  methodNames: 'mfa/method-name/',
  methodName: (name: string): string => `mfa/method-name/${rowName(name)}`,
  enforcements: 'mfa/enforcement/',
  enforcement: (name: string): string => `mfa/enforcement/${rowName(name)}`,
  /** Another id after each change of an enforcement, so that one read says whether what is known of them still holds. */
  epoch: 'mfa/epoch',
  secrets: (methodId: string): string => rows.mfaSecret(methodId, ''),
  secret: rows.mfaSecret,
  tried: (methodId: string, entityId: string): string => `mfa/tried/${methodId}/${entityId}`,
} as const

/** Methods, and enforcements, of one namespace: logins look at all of them. */
export const METHODS_MAX = 200
export const ENFORCEMENTS_MAX = 200

type Reads = Pick<Reader, 'get'>

/** Whether somebody who logs in is to be asked for a passcode. */
export function usesPasscode(method: MethodTerms): boolean {
  return method.type === 'totp' || (method.type === 'duo' && method.terms.usesPasscode)
}

export function methodOf(reader: Reads, id: string): Awaitable<MfaMethod | undefined> {
  return isId(id) ? reader.get(mfaRows.method(id), methodCodec) : undefined
}

/** All of them, by their ids; at most METHODS_MAX. */
export async function methodsIn(reader: Pick<Reader, 'get' | 'list'>): Promise<readonly MfaMethod[]> {
  const found: MfaMethod[] = []
  for (const id of await reader.list(mfaRows.methods)) {
    const method = await methodOf(reader, id)
    if (method !== undefined) found.push(method)
  }
  return found
}

export async function methodNamed(reader: Reads, name: string): Promise<MfaMethod | undefined> {
  const pointer = await reader.get(mfaRows.methodName(name), pointerCodec)
  return pointer && methodOf(reader, pointer.id)
}

/** All of them; at most ENFORCEMENTS_MAX. */
export async function enforcementsIn(reader: Pick<Reader, 'get' | 'list'>): Promise<readonly Enforcement[]> {
  const found: Enforcement[] = []
  for (const row of await reader.list(mfaRows.enforcements)) {
    const one = await reader.get(mfaRows.enforcements + row, enforcementCodec)
    if (one !== undefined) found.push(one)
  }
  return found
}

export function enforcementsChanged(tx: Tx, random: Random): void {
  tx.put(mfaRows.epoch, { id: random.uuid() }, pointerCodec)
}

/** One segment of a path, whatever the name. */
function rowName(name: string): string {
  if (!name.isWellFormed() || Buffer.byteLength(name) > NAME_MAX_BYTES || /\p{Cc}/u.test(name))
    throw invalid(`a name has 1 to ${NAME_MAX_BYTES} bytes and no control characters`)
  return encodeURIComponent(name).replaceAll('.', '%2E')
}
