import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { field } from '../../field.ts'
import { publicKeyPem } from '../../pem.ts'
import { bytesOf, callOf, dryRunField, encryptionContextField, grantTokensField, keyField } from '../route-fields.ts'
import {
  DATA_KEY_BYTES_MAX,
  DATA_KEY_PAIR_SPECS,
  DATA_KEY_SPECS,
  generateDataKey,
  generateDataKeyPair,
} from './data-keys.ts'
import { decrypt, type Encrypted as Encryption, encrypt, PLAINTEXT_MAX, reEncrypt } from './encryption.ts'

/** Rows that encrypt and decrypt, and that make data keys. What they take and give as bytes is base64. */

const ALGORITHMS = 'SYMMETRIC_DEFAULT, RSAES_OAEP_SHA_256 or RSAES_OAEP_SHA_1'
const algorithmField = field.text({ description: `${ALGORITHMS}; absent: the usual one of the key.` })
const ciphertextField = field.text({ required: true, description: 'The ciphertext, in base64.' })
const auditClear = [
  'dry_run',
  'key_id',
  'key_version',
  'key_spec',
  'key_pair_spec',
  'number_of_bytes',
  'encryption_algorithm',
  'source_key_id',
  'source_encryption_algorithm',
  'destination_encryption_algorithm',
]

const circumstances = {
  encryption_context: encryptionContextField,
  encryption_algorithm: algorithmField,
  grant_tokens: grantTokensField,
  dry_run: dryRunField,
}

const encryptFields = {
  id: keyField,
  plaintext: field.text({ required: true, description: `What to encrypt, in base64: at most ${PLAINTEXT_MAX} bytes.` }),
  ...circumstances,
}

const Encrypted = Type.Object({
  key_id: Type.String(),
  key_version: Type.Integer({ description: 'Number of the version that made it.' }),
  encryption_algorithm: Type.String(),
  ciphertext: Type.String({ description: 'In base64. That of a symmetric key says which key opens it.' }),
})

export const encryptRow = route('encrypt/:id', {
  summary: 'Encrypt with a key',
  fields: encryptFields,
  returns: Encrypted,
  auditClear,
  operations: {
    update: {
      pure: true,
      handler: async (request: EngineRequest<typeof encryptFields>, context) => {
        const { fields } = request
        const plaintext = bytesOf('plaintext', fields.plaintext)
        const made = await encrypt(callOf(request, context), { key: fields.id, plaintext, ...circumstancesOf(fields) })
        return { data: encryptedReply(made) }
      },
    },
  },
})

function encryptedReply(made: Encryption) {
  const { keyId, version, algorithm, ciphertext } = made
  return {
    key_id: keyId,
    key_version: version,
    encryption_algorithm: algorithm,
    ciphertext: ciphertext.toString('base64'),
  }
}

interface SentCircumstances {
  readonly encryption_context: Readonly<Record<string, string>>
  readonly encryption_algorithm: string | undefined
  readonly grant_tokens: readonly string[]
}

function circumstancesOf(fields: SentCircumstances) {
  return {
    encryptionContext: fields.encryption_context,
    algorithm: fields.encryption_algorithm,
    grantTokens: fields.grant_tokens,
  }
}

const decryptFields = { ciphertext: ciphertextField, ...circumstances }
const decryptWithFields = { id: keyField, ...decryptFields }

const Decrypted = Type.Object({
  key_id: Type.String(),
  encryption_algorithm: Type.String(),
  plaintext: Type.String({ description: 'In base64.' }),
})

export const decryptRows = [
  route('decrypt', {
    summary: 'Decrypt with the key that the ciphertext names',
    description: 'Of symmetric keys. Who may call it may decrypt with every key whose key policy does not object.',
    fields: decryptFields,
    returns: Decrypted,
    auditClear,
    operations: {
      update: {
        pure: true,
        handler: (request: EngineRequest<typeof decryptFields>, context) => decrypted(request, undefined, context),
      },
    },
  }),
  route('decrypt/:id', {
    summary: 'Decrypt with a key',
    fields: decryptWithFields,
    returns: Decrypted,
    auditClear,
    operations: {
      update: {
        pure: true,
        handler: (request: EngineRequest<typeof decryptWithFields>, context) =>
          decrypted(request, request.fields.id, context),
      },
    },
  }),
]

async function decrypted(
  request: Pick<EngineRequest<typeof decryptFields>, 'caller' | 'fields'>,
  key: string | undefined,
  context: EngineContext,
): Promise<Reply> {
  const { fields } = request
  const ciphertext = bytesOf('ciphertext', fields.ciphertext)
  const opened = await decrypt(callOf(request, context), { key, ciphertext, ...circumstancesOf(fields) })
  const plaintext = opened.plaintext.toString('base64')
  opened.plaintext.fill(0)
  return { data: { key_id: opened.keyId, encryption_algorithm: opened.algorithm, plaintext } }
}

const reEncryptFields = {
  id: keyField,
  ciphertext: ciphertextField,
  source_encryption_context: encryptionContextField,
  destination_encryption_context: encryptionContextField,
  source_encryption_algorithm: algorithmField,
  destination_encryption_algorithm: algorithmField,
  grant_tokens: grantTokensField,
  dry_run: dryRunField,
}
const reEncryptToFields = { ...reEncryptFields, destination: keyField }

const ReEncrypted = Type.Object({
  ...Encrypted.properties,
  source_key_id: Type.String(),
  source_encryption_algorithm: Type.String(),
})

export const reEncryptRows = [
  route('re-encrypt/:id', {
    summary: 'Encrypt a ciphertext of a key anew, with its latest version or another encryption context',
    fields: reEncryptFields,
    returns: ReEncrypted,
    auditClear,
    operations: {
      update: {
        pure: true,
        handler: (request: EngineRequest<typeof reEncryptFields>, context) =>
          reEncrypted(request, request.fields.id, context),
      },
    },
  }),
  route('re-encrypt/:id/:destination', {
    summary: 'Encrypt a ciphertext of one key with another',
    description: 'The path names both, so that policies decide on both.',
    fields: reEncryptToFields,
    returns: ReEncrypted,
    auditClear,
    operations: {
      update: {
        pure: true,
        handler: (request: EngineRequest<typeof reEncryptToFields>, context) =>
          reEncrypted(request, request.fields.destination, context),
      },
    },
  }),
]

async function reEncrypted(
  request: Pick<EngineRequest<typeof reEncryptFields>, 'caller' | 'fields'>,
  destinationKey: string,
  context: EngineContext,
): Promise<Reply> {
  const { fields } = request
  const made = await reEncrypt(callOf(request, context), {
    ciphertext: bytesOf('ciphertext', fields.ciphertext),
    sourceKey: fields.id,
    sourceContext: fields.source_encryption_context,
    sourceAlgorithm: fields.source_encryption_algorithm,
    destinationKey,
    destinationContext: fields.destination_encryption_context,
    destinationAlgorithm: fields.destination_encryption_algorithm,
    grantTokens: fields.grant_tokens,
  })
  const source = { source_key_id: made.sourceKeyId, source_encryption_algorithm: made.sourceAlgorithm }
  return { data: { ...encryptedReply(made), ...source } }
}

const withPlaintextField = field.bool({
  default: true,
  description: 'Whether the reply has the secret in clear as well. Key policies and grants tell the two apart.',
})
const dataKeyFields = {
  id: keyField,
  key_spec: field.text({
    description: `${DATA_KEY_SPECS.join(' or ')}. Default AES_256, unless number_of_bytes is given.`,
  }),
  number_of_bytes: field.int({ description: `Length in bytes, 1 to ${DATA_KEY_BYTES_MAX}, in place of key_spec.` }),
  encryption_context: encryptionContextField,
  plaintext: withPlaintextField,
  grant_tokens: grantTokensField,
  dry_run: dryRunField,
}

export const dataKeyRow = route('datakey/:id', {
  summary: 'Make a random key and encrypt it with a symmetric key',
  description: 'It is not kept: `decrypt` opens its ciphertext.',
  fields: dataKeyFields,
  returns: Type.Object({
    key_id: Type.String(),
    ciphertext: Type.String(),
    plaintext: Type.Optional(Type.String()),
  }),
  auditClear,
  operations: { update: { pure: true, handler: makeDataKey } },
})

async function makeDataKey(request: EngineRequest<typeof dataKeyFields>, context: EngineContext): Promise<Reply> {
  const { fields } = request
  const made = await generateDataKey(callOf(request, context), {
    key: fields.id,
    spec: fields.key_spec ?? (fields.number_of_bytes === undefined ? 'AES_256' : undefined),
    bytes: fields.number_of_bytes,
    encryptionContext: fields.encryption_context,
    grantTokens: fields.grant_tokens,
    withPlaintext: fields.plaintext,
  })
  const data = { key_id: made.keyId, ciphertext: made.ciphertext.toString('base64') }
  return { data: { ...data, ...shownSecret('plaintext', made.plaintext) } }
}

function shownSecret(name: string, secret: Buffer | undefined) {
  if (secret === undefined) return {}
  const shown = { [name]: secret.toString('base64') }
  secret.fill(0)
  return shown
}

const pairFields = {
  id: keyField,
  key_pair_spec: field.text({ required: true, description: `${DATA_KEY_PAIR_SPECS.join(', ')}.` }),
  encryption_context: encryptionContextField,
  plaintext: withPlaintextField,
  grant_tokens: grantTokensField,
  dry_run: dryRunField,
}

export const dataKeyPairRow = route('datakeypair/:id', {
  summary: 'Make a pair and encrypt its private key with a symmetric key',
  description: 'It is not kept: `decrypt` opens the private key.',
  fields: pairFields,
  returns: Type.Object({
    key_id: Type.String(),
    key_pair_spec: Type.String(),
    public_key: Type.String({ description: 'PEM of SubjectPublicKeyInfo.' }),
    private_key_ciphertext: Type.String({ description: 'Of PKCS #8, in base64.' }),
    private_key: Type.Optional(Type.String({ description: 'PKCS #8, in base64.' })),
  }),
  auditClear: [...auditClear, 'public_key'],
  operations: { update: { pure: true, handler: makePair } },
})

async function makePair(request: EngineRequest<typeof pairFields>, context: EngineContext): Promise<Reply> {
  const { fields } = request
  const made = await generateDataKeyPair(callOf(request, context), {
    key: fields.id,
    spec: fields.key_pair_spec,
    encryptionContext: fields.encryption_context,
    grantTokens: fields.grant_tokens,
    withPlaintext: fields.plaintext,
  })
  const data = {
    key_id: made.keyId,
    key_pair_spec: made.spec,
    public_key: publicKeyPem(made.publicKey),
    private_key_ciphertext: made.ciphertext.toString('base64'),
  }
  return { data: { ...data, ...shownSecret('private_key', made.plaintext) } }
}
