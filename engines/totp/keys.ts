import Type from 'typebox'
import { fromBase32 } from '../base32.ts'
import { type EngineContext, type EngineRequest, type Reply, route } from '../engine.ts'
import { invalid, notFound } from '../errors.ts'
import { field } from '../field.ts'
import { listed, pageFields, pageOf } from '../listing.ts'
import { ALGORITHMS, type Algorithm, type OneTimeKey } from '../one-time-codes/codes.ts'
import { exportedKey, QR_SIZE_MAX, readUrl } from '../one-time-codes/otpauth-url.ts'
import { KEYS, keyCodec, storedKey } from './key.ts'

/** https://openbao.org/api-docs/secret/totp/ */

const fields = {
  name: field.nameWithAt({ required: true, description: 'Name of the key' }),
  generate: field.bool({ default: false, description: 'Make the key here, for others to make codes with' }),
  exported: field.bool({
    default: true,
    description: 'Answer with the URL and the QR code of a key that is made here',
  }),
  key_size: field.int({ default: 20, description: 'Bytes of a key that is made here' }),
  key: field.text({ default: '', description: 'A key of others, in base32' }),
  issuer: field.text({ default: '', description: 'Who gives the key out; needed for one that is made here' }),
  account_name: field.text({ default: '', description: 'Whose key it is; needed for one that is made here' }),
  period: field.duration({ default: 30, description: 'How long a code is good for' }),
  algorithm: field.text({ default: 'SHA1', description: 'SHA1, SHA256 or SHA512' }),
  digits: field.int({ default: 6, description: 'Of a code: 6 or 8' }),
  skew: field.int({ default: 1, description: 'How many periods a clock may be off: 0 or 1' }),
  qr_size: field.int({ default: 200, description: 'Pixels of the QR code in each direction; 0: none' }),
  url: field.text({ default: '', description: 'A key of others with all that belongs to it: otpauth://totp/…' }),
}
type KeyRequest = EngineRequest<typeof fields>

const CLEAR = Object.keys(fields).filter((name) => name !== 'key' && name !== 'url')
const KEY_SIZE_MAX = 1024
const PERIOD_MAX_SECONDS = 86_400 * 365
const TEXT_MAX_CHARS = 256
const KEY_MAX_CHARS = 4096

const Exported = Type.Object({ url: Type.String(), barcode: Type.Optional(Type.String()) })
const Shown = Type.Object({
  issuer: Type.String(),
  account_name: Type.String(),
  period: Type.Integer(),
  algorithm: Type.String(),
  digits: Type.Integer(),
})

export const keys = route('keys', {
  summary: 'List the keys',
  fields: pageFields,
  operations: {
    list: async ({ fields: page }, { store }: EngineContext) => listed(await store.list(KEYS, pageOf(page))),
  },
})

export const key = route('keys/:name', {
  summary: 'Keys that one-time codes are made with and checked by',
  fields,
  auditClear: CLEAR,
  operations: {
    update: { handler: write, returns: Exported },
    read: { handler: read, returns: Shown },
    delete: remove,
  },
})

async function read(request: KeyRequest, { store }: EngineContext): Promise<Reply> {
  const found = await storedKey(store, request.fields.name)
  if (found === undefined) throw notFound()
  return {
    data: {
      issuer: found.issuer,
      account_name: found.accountName,
      period: found.periodSeconds,
      algorithm: found.algorithm,
      digits: found.digits,
    },
  }
}

async function remove(request: KeyRequest, { store }: EngineContext): Promise<undefined> {
  await store.transaction((tx) => tx.delete(KEYS + request.fields.name))
}

async function write(request: KeyRequest, context: EngineContext): Promise<Reply | undefined> {
  const name = request.fields.name
  const { generate, exported, qr_size: qrSize } = request.fields
  if (qrSize < 0 || qrSize > QR_SIZE_MAX) throw invalid(`the qr_size value must be 0 to ${QR_SIZE_MAX}`)
  const made = generate ? generated(request, context) : given(request)
  const reply = generate && exported ? { data: exportedKey(made, qrSize) } : undefined
  await context.store.transaction(async (tx) => tx.put(KEYS + name, made, keyCodec))
  return reply
}

function generated({ fields: sent }: KeyRequest, { random }: EngineContext): OneTimeKey {
  if (sent.key !== '') throw invalid('a key should not be passed if generate is true')
  if (sent.url !== '') throw invalid('a url should not be passed if generate is true')
  if (sent.account_name === '') throw invalid('the account_name value is required for generated keys')
  if (sent.issuer === '') throw invalid('the issuer value is required for generated keys')
  if (sent.key_size <= 0 || sent.key_size > KEY_SIZE_MAX)
    throw invalid(`the key_size value must be 1 to ${KEY_SIZE_MAX}`)
  return keyOf(random.bytes(sent.key_size), sent)
}

function given({ fields: sent }: KeyRequest): OneTimeKey {
  const url = sent.url === '' ? undefined : readUrl(sent.url)
  const text = url?.key ?? sent.key
  if (text === '') throw invalid('the key value is required')
  const secret = text.length > KEY_MAX_CHARS ? undefined : fromBase32(text)
  if (secret === undefined || secret.length === 0) throw invalid('invalid key value: it is not base32')
  return keyOf(secret, {
    issuer: url?.issuer ?? sent.issuer,
    account_name: url?.accountName ?? sent.account_name,
    period: url?.period ?? sent.period,
    digits: url?.digits ?? sent.digits,
    algorithm: url?.algorithm ?? sent.algorithm,
    skew: sent.skew,
  })
}

type Terms = Pick<KeyRequest['fields'], 'issuer' | 'account_name' | 'period' | 'digits' | 'algorithm' | 'skew'>

function keyOf(secret: Buffer, terms: Terms): OneTimeKey {
  const { issuer, account_name: accountName, period, digits, skew } = terms
  if (digits !== 6 && digits !== 8) throw invalid('the digits value can only be 6 or 8')
  if (period <= 0) throw invalid('the period value must be greater than zero')
  if (period > PERIOD_MAX_SECONDS) throw invalid(`the period value must be at most ${PERIOD_MAX_SECONDS} seconds`)
  if (skew !== 0 && skew !== 1) throw invalid('the skew value must be 0 or 1')
  for (const text of [issuer, accountName]) {
    if (text.length > TEXT_MAX_CHARS || !text.isWellFormed()) {
      throw invalid(`issuer and account_name must be valid text of at most ${TEXT_MAX_CHARS} characters`)
    }
  }
  return { secret, issuer, accountName, periodSeconds: period, algorithm: algorithmOf(terms.algorithm), digits, skew }
}

function algorithmOf(sent: string): Algorithm {
  const found = ALGORITHMS.find((one) => one === sent)
  if (found === undefined) throw invalid('the algorithm value is not valid')
  return found
}
