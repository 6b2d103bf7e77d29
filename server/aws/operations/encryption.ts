import { keyIdOfCiphertext } from '../../../engines/kms/cryptography/ciphertext.ts'
import type { AccessKey } from '../../core/access-keys/access-key.ts'
import { count, invalid, member, neededText, refuseMembers, renamed } from '../members.ts'
import { type Answered, asked, type Data, ENCLAVE, type KmsOperation, type KmsOperations } from '../operation.ts'
import { arnOfKey, keySegment } from '../references.ts'
import { derOf } from './der.ts'

const CIRCUMSTANCES = {
  EncryptionContext: 'encryption_context',
  EncryptionAlgorithm: 'encryption_algorithm',
  GrantTokens: 'grant_tokens',
  DryRun: 'dry_run',
}
const RE_ENCRYPT = {
  CiphertextBlob: 'ciphertext',
  SourceEncryptionContext: 'source_encryption_context',
  SourceEncryptionAlgorithm: 'source_encryption_algorithm',
  DestinationEncryptionContext: 'destination_encryption_context',
  DestinationEncryptionAlgorithm: 'destination_encryption_algorithm',
  GrantTokens: 'grant_tokens',
  DryRun: 'dry_run',
}
const DATA_KEY = { KeySpec: 'key_spec', NumberOfBytes: 'number_of_bytes', ...CIRCUMSTANCES }
const DATA_KEY_PAIR = { KeyPairSpec: 'key_pair_spec', ...CIRCUMSTANCES }
/** What AWS makes at once. */
const RANDOM_MAX_BYTES = 1024

/** Ciphertexts of symmetric keys name their key; the path does so too, so that policies can decide. */
async function openingKey(input: Data, key: AccessKey, name: string): Promise<string> {
  if (member(input, name) !== undefined) return keySegment(input, key, name)
  return keyIdOfCiphertext(Buffer.from(neededText(input, 'CiphertextBlob'), 'base64'))
}

function dataKey(withPlaintext: boolean): KmsOperation {
  return {
    async ask(input, key) {
      refuseMembers(input, ENCLAVE)
      if (member(input, 'KeySpec') === undefined && member(input, 'NumberOfBytes') === undefined)
        throw invalid('Please specify either number of bytes or key spec.')
      return asked(`datakey/${await keySegment(input, key)}`, { ...renamed(input, DATA_KEY), plaintext: withPlaintext })
    },
    answer: ({ reply, key }) => ({
      CiphertextBlob: reply.ciphertext,
      KeyId: arnOfKey(key, reply.key_id),
      ...(withPlaintext && { Plaintext: reply.plaintext }),
    }),
  }
}

function dataKeyPair(withPlaintext: boolean): KmsOperation {
  return {
    async ask(input, key) {
      refuseMembers(input, ENCLAVE)
      neededText(input, 'KeyPairSpec')
      const data = { ...renamed(input, DATA_KEY_PAIR), plaintext: withPlaintext }
      return asked(`datakeypair/${await keySegment(input, key)}`, data)
    },
    answer: ({ reply, key }) => ({
      KeyId: arnOfKey(key, reply.key_id),
      KeyPairSpec: reply.key_pair_spec,
      PublicKey: derOf(reply.public_key),
      PrivateKeyCiphertextBlob: reply.private_key_ciphertext,
      ...(withPlaintext && { PrivateKeyPlaintext: reply.private_key }),
    }),
  }
}

const encrypted = ({ reply, key }: Answered): Data => ({
  CiphertextBlob: reply.ciphertext,
  KeyId: arnOfKey(key, reply.key_id),
})

/** Encrypting and decrypting, data keys, random bytes. */
export const encryption: KmsOperations = {
  Encrypt: {
    async ask(input, key) {
      neededText(input, 'Plaintext')
      return asked(
        `encrypt/${await keySegment(input, key)}`,
        renamed(input, { Plaintext: 'plaintext', ...CIRCUMSTANCES }),
      )
    },
    answer: (answered) => ({ ...encrypted(answered), EncryptionAlgorithm: answered.reply.encryption_algorithm }),
  },
  Decrypt: {
    async ask(input, key) {
      refuseMembers(input, ENCLAVE)
      neededText(input, 'CiphertextBlob')
      const data = renamed(input, { CiphertextBlob: 'ciphertext', ...CIRCUMSTANCES })
      return asked(`decrypt/${await openingKey(input, key, 'KeyId')}`, data)
    },
    answer: ({ reply, key }) => ({
      KeyId: arnOfKey(key, reply.key_id),
      Plaintext: reply.plaintext,
      EncryptionAlgorithm: reply.encryption_algorithm,
    }),
  },
  ReEncrypt: {
    async ask(input, key) {
      neededText(input, 'CiphertextBlob')
      const source = await openingKey(input, key, 'SourceKeyId')
      return asked(
        `re-encrypt/${source}/${await keySegment(input, key, 'DestinationKeyId')}`,
        renamed(input, RE_ENCRYPT),
      )
    },
    answer: (answered) => ({
      ...encrypted(answered),
      SourceKeyId: arnOfKey(answered.key, answered.reply.source_key_id),
      SourceEncryptionAlgorithm: answered.reply.source_encryption_algorithm,
      DestinationEncryptionAlgorithm: answered.reply.encryption_algorithm,
    }),
  },
  GenerateDataKey: dataKey(true),
  GenerateDataKeyWithoutPlaintext: dataKey(false),
  GenerateDataKeyPair: dataKeyPair(true),
  GenerateDataKeyPairWithoutPlaintext: dataKeyPair(false),
  GenerateRandom: {
    ask(input) {
      refuseMembers(input, ENCLAVE, 'CustomKeyStoreId')
      if (member(input, 'NumberOfBytes') === undefined) throw invalid('NumberOfBytes must be given')
      return asked('random', { bytes: count(input, 'NumberOfBytes', { least: 1, most: RANDOM_MAX_BYTES, usual: 1 }) })
    },
    answer: ({ reply }) => ({ Plaintext: reply.random_bytes }),
  },
}
