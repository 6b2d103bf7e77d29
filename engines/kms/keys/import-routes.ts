import Type from 'typebox'
import { type EngineContext, type EngineRequest, type Reply, route } from '../../engine.ts'
import { field } from '../../field.ts'
import { publicKeyPem } from '../../pem.ts'
import { refused } from '../errors.ts'
import { bytesOf, callOf, keyField, publicKeyBytes } from '../route-fields.ts'
import {
  deleteImportedKeyMaterial,
  getParametersForImport,
  importKeyMaterial,
  importPublicKey,
  WRAPPING_ALGORITHMS,
  WRAPPING_KEY_SPECS,
} from './importing.ts'
import type { Key } from './key.ts'
import { KeyMetadata, METADATA_FIELDS, metadataOf, written } from './metadata.ts'

/** Rows that import material, for keys with origin EXTERNAL. */

const parameterFields = {
  id: keyField,
  wrapping_algorithm: field.oneOf(WRAPPING_ALGORITHMS)({
    default: 'RSAES_OAEP_SHA_256',
    description:
      'How the material will be wrapped: by RSA-OAEP itself, or (RSA_AES_KEY_WRAP, for what is longer) by an AES-256 key ' +
      'with AES-KWP, behind that key by RSA-OAEP.',
  }),
  wrapping_key_spec: field.oneOf(WRAPPING_KEY_SPECS)({
    default: 'RSA_2048',
    description: 'Length of the key that wraps.',
  }),
}

export const importParametersRow = route('keys/:id/import/parameters', {
  summary: 'Get a public key that material can be wrapped with, and a token for its import',
  description: 'They are good for a day and one import. Asking again makes those of before useless.',
  fields: parameterFields,
  returns: Type.Object({
    key_id: Type.String(),
    import_token: Type.String({ description: 'In base64.' }),
    public_key: Type.String({ description: 'PEM of SubjectPublicKeyInfo.' }),
    parameters_valid_to: Type.String({ format: 'date-time' }),
  }),
  auditClear: ['key_id', 'parameters_valid_to', 'public_key', 'wrapping_algorithm', 'wrapping_key_spec'],
  operations: {
    update: async (request: EngineRequest<typeof parameterFields>, context) => {
      const { id, wrapping_algorithm: algorithm, wrapping_key_spec: spec } = request.fields
      const made = await getParametersForImport(callOf(request, context), id, algorithm, spec)
      return {
        data: {
          key_id: made.keyId,
          import_token: made.token.toString('base64'),
          public_key: publicKeyPem(made.publicKey),
          parameters_valid_to: written(made.validToMs),
        },
      }
    },
  },
})

const importFields = {
  id: keyField,
  import_token: field.text({ description: 'The token that came with the public key, in base64.' }),
  encrypted_key_material: field.text({
    description: 'The wrapped material, in base64: raw bytes of symmetric keys, PKCS #8 of pairs.',
  }),
  public_key: field.text({
    description:
      'In place of token and material: a public key alone, PEM or DER of SubjectPublicKeyInfo in base64. The key verifies ' +
      'and encrypts; its private key may follow.',
  }),
  expiration_model: field.oneOf(['KEY_MATERIAL_EXPIRES', 'KEY_MATERIAL_DOES_NOT_EXPIRE'])({
    description: 'Default: it expires where valid_to is given.',
  }),
  valid_to: field.time({ description: 'When the material is deleted: RFC 3339, or Unix seconds.' }),
}
type ImportRequest = EngineRequest<typeof importFields>

export const importRow = route('keys/:id/import', {
  summary: 'Bring material, and delete it',
  description: 'A key without its material waits for it, and takes only the same again.',
  fields: importFields,
  returns: KeyMetadata,
  auditClear: [...METADATA_FIELDS, 'expiration_model', 'valid_to'],
  operations: {
    update: importMaterial,
    delete: async (request: ImportRequest, context) =>
      shown(context, await deleteImportedKeyMaterial(callOf(request, context), request.fields.id)),
  },
})

const shown = (context: EngineContext, key: Key): Reply => ({ data: metadataOf(context, key) })

async function importMaterial(request: ImportRequest, context: EngineContext): Promise<Reply> {
  const { fields } = request
  const expires = fields.valid_to !== undefined
  const asked = fields.expiration_model
  if (asked !== undefined && (asked === 'KEY_MATERIAL_EXPIRES') !== expires) {
    throw refused('Validation', 'valid_to is given where the material expires, and only there')
  }
  const call = callOf(request, context)
  const { id, public_key: publicKey, valid_to: expiresMs } = fields
  if (publicKey !== undefined) {
    if (fields.import_token !== undefined || fields.encrypted_key_material !== undefined) {
      throw refused('Validation', 'public_key is given in place of import_token and encrypted_key_material')
    }
    return shown(context, await importPublicKey(call, { key: id, publicKey: publicKeyBytes(publicKey), expiresMs }))
  }
  const key = await importKeyMaterial(call, {
    key: id,
    token: bytesOf('import_token', fields.import_token ?? ''),
    wrapped: bytesOf('encrypted_key_material', fields.encrypted_key_material ?? ''),
    expiresMs,
  })
  return shown(context, key)
}
