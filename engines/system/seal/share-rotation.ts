import Type from 'typebox'
import type { Access, EngineContext, Reply, Route } from '../../engine.ts'
import { route } from '../../engine.ts'
import { invalid } from '../../errors.ts'
import { field } from '../../field.ts'
import type {
  Canceller,
  SealServices,
  ShareRotation,
  ShareRotationResult,
  ShareRotationStatus,
  VerificationStatus,
} from '../services/seal.ts'
import { bare } from './bare.ts'
import { backupField, pgpKeysField, refusePgp } from './pgp.ts'
import { keyField, nonceField, shareList, shareOf, writtenShares } from './share.ts'

type Context = EngineContext<SealServices>
type Data = Readonly<Record<string, unknown>>

/** One of the families of paths that replace shares: they do the same, for other callers, and answer in other forms. */
export interface Family {
  /** What stands before 'init', 'update' and 'verify'. */
  readonly base: 'rekey' | 'rekey-recovery-key' | 'rotate/root' | 'rotate/recovery'
  readonly of: 'unseal' | 'recovery'
  /** Anybody with enough shares, who may cancel with the attempt's nonce only; or whom policy allows to. */
  readonly access: Extract<Access, 'none' | 'token'>
}

const CLEAR = ['nonce', 'started', 't', 'n', 'progress', 'required', 'complete', 'backup', 'require_verification']
const auditClear = [...CLEAR, 'secret_shares', 'secret_threshold', 'verification_required', 'verification_nonce']

const statusSchema = {
  nonce: Type.String(),
  started: Type.Boolean(),
  t: Type.Integer({ description: 'Threshold of the new shares.' }),
  n: Type.Integer({ description: 'How many new shares.' }),
  progress: Type.Integer({ description: 'Present shares given so far.' }),
  required: Type.Integer({ description: 'Present shares needed.' }),
  pgp_fingerprints: Type.Null(),
  backup: Type.Boolean(),
  verification_required: Type.Boolean(),
  verification_nonce: Type.Optional(Type.String()),
}
const StatusReply = Type.Object(statusSchema)
const UpdateReply = Type.Union([
  StatusReply,
  Type.Object({
    nonce: Type.String(),
    complete: Type.Boolean(),
    ...shareList,
    pgp_fingerprints: Type.Null(),
    backup: Type.Boolean(),
    verification_required: Type.Boolean(),
    verification_nonce: Type.Optional(Type.String()),
  }),
])
const VerificationReply = Type.Object({
  nonce: Type.String(),
  started: Type.Boolean(),
  t: Type.Integer(),
  n: Type.Integer(),
  progress: Type.Integer(),
})
const VerifiedReply = Type.Union([VerificationReply, Type.Object({ nonce: Type.String(), complete: Type.Boolean() })])

/** `init`, `update` and `verify` of a family. */
export function shareRotationRows(family: Family): readonly Route<SealServices>[] {
  return [initRow(family), updateRow(family), verifyRow(family)]
}

function initRow(family: Family): Route<SealServices> {
  const { access, base, of } = family
  return route(`${base}/init`, {
    summary: `Replace the shares of the ${of} key: status, start, cancel`,
    access,
    fields: {
      secret_shares: field.int({ default: 0, description: 'How many new shares to make.' }),
      secret_threshold: field.int({ default: 0, description: 'How many of them will be needed.' }),
      require_verification: field.bool({
        default: false,
        description: 'The new shares come into force only when a quorum of them was given to `verify`.',
      }),
      nonce: field.text({ default: '', query: true, description: 'To cancel: nonce of the attempt.' }),
      pgp_keys: pgpKeysField,
      backup: backupField,
    },
    returns: StatusReply,
    auditClear,
    operations: {
      read: async (_request, { services }: Context) =>
        reply(family, statusData(await sharesOf(family, services).status())),
      update: async ({ fields }, { services }: Context) => {
        refusePgp({ pgp_keys: fields.pgp_keys, backup: fields.backup })
        const shares = sharesOf(family, services)
        if (family.access === 'none') await refuseUnauthorised(shares)
        const made = await shares.start({
          secretShares: fields.secret_shares,
          secretThreshold: fields.secret_threshold,
          requireVerification: fields.require_verification,
        })
        if (made === undefined) return reply(family, statusData(await shares.status()))
        return reply(family, { ...madeData(made), t: fields.secret_threshold, n: fields.secret_shares })
      },
      delete: {
        summary: 'Cancel',
        handler: async ({ fields }, { services }: Context) => {
          await sharesOf(family, services).cancel(canceller(family, fields.nonce))
          return undefined
        },
      },
    },
  })
}

function updateRow(family: Family): Route<SealServices> {
  return route(`${family.base}/update`, {
    summary: `Give one present share, to replace the shares of the ${family.of} key`,
    access: family.access,
    fields: { key: keyField, nonce: nonceField },
    returns: UpdateReply,
    auditClear,
    operations: {
      update: async ({ fields }, { services }: Context) => {
        const shares = sharesOf(family, services)
        const made = await shares.update(shareOf(fields.key), fields.nonce)
        return reply(family, made === undefined ? statusData(await shares.status()) : madeData(made))
      },
    },
  })
}

function verifyRow(family: Family): Route<SealServices> {
  return route(`${family.base}/verify`, {
    summary: `Prove that the new shares of the ${family.of} key have arrived`,
    access: family.access,
    fields: {
      key: keyField,
      nonce: field.text({ default: '', query: true, description: 'Nonce of the verification.' }),
    },
    returns: VerificationReply,
    auditClear,
    operations: {
      read: async (_request, { services }: Context) =>
        reply(family, verificationData(await sharesOf(family, services).verification())),
      update: {
        returns: VerifiedReply,
        handler: async ({ fields }, { services }: Context) => {
          const shares = sharesOf(family, services)
          const { complete, nonce } = await shares.verify(shareOf(fields.key), fields.nonce)
          return reply(family, complete ? { nonce, complete } : verificationData(await shares.verification()))
        },
      },
      delete: {
        summary: 'Start the verification anew',
        handler: async ({ fields }, { services }: Context) => {
          const status = await sharesOf(family, services).restartVerification(canceller(family, fields.nonce))
          return reply(family, verificationData(status))
        },
      },
    },
  })
}

function sharesOf(family: Family, { seal }: SealServices): ShareRotation {
  return family.of === 'unseal' ? seal.rootShares : seal.recoveryShares
}

function canceller({ access }: Family, nonce: string): Canceller {
  return access === 'token' ? { allowed: true } : { allowed: false, nonce }
}

/** Where no share exists that could authorise it, only a token can. */
async function refuseUnauthorised(shares: ShareRotation): Promise<void> {
  const { required } = await shares.status()
  if (required === 0) throw invalid('there are no recovery keys to authorise this; use sys/rotate/recovery/init')
}

function reply({ access }: Family, data: Data): Reply {
  return access === 'none' ? bare(data) : { data }
}

function statusData(status: ShareRotationStatus): Data {
  return {
    nonce: status.nonce,
    started: status.started,
    t: status.threshold,
    n: status.shares,
    progress: status.progress,
    required: status.required,
    pgp_fingerprints: null,
    backup: false,
    verification_required: status.verificationRequired,
    ...(status.verificationNonce !== '' && { verification_nonce: status.verificationNonce }),
  }
}

function madeData(made: ShareRotationResult): Data {
  const { hex, base64 } = writtenShares(made.shares)
  return {
    nonce: made.nonce,
    complete: true,
    keys: hex,
    keys_base64: base64,
    pgp_fingerprints: null,
    backup: false,
    verification_required: made.verificationRequired,
    ...(made.verificationRequired && { verification_nonce: made.verificationNonce }),
  }
}

function verificationData(status: VerificationStatus): Data {
  const { nonce, started, threshold, shares, progress } = status
  return { nonce, started, t: threshold, n: shares, progress }
}
