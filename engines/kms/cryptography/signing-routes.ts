import Type from 'typebox'
import { type EngineRequest, route } from '../../engine.ts'
import { field } from '../../field.ts'
import { bytesOf, callOf, dryRunField, grantTokensField, keyField, publicKeyBytes } from '../route-fields.ts'
import { deriveSharedSecret } from './agreement.ts'
import { generateMac, verifyMac } from './macs.ts'
import { MESSAGE_MAX, MESSAGE_TYPES, sign, verify } from './signing.ts'

/** Rows that sign, authenticate and agree on secrets. What they take and give as bytes is base64. */

const auditClear = [
  'dry_run',
  'key_id',
  'key_origin',
  'signing_algorithm',
  'mac_algorithm',
  'key_agreement_algorithm',
  'message_type',
  'valid',
]

const messageField = field.text({
  required: true,
  description: `The message, in base64: at most ${MESSAGE_MAX} bytes.`,
})

const signFields = {
  id: keyField,
  message: messageField,
  message_type: field.oneOf(MESSAGE_TYPES)({
    default: 'RAW',
    description:
      "RAW: the message. DIGEST: its hash, by the algorithm's. EXTERNAL_MU: of ML-DSA, 64 bytes (FIPS 204 section 6.2).",
  }),
  signing_algorithm: field.text({
    description: 'Such as RSASSA_PSS_SHA_256; absent: the usual one of the key, which it is described with.',
  }),
  grant_tokens: grantTokensField,
  dry_run: dryRunField,
}

export const signRow = route('sign/:id', {
  summary: 'Sign with a key',
  fields: signFields,
  returns: Type.Object({
    key_id: Type.String(),
    signing_algorithm: Type.String(),
    signature: Type.String({ description: 'In base64. ECDSA: DER.' }),
  }),
  auditClear,
  operations: {
    update: {
      pure: true,
      handler: async (request: EngineRequest<typeof signFields>, context) => {
        const { keyId, algorithm, signature } = await sign(callOf(request, context), signRequest(request))
        return { data: { key_id: keyId, signing_algorithm: algorithm, signature: signature.toString('base64') } }
      },
    },
  },
})

function signRequest({ fields }: Pick<EngineRequest<typeof signFields>, 'fields'>) {
  return {
    key: fields.id,
    message: bytesOf('message', fields.message),
    messageType: fields.message_type,
    algorithm: fields.signing_algorithm,
    grantTokens: fields.grant_tokens,
  }
}

const verifyFields = { ...signFields, signature: field.text({ required: true, description: 'In base64.' }) }
const Verified = { key_id: Type.String(), valid: Type.Boolean() }

export const verifyRow = route('verify/:id', {
  summary: 'Say whether a signature is valid',
  fields: verifyFields,
  returns: Type.Object({ ...Verified, signing_algorithm: Type.String() }),
  auditClear,
  operations: {
    update: {
      pure: true,
      handler: async (request: EngineRequest<typeof verifyFields>, context) => {
        const signature = bytesOf('signature', request.fields.signature)
        const found = await verify(callOf(request, context), { ...signRequest(request), signature })
        return { data: { key_id: found.keyId, signing_algorithm: found.algorithm, valid: found.valid } }
      },
    },
  },
})

const macFields = {
  id: keyField,
  message: messageField,
  mac_algorithm: field.text({ description: 'HMAC_SHA_224, _256, _384 or _512; absent: that of the key.' }),
  grant_tokens: grantTokensField,
  dry_run: dryRunField,
}

function macRequest({ fields }: Pick<EngineRequest<typeof macFields>, 'fields'>) {
  return {
    key: fields.id,
    message: bytesOf('message', fields.message),
    algorithm: fields.mac_algorithm,
    grantTokens: fields.grant_tokens,
  }
}

export const macRow = route('mac/:id', {
  summary: 'Authenticate a message with an HMAC key',
  fields: macFields,
  returns: Type.Object({ key_id: Type.String(), mac_algorithm: Type.String(), mac: Type.String() }),
  auditClear,
  operations: {
    update: {
      pure: true,
      handler: async (request: EngineRequest<typeof macFields>, context) => {
        const { keyId, algorithm, mac } = await generateMac(callOf(request, context), macRequest(request))
        return { data: { key_id: keyId, mac_algorithm: algorithm, mac: mac.toString('base64') } }
      },
    },
  },
})

const verifyMacFields = { ...macFields, mac: field.text({ required: true, description: 'In base64.' }) }

export const verifyMacRow = route('verify-mac/:id', {
  summary: 'Say whether a MAC is valid',
  fields: verifyMacFields,
  returns: Type.Object({ ...Verified, mac_algorithm: Type.String() }),
  auditClear,
  operations: {
    update: {
      pure: true,
      handler: async (request: EngineRequest<typeof verifyMacFields>, context) => {
        const mac = bytesOf('mac', request.fields.mac)
        const found = await verifyMac(callOf(request, context), { ...macRequest(request), mac })
        return { data: { key_id: found.keyId, mac_algorithm: found.algorithm, valid: found.valid } }
      },
    },
  },
})

const deriveFields = {
  id: keyField,
  public_key: field.text({
    required: true,
    description: "The other side's public key on the same curve: SubjectPublicKeyInfo, as PEM or DER in base64.",
  }),
  key_agreement_algorithm: field.text({ description: 'ECDH.' }),
  grant_tokens: grantTokensField,
  dry_run: dryRunField,
}

export const deriveRow = route('derive/:id', {
  summary: "Agree on a secret with another's public key",
  description: 'Both sides get the same bytes. They are no key yet: a key derivation function makes one of them.',
  fields: deriveFields,
  returns: Type.Object({
    key_id: Type.String(),
    key_agreement_algorithm: Type.String(),
    key_origin: Type.String(),
    shared_secret: Type.String({ description: 'In base64.' }),
  }),
  auditClear,
  operations: {
    update: {
      pure: true,
      handler: async (request: EngineRequest<typeof deriveFields>, context) => {
        const { fields } = request
        const made = await deriveSharedSecret(callOf(request, context), {
          key: fields.id,
          publicKey: publicKeyBytes(fields.public_key),
          algorithm: fields.key_agreement_algorithm,
          grantTokens: fields.grant_tokens,
        })
        const secret = made.sharedSecret.toString('base64')
        made.sharedSecret.fill(0)
        const { keyId, algorithm, origin } = made
        return {
          data: { key_id: keyId, key_agreement_algorithm: algorithm, key_origin: origin, shared_secret: secret },
        }
      },
    },
  },
})
