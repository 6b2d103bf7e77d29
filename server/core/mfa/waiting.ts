import type { Clock } from '../../../engines/engine.ts'
import { json } from '../../../storage/codec.ts'
import type { Reader, Tx } from '../../../storage/store.ts'
import type { TokenSpec } from '../../auth/token/service.ts'

/** Logins whose first factor was right and that wait for a second. The rows are in the store of `identity/`, so any node goes on. */

export interface WaitingLogin {
  /** The token that is to be made; its entity is the one below. */
  readonly spec: TokenSpec
  readonly entityId: string
  readonly mountAccessor: string
  /** By which the method at the mount knows them. Undefined: the login began before it was kept. */
  readonly aliasName: string | undefined
  readonly expiresAtMs: number
  /** Of the login, for the answer with the token. */
  readonly warnings: readonly string[]
}

/** Of one entity, the oldest first. */
interface WaitingOf {
  readonly logins: readonly { readonly hash: string; readonly expiresAtMs: number }[]
}

const loginCodec = json<WaitingLogin>()
const waitingCodec = json<WaitingOf>()

const rows = {
  login: (hash: string): string => `mfa/login/${hash}`,
  of: (entityId: string): string => `mfa/logins-of/${entityId}`,
}

/** As Vault. */
const WAIT_MS = 300_000
/** Logins of one entity that wait at one time: the oldest give way, so that nobody can keep anybody out. */
const WAITING_MAX = 50

type Begun = Omit<WaitingLogin, 'expiresAtMs'>

export async function beginWaiting(tx: Tx, hash: string, begun: Begun, clock: Clock): Promise<void> {
  const nowMs = clock.now()
  const expiresAtMs = nowMs + WAIT_MS
  const before = (await tx.get(rows.of(begun.entityId), waitingCodec))?.logins ?? []
  const live = before.filter((one) => one.expiresAtMs > nowMs)
  const kept = live.slice(-(WAITING_MAX - 1))
  for (const gone of live.slice(0, live.length - kept.length)) tx.delete(rows.login(gone.hash))
  tx.put(rows.login(hash), { ...begun, expiresAtMs }, loginCodec, { expiresAtMs })
  tx.put(rows.of(begun.entityId), { logins: [...kept, { hash, expiresAtMs }] }, waitingCodec, { expiresAtMs })
}

/** Undefined: there is none, or its time is over. */
export async function waitingLogin(
  reader: Pick<Reader, 'get'>,
  hash: string,
  clock: Clock,
): Promise<WaitingLogin | undefined> {
  const login = await reader.get(rows.login(hash), loginCodec)
  return login !== undefined && login.expiresAtMs > clock.now() ? login : undefined
}

/** Ends the wait; false where it is over already. */
export async function endWaiting(tx: Tx, hash: string, clock: Clock): Promise<boolean> {
  const login = await waitingLogin(tx, hash, clock)
  if (login === undefined) return false
  tx.delete(rows.login(hash))
  return true
}
