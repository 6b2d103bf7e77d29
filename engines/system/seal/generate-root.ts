import Type from 'typebox'
import { type EngineContext, type Reply, type Route, route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import type { Canceller, RootGenerationStatus, SealServices } from '../services/seal.ts'
import { bare } from './bare.ts'
import { pgpKeyField, refusePgp } from './pgp.ts'
import { keyField, nonceField, shareOf } from './share.ts'

type Context = EngineContext<SealServices>

/** The forms of one procedure: for anybody with enough shares, or for those whom policy allows to ask. */
interface Form {
  readonly attempt: string
  readonly update?: string
  readonly access: 'none' | 'token'
  readonly reply: (data: Readonly<Record<string, unknown>>) => Reply
}

const FORMS: readonly Form[] = [
  { attempt: 'generate-root/attempt', update: 'generate-root/update', access: 'none', reply: (data) => bare(data) },
  { attempt: 'generate-root', access: 'token', reply: (data) => ({ data, topLevel: true }) },
  {
    attempt: 'generate-root-token/attempt',
    update: 'generate-root-token/update',
    access: 'token',
    reply: (data) => ({ data }),
  },
]

const StatusReply = Type.Object({
  nonce: Type.String(),
  started: Type.Boolean(),
  progress: Type.Integer({ description: 'Shares given so far.' }),
  required: Type.Integer({ description: 'Shares needed.' }),
  complete: Type.Boolean(),
  encoded_token: Type.String({ description: 'The token XOR the one-time password, in base64 without padding.' }),
  encoded_root_token: Type.String({ description: 'The same.' }),
  pgp_fingerprint: Type.String(),
  otp: Type.String({ description: 'Only where the server made it, and only once.' }),
  otp_length: Type.Integer(),
})
const auditClear = ['nonce', 'started', 'progress', 'required', 'complete', 'otp_length']

/** https://developer.hashicorp.com/vault/api-docs/system/generate-root */
export const generateRootRoutes: readonly Route<SealServices>[] = FORMS.flatMap((form) =>
  form.update === undefined ? [attemptRow(form)] : [attemptRow(form), updateRow(form, form.update)],
)

function attemptRow(form: Form): Route<SealServices> {
  return route(form.attempt, {
    summary: 'Make a root token with a quorum of shares: status, start, cancel',
    access: form.access,
    fields: {
      otp: field.text({ default: '', description: 'One-time password of `otp_length` bytes; absent: one is made.' }),
      nonce: field.text({ default: '', query: true, description: 'To cancel: nonce of the attempt.' }),
      pgp_key: pgpKeyField,
    },
    returns: StatusReply,
    auditClear,
    operations: {
      read: async (_request, { services }: Context) =>
        form.reply(statusData(await services.seal.rootGeneration.status())),
      update: async ({ fields }, { services }: Context) => {
        refusePgp({ pgp_key: fields.pgp_key })
        return form.reply(statusData(await services.seal.rootGeneration.start(fields.otp)))
      },
      delete: {
        summary: 'Cancel',
        handler: async ({ fields }, { services }: Context) => {
          const by: Canceller = form.access === 'token' ? { allowed: true } : { allowed: false, nonce: fields.nonce }
          await services.seal.rootGeneration.cancel(by)
          return undefined
        },
      },
    },
  })
}

function updateRow(form: Form, path: string): Route<SealServices> {
  return route(path, {
    summary: 'Give one share, to make a root token',
    access: form.access,
    fields: { key: keyField, nonce: nonceField },
    returns: StatusReply,
    auditClear,
    operations: {
      update: async ({ fields }, { services }: Context) => {
        const share = shareOf(fields.key)
        if (fields.nonce === '' && form.access === 'token') throw invalid('nonce is required')
        return form.reply(statusData(await services.seal.rootGeneration.update(share, fields.nonce)))
      },
    },
  })
}

function statusData(status: RootGenerationStatus): Readonly<Record<string, unknown>> {
  return {
    nonce: status.nonce,
    started: status.started,
    progress: status.progress,
    required: status.required,
    complete: status.complete,
    encoded_token: status.encodedToken,
    encoded_root_token: status.encodedToken,
    pgp_fingerprint: '',
    otp: status.otp,
    otp_length: status.otpLength,
  }
}
