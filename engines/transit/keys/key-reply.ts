import Type from 'typebox'
import { ed25519Point } from '../../../crypto/keys/ed25519.ts'
import { certificatesPem, publicKeyPem } from '../../pem.ts'
import type { Key, KeyVersion, Moment } from './key.ts'
import { keyTypeOf } from './key-types.ts'
import type { Keyring } from './keyring.ts'

const MomentReply = Type.Optional(Type.Object({ time: Type.String({ format: 'date-time' }), version: Type.Integer() }))

const VersionReply = Type.Union([
  Type.Integer({ description: 'When the version was made, in Unix seconds: of symmetric keys.' }),
  Type.Object(
    {
      name: Type.String(),
      public_key: Type.String({ description: 'PEM; of Ed25519 the point in base64.' }),
      certificate_chain: Type.String({ description: 'PEM, the leaf first.' }),
      creation_time: Type.String({ format: 'date-time' }),
    },
    { description: 'Of pairs.' },
  ),
])

export const KeyReply = Type.Object({
  name: Type.String(),
  type: Type.String(),
  derived: Type.Boolean(),
  kdf: Type.Optional(Type.String()),
  kdf_mode: Type.Optional(Type.String()),
  convergent_encryption: Type.Optional(Type.Boolean()),
  convergent_encryption_version: Type.Optional(Type.Integer()),
  exportable: Type.Boolean(),
  allow_plaintext_backup: Type.Boolean(),
  deletion_allowed: Type.Boolean(),
  auto_rotate_period: Type.Integer(),
  imported_key: Type.Boolean(),
  imported_key_allow_rotation: Type.Optional(Type.Boolean()),
  soft_deleted: Type.Boolean(),
  key_size: Type.Optional(Type.Integer({ description: 'Bytes of an HMAC key.' })),
  backup_info: MomentReply,
  restore_info: MomentReply,
  min_available_version: Type.Integer(),
  min_decryption_version: Type.Integer(),
  min_encryption_version: Type.Integer(),
  latest_version: Type.Integer(),
  supports_encryption: Type.Boolean(),
  supports_decryption: Type.Boolean(),
  supports_signing: Type.Boolean(),
  supports_derivation: Type.Boolean(),
  supports_encapsulation: Type.Boolean(),
  keys: Type.Record(Type.String(), VersionReply, { description: 'The versions that are still in use.' }),
})

/** Names of the reply's fields: none is a secret. */
export const KEY_REPLY_FIELDS: readonly string[] = Object.keys(KeyReply.properties)

/** What public keys of a derived key are shown for. */
interface InContext {
  readonly context: Buffer
  readonly keyring: Keyring
}

/** All that is known of a key but its bytes. */
export function keyReply(key: Key, inContext?: InContext): Type.Static<typeof KeyReply> {
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
    imported_key: key.imported !== undefined,
    ...(key.imported && { imported_key_allow_rotation: key.imported.rotatable }),
    soft_deleted: key.softDeleted === true,
    ...(key.keySize !== undefined && { key_size: key.keySize }),
    ...(key.backedUp && { backup_info: momentReply(key.backedUp) }),
    ...(key.restored && { restore_info: momentReply(key.restored) }),
    min_available_version: key.minAvailable,
    min_decryption_version: key.minDecryption,
    min_encryption_version: key.minEncryption,
    latest_version: key.latest,
    supports_encryption: supports.encryption,
    supports_decryption: supports.encryption,
    supports_signing: supports.signing,
    supports_derivation: supports.derivation,
    supports_encapsulation: supports.encapsulation,
    keys: Object.fromEntries(
      key.versions
        .filter(({ number }) => number >= key.minDecryption)
        .map((version) => [version.number, versionReply(key, version, inContext)]),
    ),
  }
}

const momentReply = ({ timeMs, version }: Moment) => ({ time: new Date(timeMs).toISOString(), version })

/** Vault keeps the version of the convergent scheme with each version of a key, and shows -1 for the key itself. */
function derivation({ convergent, kdf }: Key) {
  const shown = {
    kdf: kdf ?? 'hkdf_sha256',
    ...(kdf && { kdf_mode: kdf }),
    convergent_encryption: convergent,
  }
  return convergent ? { ...shown, convergent_encryption_version: -1 } : shown
}

const CURVE_NAMES: Readonly<Record<string, string>> = {
  'ecdsa-p256': 'P-256',
  'ecdsa-p384': 'P-384',
  'ecdsa-p521': 'P-521',
}

function versionReply(key: Key, version: KeyVersion, inContext: InContext | undefined) {
  if (version.publicKey === undefined) return Math.floor(version.createdMs / 1000)
  return {
    name: CURVE_NAMES[key.type] ?? key.type,
    public_key: shownPublicKey(key, version, inContext),
    certificate_chain: certificatesPem(version.certificates ?? []),
    creation_time: new Date(version.createdMs).toISOString(),
  }
}

/** The public key of what contexts are applied to is half of a secret: it is never shown. */
function shownPublicKey(key: Key, { number, publicKey }: KeyVersion, inContext: InContext | undefined): string {
  if (publicKey === undefined) return ''
  if (!key.derived) {
    return key.type === 'ed25519' ? ed25519Point(publicKey).toString('base64') : publicKeyPem(publicKey)
  }
  return inContext?.keyring.derivedPublicKey(number, inContext.context)?.toString('base64') ?? ''
}
