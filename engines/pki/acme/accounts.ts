import type { EngineContext } from '../../engine.ts'
import { acmeConfig } from './config.ts'
import { type Account, accountCodec, acmeRows, eabCodec, textCodec } from './documents.ts'
import { bindingKeyId, innerJws, type SignedRequest, verifyBinding, verifyInner } from './jws.ts'
import { Problem } from './problem.ts'
import { countAccount } from './rate-limits.ts'

const CONTACTS_MAX = 10
const CONTACT_MAX = 320

/** mailto: without headers, one address each (RFC 8555, 7.3), without blanks around it, which getssl writes. Throws Problem. */
function checkedContacts(raw: unknown): readonly string[] {
  if (raw === undefined) return []
  if (!Array.isArray(raw) || raw.length > CONTACTS_MAX)
    throw new Problem('invalidContact', 'contact is no list, or too long')
  return raw.map((one: unknown) => {
    if (typeof one !== 'string' || one.length > CONTACT_MAX)
      throw new Problem('invalidContact', 'a contact is no text, or too long')
    if (!one.startsWith('mailto:')) throw new Problem('unsupportedContact', 'contacts are mailto: addresses')
    const address = one.slice('mailto:'.length).trim()
    if (!/^[^@\s,?]+@[^@\s,?]+$/.test(address))
      throw new Problem('invalidContact', 'a contact is not one e-mail address')
    return `mailto:${address}`
  })
}

export interface NewAccount {
  readonly account: Account
  readonly isNew: boolean
}

interface Asked {
  readonly url: string
  /** Which external account keys are good here. */
  readonly directory: string
  readonly remoteAddress: string
}

/** Makes the account of a key, or finds it. Throws Problem. */
export async function newAccount(
  request: SignedRequest,
  { url, directory, remoteAddress }: Asked,
  context: EngineContext,
): Promise<NewAccount> {
  const { store, random, clock } = context
  const { payload = {}, jwk, thumbprint } = request
  if (request.usesKeyId) throw new Problem('malformed', 'a new account is asked for with jwk')
  if (request.account !== undefined) {
    if (request.account.status !== 'valid')
      throw new Problem('unauthorized', `the account is ${request.account.status}`)
    return { account: request.account, isNew: false }
  }
  if (payload.onlyReturnExisting === true) throw new Problem('accountDoesNotExist', 'there is no account of this key')
  const contact = checkedContacts(payload.contact)
  const eab = await boundEab(payload.externalAccountBinding, { url, directory, thumbprint }, context)
  countAccount(remoteAddress, (await acmeConfig(store)).new_account_limit, context)
  const account: Account = {
    id: random.uuid(),
    status: 'valid',
    jwk,
    thumbprint,
    contact,
    termsOfServiceAgreed: payload.termsOfServiceAgreed === true,
    eab,
    ...(eab !== '' && { eabDirectory: directory }),
    createdMs: clock.now(),
  }
  return store.transaction(async (tx) => {
    const there = await tx.get(acmeRows.accountOf(thumbprint), textCodec)
    const known = there === undefined ? undefined : await tx.get(acmeRows.account(there), accountCodec)
    if (known !== undefined) return { account: known, isNew: false }
    if (eab !== '') {
      if ((await tx.get(acmeRows.eab(eab), eabCodec)) === undefined)
        throw new Problem('unauthorized', 'the external account key was used before')
      tx.delete(acmeRows.eab(eab))
    }
    tx.put(acmeRows.account(account.id), account, accountCodec)
    tx.put(acmeRows.accountOf(thumbprint), account.id, textCodec)
    return { account, isNew: true }
  })
}

/** The id of the external account key that the request is bound to, or '' where none is needed. */
async function boundEab(
  raw: unknown,
  { url, directory, thumbprint }: Pick<Asked, 'url' | 'directory'> & Pick<SignedRequest, 'thumbprint'>,
  { store }: EngineContext,
): Promise<string> {
  const { eab_policy: policy } = await acmeConfig(store)
  if (raw === undefined) {
    if (policy === 'not-required') return ''
    throw new Problem('externalAccountRequired', 'accounts here need an external account binding')
  }
  const jws = innerJws(raw)
  const id = bindingKeyId(jws)
  const eab = /^[0-9a-f-]{36}$/.test(id) ? await store.get(acmeRows.eab(id), eabCodec) : undefined
  if (eab === undefined || eab.directory !== directory)
    throw new Problem('unauthorized', 'the external account binding is not valid')
  await verifyBinding(jws, eab.key, url, thumbprint)
  return id
}

/** Whoever gave out an external account key chose what it is for. Throws Problem for an account of another directory. */
export function refuseElsewhere({ eabDirectory }: Account, directory: string): void {
  if (eabDirectory !== undefined && eabDirectory !== directory)
    throw new Problem('unauthorized', 'the external account of this account is for another directory')
}

/** The account that has signed, which is named by kid. Throws Problem. */
export async function accountOf({ account, usesKeyId }: SignedRequest, { store }: EngineContext): Promise<Account> {
  if (account === undefined || !usesKeyId)
    throw new Problem('malformed', 'the request has to be signed by an account, named by kid')
  if (account.eab === '' && (await acmeConfig(store)).eab_policy === 'always-required')
    throw new Problem(
      'externalAccountRequired',
      'accounts here need an external account binding, also those that were made before',
    )
  return account
}

/**
 * Changes contacts, or ends the account, which cannot be taken back: nobody reaches its orders and authorizations any more,
 * however many, so they stay as they are until tidy. Another status, and all else, counts for nothing (RFC 8555, 7.3.2): there
 * are clients that send the whole account. Throws Problem.
 */
export async function changeAccount(
  account: Account,
  payload: Readonly<Record<string, unknown>>,
  { store, clock }: EngineContext,
): Promise<Account> {
  const contact = payload.contact === undefined ? undefined : checkedContacts(payload.contact)
  return store.transaction(async (tx) => {
    const before = await tx.get(acmeRows.account(account.id), accountCodec)
    if (before?.status !== 'valid') throw new Problem('unauthorized', 'the account has ended')
    const after: Account = {
      ...before,
      contact: contact ?? before.contact,
      status: payload.status === 'deactivated' ? 'deactivated' : 'valid',
      ...(payload.status === 'deactivated' && { endedMs: clock.now() }),
    }
    tx.put(acmeRows.account(account.id), after, accountCodec)
    return after
  })
}

/** Gives the account another key (RFC 8555, 7.3.5): both have to have signed. Throws Problem. */
export async function changeKey(
  account: Account,
  payload: unknown,
  { url, kid }: { readonly url: string; readonly kid: string },
  { store }: EngineContext,
): Promise<Account> {
  const inner = await verifyInner(innerJws(payload), url)
  const { account: named, oldKey } = inner.payload
  if (named !== kid) throw new Problem('malformed', 'the inner account is not that of the request')
  const old = oldKey as Readonly<Record<string, unknown>> | undefined
  const isOld = (Object.entries(account.jwk) as [string, unknown][]).every(([name, value]) => old?.[name] === value)
  if (!isOld) throw new Problem('malformed', 'oldKey is not the key of the account')
  return store.transaction(async (tx) => {
    const taken = await tx.get(acmeRows.accountOf(inner.thumbprint), textCodec)
    if (taken !== undefined) throw new Problem('malformed', 'the new key has an account already', { status: 409 })
    const before = await tx.get(acmeRows.account(account.id), accountCodec)
    if (before?.status !== 'valid' || before.thumbprint !== account.thumbprint)
      throw new Problem('unauthorized', 'the account has changed')
    const after: Account = { ...before, jwk: inner.jwk, thumbprint: inner.thumbprint }
    tx.put(acmeRows.account(account.id), after, accountCodec)
    tx.put(acmeRows.accountOf(inner.thumbprint), account.id, textCodec)
    tx.delete(acmeRows.accountOf(before.thumbprint))
    return after
  })
}
