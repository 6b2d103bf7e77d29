import Type from 'typebox'
import type { Key } from './key.ts'
import { keyTypeOf } from './key-types.ts'

export const KeyReply = Type.Object({
  name: Type.String(),
  type: Type.String(),
  derived: Type.Boolean(),
  kdf: Type.Optional(Type.String()),
  convergent_encryption: Type.Optional(Type.Boolean()),
  convergent_encryption_version: Type.Optional(Type.Integer()),
  exportable: Type.Boolean(),
  allow_plaintext_backup: Type.Boolean(),
  deletion_allowed: Type.Boolean(),
  auto_rotate_period: Type.Integer(),
  imported_key: Type.Boolean(),
  min_available_version: Type.Integer(),
  min_decryption_version: Type.Integer(),
  min_encryption_version: Type.Integer(),
  latest_version: Type.Integer(),
  supports_encryption: Type.Boolean(),
  supports_decryption: Type.Boolean(),
  supports_signing: Type.Boolean(),
  supports_derivation: Type.Boolean(),
  keys: Type.Record(Type.String(), Type.Integer(), { description: 'When each version was made, in Unix seconds.' }),
})

/** Names of the reply's fields: none is a secret. */
export const KEY_REPLY_FIELDS: readonly string[] = Object.keys(KeyReply.properties)

/** All that is known of a key but its bytes. */
export function keyReply(key: Key): Type.Static<typeof KeyReply> {
  const { supports } = keyTypeOf(key.type)
  return {
    name: key.name,
    type: key.type,
    derived: key.derived,
    ...(key.derived ? derivation(key) : {}),
    exportable: key.exportable,
    allow_plaintext_backup: key.allowPlaintextBackup,
    deletion_allowed: key.deletionAllowed,
    auto_rotate_period: key.autoRotateSeconds,
    imported_key: false,
    min_available_version: key.minAvailable,
    min_decryption_version: key.minDecryption,
    min_encryption_version: key.minEncryption,
    latest_version: key.latest,
    supports_encryption: supports.encryption,
    supports_decryption: supports.decryption,
    supports_signing: supports.signing,
    supports_derivation: supports.derivation,
    keys: versionTimes(key),
  }
}

/** Vault keeps the version of the convergent scheme with each version of a key, and shows -1 for the key itself. */
function derivation({ convergent }: Key) {
  const kdf = { kdf: 'hkdf_sha256', convergent_encryption: convergent }
  return convergent ? { ...kdf, convergent_encryption_version: -1 } : kdf
}

/** Only of versions that are still in use. */
function versionTimes({ versions, minDecryption }: Key): Record<string, number> {
  const used = versions.filter(({ number }) => number >= minDecryption)
  return Object.fromEntries(used.map(({ number, createdMs }) => [number, Math.floor(createdMs / 1000)]))
}
