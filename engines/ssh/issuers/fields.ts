import type { EngineRequest } from '../../engine.ts'
import { field } from '../../field.ts'

export const nameField = field.name({ description: 'Name of the issuer.' })

/** Of a new issuer. */
export const issuerFields = {
  issuer_name: nameField,
  private_key: field.text({ default: '', description: 'A private key, unencrypted, of OpenSSH or in PEM' }),
  public_key: field.text({ default: '', description: 'The public key that goes with private_key' }),
  generate_signing_key: field.bool({ description: 'Make the keys. Default where none are given.' }),
  key_type: field.text({ default: 'ssh-rsa', description: 'Of a new key: rsa, ec, ed25519, or its name in OpenSSH' }),
  key_bits: field.int({ default: 0, description: 'Of a new key: 2048, 3072 or 4096 of rsa, 256, 384 or 521 of ec' }),
}
export type NewIssuerRequest = EngineRequest<typeof issuerFields>
