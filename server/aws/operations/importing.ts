import { epochSeconds, member, moment, neededText, present, renamed } from '../members.ts'
import type { KmsOperations } from '../operation.ts'
import { arnOfKey, keyItself } from '../references.ts'
import { derOf } from './der.ts'

const PARAMETERS = { WrappingAlgorithm: 'wrapping_algorithm', WrappingKeySpec: 'wrapping_key_spec' }
const MATERIAL = {
  ImportToken: 'import_token',
  EncryptedKeyMaterial: 'encrypted_key_material',
}
/** Of material that says nothing else. */
const EXPIRES = 'KEY_MATERIAL_EXPIRES'

/** Material that is made elsewhere. */
export const importing: KmsOperations = {
  GetParametersForImport: {
    async ask(input, key) {
      neededText(input, 'WrappingAlgorithm')
      neededText(input, 'WrappingKeySpec')
      const path = `keys/${await keyItself(input, key)}/import/parameters`
      return { operation: 'update', path, data: renamed(input, PARAMETERS) }
    },
    answer: ({ reply, key }) =>
      present({
        KeyId: arnOfKey(key, reply.key_id),
        ImportToken: reply.import_token,
        PublicKey: derOf(reply.public_key),
        ParametersValidTo: epochSeconds(reply.parameters_valid_to),
      }),
  },
  ImportKeyMaterial: {
    async ask(input, key) {
      const model = {
        expiration_model: member(input, 'ExpirationModel') ?? EXPIRES,
        valid_to: moment(input, 'ValidTo'),
      }
      const data = present({ ...renamed(input, MATERIAL), ...model })
      return { operation: 'update', path: `keys/${await keyItself(input, key)}/import`, data }
    },
    answer: ({ reply, key }) => ({ KeyId: arnOfKey(key, reply.key_id) }),
  },
  DeleteImportedKeyMaterial: {
    async ask(input, key) {
      return { operation: 'delete', path: `keys/${await keyItself(input, key)}/import`, data: {} }
    },
    answer: ({ reply, key }) => ({ KeyId: arnOfKey(key, reply.key_id) }),
  },
}
