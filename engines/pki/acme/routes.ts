import { type EngineContext, type EngineRequest, type RawReply, type Reply, type Route, route } from '../../engine.ts'
import { EgideError } from '../../errors.ts'
import { field } from '../../field.ts'
import { certificateCodec, clusterConfigCodec, issuerCodec, rows } from '../documents.ts'
import { chainCertificates } from '../issuers/find.ts'
import { certificatePem } from '../x509/pem.ts'
import { ordersOf } from './account-orders.ts'
import { accountOf, changeAccount, changeKey, newAccount, refuseElsewhere } from './accounts.ts'
import { beginChallenge, deactivate, ownAuthorization, ownOrder } from './authorizations.ts'
import { acmeConfig, directoryFields, directoryPath, PREFIXES } from './config.ts'
import type { Account, Authorization, Challenge, Order } from './documents.ts'
import { CHALLENGES } from './documents.ts'
import { refuseOtherForms, type SignedRequest, verifyRequest } from './jws.ts'
import { newNonce } from './nonces.ts'
import { finalize, newOrder, revokeByRequest } from './orders.ts'
import { Problem } from './problem.ts'
import { renewalInfo } from './renewal.ts'
import { type Directory, directoryTerms } from './terms.ts'

/** ACME (RFC 8555): what unmodified clients obtain, renew and revoke certificates by. */

const jwsFields = {
  ...directoryFields,
  protected: field.text({ default: '', description: 'Protected header of the signed request' }),
  payload: field.text({ default: '', description: 'Payload of the signed request' }),
  signature: field.text({ default: '', description: 'Signature of the signed request' }),
}
const idFields = {
  ...jwsFields,
  kid: field.text({ default: '', description: 'Id of the account' }),
  order_id: field.text({ default: '', description: 'Id of the order' }),
  auth_id: field.text({ default: '', description: 'Id of the authorization' }),
  challenge_type: field.text({ default: '', description: 'http-01, dns-01 or tls-alpn-01' }),
  after: field.text({ default: '', description: 'Id of the order that the page before ended with' }),
}
type AcmeRequest = EngineRequest<typeof idFields>

/** What a handler has: who asks, for what, and where. */
interface Call {
  readonly fields: AcmeRequest['fields']
  readonly directory: Directory
  /** The directory's URL, ending in '/'. */
  readonly base: string
  readonly url: string
  readonly signed: SignedRequest
  readonly payload: Readonly<Record<string, unknown>>
  readonly remoteAddress: string
  readonly context: EngineContext
}

type Handle = (call: Call) => Promise<{
  readonly status?: number
  readonly body?: object | string
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
}>

const post = (path: string, summary: string, handle: Handle): readonly Route[] =>
  PREFIXES.map((prefix) =>
    route(`${prefix}acme/${path}`, {
      summary,
      fields: idFields,
      access: 'none',
      auditClear: ['role', 'issuer_ref', 'kid', 'order_id', 'auth_id', 'challenge_type', 'after'],
      freeForm: true,
      headers: ['content-type'],
      operations: { update: (request: AcmeRequest, context) => answer(request, path, handle, context) },
    }),
  )

const get = (
  path: string,
  summary: string,
  render: (request: EngineRequest<typeof getFields>, base: string, context: EngineContext) => Promise<RawReply>,
): readonly Route[] =>
  PREFIXES.map((prefix) =>
    route(`${prefix}acme/${path}`, {
      summary,
      fields: getFields,
      access: 'none',
      auditClear: ['role', 'issuer_ref', 'cert_id'],
      operations: {
        read: async (request: EngineRequest<typeof getFields>, context) => {
          try {
            const directory = directoryOf(request.fields)
            await directoryTerms(directory, context)
            return { raw: await render(request, await baseOf(directory, context), context) }
          } catch (error) {
            return { raw: await problemReply(error, context) }
          }
        },
      },
    }),
  )
const getFields = {
  ...directoryFields,
  cert_id: field.text({ default: '', description: "The certificate's identifier (RFC 9773)" }),
}

export const acmeRoutes: readonly Route[] = [
  ...get('directory', 'Where everything is', async (_request, base, { store }) => {
    const { eab_policy: policy } = await acmeConfig(store)
    const urls = {
      newNonce: `${base}new-nonce`,
      newAccount: `${base}new-account`,
      newOrder: `${base}new-order`,
      revokeCert: `${base}revoke-cert`,
      keyChange: `${base}key-change`,
      renewalInfo: `${base}renewal-info`,
      meta: { externalAccountRequired: policy !== 'not-required' },
    }
    return { status: 200, contentType: 'application/json', body: JSON.stringify(urls) }
  }),
  // RFC 8555, 7.2: 200 is for a HEAD, and there are clients that take nothing but 204 of a GET.
  ...get('new-nonce', 'A number for the next request', async (_request, base, context) => ({
    status: 204,
    headStatus: 200,
    contentType: '',
    body: '',
    headers: { 'replay-nonce': await newNonce(context), 'cache-control': 'no-store', link: indexLink(base) },
  })),
  ...get('renewal-info/:cert_id', 'When to renew a certificate', async ({ fields }, _base, context) => {
    const { document, headers } = await renewalInfo(fields.cert_id, context)
    return { status: 200, contentType: 'application/json', body: JSON.stringify(document), headers }
  }),
  ...post(
    'new-account',
    'Make an account, or find it',
    async ({ signed, url, fields, base, remoteAddress, context }) => {
      const directory = directoryPath(fields)
      const { account, isNew } = await newAccount(signed, { url, directory, remoteAddress }, context)
      return {
        status: isNew ? 201 : 200,
        body: shownAccount(account, base),
        headers: { location: `${base}account/${account.id}` },
      }
    },
  ),
  ...post('account/:kid', 'Read, change and end an account', async ({ signed, fields, payload, base, context }) => {
    const account = await accountOf(signed, context)
    if (account.id !== fields.kid) throw new Problem('unauthorized', 'the account is another')
    const after = signed.payload === undefined ? account : await changeAccount(account, payload, context)
    return { body: shownAccount(after, base), headers: { location: `${base}account/${account.id}` } }
  }),
  ...post('key-change', "Change an account's key", async ({ signed, payload, url, base, context }) => {
    const account = await accountOf(signed, context)
    const after = await changeKey(account, payload, { url, kid: `${base}account/${account.id}` }, context)
    return { body: shownAccount(after, base), headers: { location: `${base}account/${account.id}` } }
  }),
  ...post('new-order', 'Order a certificate', async ({ signed, payload, directory, base, context }) => {
    const order = await newOrder(await accountOf(signed, context), payload, directory, context)
    return { status: 201, body: shownOrder(order, base), headers: { location: `${base}order/${order.id}` } }
  }),
  ...post('orders', "List an account's orders", (call) => listOrders(call, '')),
  ...post('orders/:after', "Go on with the list of an account's orders", (call) => listOrders(call, call.fields.after)),
  ...post('order/:order_id', 'Read an order', async ({ signed, fields, base, context }) => {
    const order = await ownOrder(fields.order_id, await accountOf(signed, context), context)
    const isUnderWay = order.status === 'processing'
    return {
      body: shownOrder(order, base),
      headers: { location: `${base}order/${order.id}`, ...(isUnderWay && RETRY_SOON) },
    }
  }),
  ...post('order/:order_id/finalize', "Send an order's request", async ({ signed, fields, payload, base, context }) => {
    const order = await finalize(fields.order_id, await accountOf(signed, context), payload, context)
    return { body: shownOrder(order, base), headers: { location: `${base}order/${order.id}` } }
  }),
  ...post('order/:order_id/cert', "Fetch an order's certificate and chain", async ({ signed, fields, context }) => {
    const order = await ownOrder(fields.order_id, await accountOf(signed, context), context)
    if (order.status !== 'valid') throw new Problem('orderNotReady', `the order is ${order.status}`)
    return { body: await chainText(order, context), type: 'application/pem-certificate-chain' }
  }),
  ...post(
    'authorization/:auth_id',
    'Read an authorization, or give it up',
    async ({ signed, fields, payload, base, context }) => {
      const found = await ownAuthorization(fields.auth_id, await accountOf(signed, context), context)
      const after = payload.status === 'deactivated' ? await deactivate(found.id, context) : found
      const isUnderWay = after.status === 'pending' && after.challenges.some(isProcessing)
      return { body: shownAuthorization(after, base), ...(isUnderWay && { headers: RETRY_SOON }) }
    },
  ),
  ...post(
    'challenge/:auth_id/:challenge_type',
    'Have a challenge looked at',
    async ({ signed, fields, base, context }) => {
      const found = await ownAuthorization(fields.auth_id, await accountOf(signed, context), context)
      const type = CHALLENGES.find((one) => one === fields.challenge_type)
      if (type === undefined) throw new Problem('malformed', 'there is no such challenge', { status: 404 })
      const after = signed.payload === undefined ? found : await beginChallenge(found, type, context)
      const challenge = after.challenges.find((one) => one.type === type)
      if (challenge === undefined) throw new Problem('malformed', 'there is no such challenge', { status: 404 })
      const up = `<${base}authorization/${found.id}>;rel="up"`
      return {
        body: shownChallenge(challenge, found.id, base),
        headers: { link: `${indexLink(base)}, ${up}`, ...(isProcessing(challenge) && RETRY_SOON) },
      }
    },
  ),
  ...post('revoke-cert', 'Revoke a certificate', async ({ signed, payload, context }) => {
    await revokeByRequest(signed, payload, context)
    return {}
  }),
]

/** Of what is under way: when to ask again, in seconds (RFC 8555, 7.4 and 8.2). */
const RETRY_SOON = { 'retry-after': '1' }

const isProcessing = ({ status }: Challenge): boolean => status === 'processing'

const indexLink = (base: string): string => `<${base}directory>;rel="index"`

function directoryOf({
  role,
  issuer_ref: issuerRef,
}: {
  readonly role: string
  readonly issuer_ref: string
}): Directory {
  return { role, issuerRef }
}

async function baseOf({ role, issuerRef }: Directory, { store }: EngineContext): Promise<string> {
  const cluster = await store.get(rows.clusterConfig, clusterConfigCodec)
  return `${cluster?.path ?? ''}/${directoryPath({ role, issuer_ref: issuerRef })}`
}

async function answer(request: AcmeRequest, path: string, handle: Handle, context: EngineContext): Promise<Reply> {
  try {
    const { fields } = request
    const { remoteAddress } = request.connection
    const directory = directoryOf(fields)
    await directoryTerms(directory, context)
    const base = await baseOf(directory, context)
    const url = base + path.replaceAll(/:(\w+)/g, (_, name: string) => String(fields[name as keyof typeof fields]))
    refuseOtherForms(request.headers['content-type'], request.data)
    const signed = await verifyRequest(fields, url, base, context)
    if (signed.account !== undefined) refuseElsewhere(signed.account, directoryPath(fields))
    const {
      status = 200,
      body,
      type,
      headers = {},
    } = await handle({ fields, directory, base, url, signed, payload: signed.payload ?? {}, remoteAddress, context })
    const common = { 'replay-nonce': await newNonce(context), 'cache-control': 'no-store', link: indexLink(base) }
    return {
      raw: {
        status,
        contentType: type ?? 'application/json',
        body: typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body),
        headers: { ...common, ...headers },
      },
    }
  } catch (error) {
    return { raw: await problemReply(error, context) }
  }
}

/** A refusal brings the nonce of the next try (RFC 8555, 6.5). What is no problem of the caller's is told by its kind alone. */
async function problemReply(error: unknown, context: EngineContext): Promise<RawReply> {
  const headers = { 'replay-nonce': await newNonce(context), 'cache-control': 'no-store' }
  if (error instanceof Problem) return error.reply(headers)
  if (error instanceof EgideError && error.code === 'invalid_request')
    return new Problem('malformed', error.message).reply(headers)
  throw error
}

/** A page at a time (RFC 8555, 7.1.2.1). */
async function listOrders({ signed, base, context }: Call, after: string) {
  const { ids, last } = await ordersOf(await accountOf(signed, context), after, context)
  const next = last === undefined ? {} : { link: `${indexLink(base)}, <${base}orders/${last}>;rel="next"` }
  return { body: { orders: ids.map((id) => `${base}order/${id}`) }, headers: next }
}

function shownAccount(account: Account, base: string): object {
  return {
    status: account.status,
    contact: account.contact,
    termsOfServiceAgreed: account.termsOfServiceAgreed,
    orders: `${base}orders`,
    ...(account.eab !== '' && { externalAccountBinding: { kid: account.eab } }),
  }
}

function shownOrder(order: Order, base: string): object {
  const url = `${base}order/${order.id}`
  return {
    status: order.status,
    expires: new Date(order.expiresMs).toISOString(),
    identifiers: order.identifiers,
    authorizations: order.authorizations.map((id) => `${base}authorization/${id}`),
    finalize: `${url}/finalize`,
    ...(order.notBefore !== '' && { notBefore: order.notBefore }),
    ...(order.notAfter !== '' && { notAfter: order.notAfter }),
    ...(order.replaces !== undefined && { replaces: order.replaces }),
    ...(order.error && { error: order.error }),
    ...(order.status === 'valid' && { certificate: `${url}/cert` }),
  }
}

function shownAuthorization(authorization: Authorization, base: string): object {
  // What was proven is told, and what was tried and failed; the rest of the ways no longer lead anywhere.
  const shows = ({ status }: Challenge): boolean => authorization.status === 'pending' || status !== 'pending'
  return {
    identifier: authorization.identifier,
    status: authorization.status,
    expires: new Date(authorization.expiresMs).toISOString(),
    ...(authorization.wildcard && { wildcard: true }),
    challenges: authorization.challenges.filter(shows).map((one) => shownChallenge(one, authorization.id, base)),
  }
}

function shownChallenge(challenge: Challenge, authorization: string, base: string): object {
  return {
    type: challenge.type,
    url: `${base}challenge/${authorization}/${challenge.type}`,
    token: challenge.token,
    status: challenge.status,
    ...(challenge.validatedMs > 0 && { validated: new Date(challenge.validatedMs).toISOString() }),
    ...(challenge.error && { error: challenge.error }),
  }
}

/** The certificate, and who signed it, the root too: clients such as certbot take no chain of nothing. */
async function chainText({ serial }: Order, context: EngineContext): Promise<string> {
  const { store } = context
  const document = await store.get(rows.certificate(serial), certificateCodec)
  if (document?.certificate === undefined) throw new Problem('malformed', 'the certificate is gone', { status: 404 })
  const issuer = await store.get(rows.issuer(document.issuerId), issuerCodec)
  const chain = issuer === undefined ? [] : await chainCertificates(store, issuer)
  return `${[document.certificate, ...chain].map(certificatePem).join('\n')}\n`
}
