import Type from 'typebox'
import { field } from '../field.ts'

/** Fields that the rows which encrypt or decrypt share. */
export const nameField = field.name({ required: true, description: 'Name of the key.' })
export const contextField = field.text({
  default: '',
  description: 'What a derived key is derived for, in base64. Derived keys need it.',
})
export const associatedDataField = field.text({
  default: '',
  description: 'Bound to the ciphertext but not part of it, in base64: decrypting needs the same again.',
})
export const nonceField = field.text({
  default: '',
  description:
    'Refused, but of convergent keys of the first scheme that came out of a backup: those need it, in base64.',
})
export const keyVersionField = field.int({
  default: 0,
  description: "Version of the key to encrypt with: 0 for the latest, else at least the key's min_encryption_version.",
})
const text = (description: string) => Type.Optional(Type.String({ description }))
const ITEM = {
  context: text('What a derived key is derived for, in base64.'),
  associated_data: text('Bound to the ciphertext but not part of it, in base64.'),
  nonce: text('Of convergent keys of the first scheme alone, in base64.'),
  reference: text("The caller's own mark, given back with the outcome."),
}
const VERSION = Type.Optional(Type.Integer({ description: 'Version of the key to encrypt with; 0 for the latest.' }))
const ITEMS = {
  encrypt: { plaintext: Type.String({ description: 'What to encrypt, in base64.' }), ...ITEM, key_version: VERSION },
  decrypt: { ciphertext: Type.String({ description: 'What to decrypt.' }), ...ITEM },
  'encrypt anew': { ciphertext: Type.String({ description: 'What to encrypt anew.' }), ...ITEM, key_version: VERSION },
}
export const batchField = (what: keyof typeof ITEMS) =>
  field.any({
    schema: Type.Array(Type.Object(ITEMS[what])),
    description: `A list of items to ${what} in one request, in place of the fields for one; the outcomes keep its order.`,
  })
export const partialStatusField = field.int({
  description: 'Status of the answer when some items of a batch failed and some did not. Default 400.',
})
/** As `partialStatusField`, of rows whose batches Vault answers with 200 (`lenientBatchReply`). */
export const lenientPartialStatusField = field.int({
  description:
    'Status of the answer when some items of a batch failed and some did not; it is 400 then when all did. Default 200, whatever failed.',
})

const Failure = { error: Type.Optional(Type.String()), reference: Type.String() }

export const EncryptReply = Type.Union([
  Type.Object({ ciphertext: Type.String(), key_version: Type.Integer() }),
  Type.Object({
    batch_results: Type.Array(
      Type.Object({
        ciphertext: Type.Optional(Type.String()),
        key_version: Type.Optional(Type.Integer()),
        ...Failure,
      }),
    ),
  }),
])

export const DecryptReply = Type.Union([
  Type.Object({ plaintext: Type.String() }),
  Type.Object({ batch_results: Type.Array(Type.Object({ plaintext: Type.String(), ...Failure })) }),
])
