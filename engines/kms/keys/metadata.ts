import Type from 'typebox'
import type { EngineContext } from '../../engine.ts'
import { accountOf, keyArn } from '../arn.ts'
import { KEY_STATES, type Key, stateOf } from './key.ts'
import { algorithmsOf, KEY_USAGES } from './key-specs.ts'

/** What is told of a key: AWS's KeyMetadata, with names as they are written here. */

const Time = Type.String({ format: 'date-time' })
const Names = Type.Optional(Type.Array(Type.String()))

export const KeyMetadata = Type.Object({
  key_id: Type.String(),
  arn: Type.String(),
  account_id: Type.String(),
  creation_date: Time,
  enabled: Type.Boolean(),
  description: Type.String(),
  key_usage: Type.Enum([...KEY_USAGES]),
  key_spec: Type.String(),
  key_state: Type.Enum([...KEY_STATES]),
  key_manager: Type.String({ description: 'CUSTOMER.' }),
  origin: Type.Enum(['AWS_KMS', 'EXTERNAL'], { description: 'Whether the server made the material.' }),
  exportable: Type.Boolean(),
  multi_region: Type.Boolean({ description: 'false.' }),
  key_version: Type.Integer({ description: 'Number of the version that is used; 0 where there is no material.' }),
  encryption_algorithms: Names,
  signing_algorithms: Names,
  mac_algorithms: Names,
  key_agreement_algorithms: Names,
  deletion_date: Type.Optional(Time),
  pending_window_in_days: Type.Optional(Type.Integer()),
  expiration_model: Type.Optional(
    Type.Enum(['KEY_MATERIAL_EXPIRES', 'KEY_MATERIAL_DOES_NOT_EXPIRE'], { description: 'Of imported material.' }),
  ),
  valid_to: Type.Optional(Time),
})
export type KeyMetadata = Type.Static<typeof KeyMetadata>

/** Names of its members: none is a secret. */
export const METADATA_FIELDS: readonly string[] = Object.keys(KeyMetadata.properties)

export const written = (timeMs: number): string => new Date(timeMs).toISOString()

const ALGORITHMS_NAME = {
  ENCRYPT_DECRYPT: 'encryption_algorithms',
  SIGN_VERIFY: 'signing_algorithms',
  GENERATE_VERIFY_MAC: 'mac_algorithms',
  KEY_AGREEMENT: 'key_agreement_algorithms',
} as const

export function metadataOf(context: EngineContext, key: Key): KeyMetadata {
  const state = stateOf(key, context.clock.now())
  return {
    key_id: key.id,
    arn: keyArn(context, key.id),
    account_id: accountOf(context).accountId,
    creation_date: written(key.createdMs),
    enabled: state === 'Enabled',
    description: key.description,
    key_usage: key.usage,
    key_spec: key.spec,
    key_state: state,
    key_manager: 'CUSTOMER',
    origin: key.origin,
    exportable: key.exportable,
    multi_region: false,
    key_version: key.versions.length,
    [ALGORITHMS_NAME[key.usage]]: [...algorithmsOf(key)],
    ...(key.deletion && {
      deletion_date: written(key.deletion.atMs),
      pending_window_in_days: key.deletion.windowDays,
    }),
    ...materialValidity(key),
  }
}

function materialValidity({ origin, versions, materialExpiresMs }: Key): Partial<KeyMetadata> {
  if (origin !== 'EXTERNAL' || versions.length === 0) return {}
  if (materialExpiresMs === undefined) return { expiration_model: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }
  return { expiration_model: 'KEY_MATERIAL_EXPIRES', valid_to: written(materialExpiresMs) }
}
