import { AwsError } from '../aws-error.ts'
import { epochSeconds, items, member, neededText, present, refuseMembers, renamed, text } from '../members.ts'
import type { Answered, Asked, Data, KmsOperation, KmsOperations } from '../operation.ts'
import { pageAsked, pageShown } from '../paging.ts'
import { arnOfKey, keyItself, keySegment } from '../references.ts'
import { derOf } from './der.ts'

/** Under which name the algorithms of a pair stand, by what the pair is for. */
const ALGORITHMS_OF: Readonly<Record<string, string>> = {
  ENCRYPT_DECRYPT: 'EncryptionAlgorithms',
  SIGN_VERIFY: 'SigningAlgorithms',
  KEY_AGREEMENT: 'KeyAgreementAlgorithms',
}
const KEYS = { most: 1000, usual: 100 }

const NEW_KEY = {
  KeyUsage: 'key_usage',
  Description: 'description',
  Origin: 'origin',
  Policy: 'policy',
  BypassPolicyLockoutSafetyCheck: 'bypass_policy_lockout_safety_check',
}

/** Tags as the engine has them. Throws TagException where one is given twice. */
export function tagsOf(input: Data): Readonly<Record<string, string>> {
  const tags = items(input, 'Tags').map((tag) => [neededText(tag, 'TagKey'), neededText(tag, 'TagValue')] as const)
  if (new Set(tags.map(([name]) => name)).size !== tags.length)
    throw new AwsError('TagException', 'a tag is given twice')
  return Object.fromEntries(tags)
}

function metadataOf({ reply, key }: Answered): Data {
  return present({
    AWSAccountId: reply.account_id,
    KeyId: reply.key_id,
    Arn: arnOfKey(key, reply.key_id),
    CreationDate: epochSeconds(reply.creation_date),
    Enabled: reply.enabled,
    Description: reply.description,
    KeyUsage: reply.key_usage,
    KeyState: reply.key_state,
    KeyManager: reply.key_manager,
    KeySpec: reply.key_spec,
    CustomerMasterKeySpec: reply.key_spec,
    Origin: reply.origin,
    MultiRegion: reply.multi_region,
    EncryptionAlgorithms: reply.encryption_algorithms,
    SigningAlgorithms: reply.signing_algorithms,
    MacAlgorithms: reply.mac_algorithms,
    KeyAgreementAlgorithms: reply.key_agreement_algorithms,
    DeletionDate: epochSeconds(reply.deletion_date),
    ExpirationModel: reply.expiration_model,
    ValidTo: epochSeconds(reply.valid_to),
  })
}

/** Something that is done to a key, and told of with no more than that it was. */
function action(name: string): KmsOperation {
  return {
    async ask(input, key) {
      return { operation: 'update', path: `keys/${await keyItself(input, key)}/${name}`, data: {} }
    },
  }
}

function newKey(input: Data): Asked {
  refuseMembers(input, 'CustomKeyStoreId', 'XksKeyId')
  if (member(input, 'MultiRegion') === true)
    throw new AwsError('UnsupportedOperationException', 'keys are of one region: MultiRegion is not supported')
  const spec = text(input, 'KeySpec') ?? text(input, 'CustomerMasterKeySpec')
  const data = { ...renamed(input, NEW_KEY), ...(spec !== undefined && { key_spec: spec }), tags: tagsOf(input) }
  return { operation: 'update', path: 'keys', data }
}

/** Keys: made, described, put out of use, deleted. */
export const keys: KmsOperations = {
  CreateKey: { ask: newKey, answer: (answered) => ({ KeyMetadata: metadataOf(answered) }) },
  DescribeKey: {
    async ask(input, key) {
      const data = renamed(input, { GrantTokens: 'grant_tokens' })
      return { operation: 'read', path: `keys/${await keySegment(input, key)}`, data }
    },
    answer: (answered) => ({ KeyMetadata: metadataOf(answered) }),
  },
  ListKeys: {
    ask: (input) => pageAsked(input, 'keys', KEYS),
    answer({ reply, input, key }) {
      const { names, more } = pageShown(reply, input, KEYS)
      return { Keys: names.map((id) => ({ KeyId: id, KeyArn: arnOfKey(key, id) })), ...more }
    },
  },
  UpdateKeyDescription: {
    async ask(input, key) {
      const path = `keys/${await keyItself(input, key)}`
      return { operation: 'update', path, data: { description: neededText(input, 'Description') } }
    },
  },
  EnableKey: action('enable'),
  DisableKey: action('disable'),
  ScheduleKeyDeletion: {
    async ask(input, key) {
      const data = renamed(input, { PendingWindowInDays: 'pending_window_in_days' })
      return { operation: 'delete', path: `keys/${await keyItself(input, key)}`, data }
    },
    answer: ({ reply, key }) => ({
      KeyId: arnOfKey(key, reply.key_id),
      DeletionDate: epochSeconds(reply.deletion_date),
      KeyState: reply.key_state,
      PendingWindowInDays: reply.pending_window_in_days,
    }),
  },
  CancelKeyDeletion: {
    ...action('cancel-deletion'),
    answer: ({ reply, key }) => ({ KeyId: arnOfKey(key, reply.key_id) }),
  },
  GetPublicKey: {
    async ask(input, key) {
      const data = renamed(input, { GrantTokens: 'grant_tokens' })
      return { operation: 'read', path: `keys/${await keySegment(input, key)}/public`, data }
    },
    answer: ({ reply, key }) =>
      present({
        KeyId: arnOfKey(key, reply.key_id),
        PublicKey: derOf(reply.public_key),
        CustomerMasterKeySpec: reply.key_spec,
        KeySpec: reply.key_spec,
        KeyUsage: reply.key_usage,
        [ALGORITHMS_OF[String(reply.key_usage)] ?? 'SigningAlgorithms']: reply.algorithms,
      }),
  },
}
