import { engine } from '../engine.ts'
import { hashRows } from '../hash-rows.ts'
import { randomRows } from '../random-rows.ts'
import { certificateRequest, setCertificate } from './certificates.ts'
import { applyCacheConfig, cacheConfig, keysConfig } from './config.ts'
import { datakey } from './datakey.ts'
import { decrypt } from './decrypt.ts'
import { deriveKey } from './derive-key.ts'
import { decapsulate, encapsulate } from './encapsulate.ts'
import { encrypt } from './encrypt.ts'
import { hmacRows } from './hmac.ts'
import { backup, restoreRows } from './interchange/backup.ts'
import { byokRows, exportRows } from './interchange/export.ts'
import { importKey, importVersion } from './interchange/import.ts'
import { wrappingKey } from './interchange/wrapping-key.ts'
import { autoRotate } from './keys/auto-rotate.ts'
import { keyConfig } from './keys/key-config.ts'
import { keyList, keys } from './keys/keys.ts'
import { rotate, trim } from './keys/rotate.ts'
import { softDelete, softDeleteRestore } from './keys/soft-delete.ts'
import { rewrap } from './rewrap.ts'
import { signRows } from './sign.ts'
import { verifyRows } from './verify.ts'
import { checkPrefix } from './wire-form.ts'

const rows = [
  keyList,
  keys,
  keyConfig,
  rotate,
  trim,
  encrypt,
  decrypt,
  rewrap,
  datakey,
  ...signRows,
  ...verifyRows,
  ...hmacRows,
  encapsulate,
  decapsulate,
  ...hashRows('', { mustGive: true }),
  ...randomRows(''),
  wrappingKey,
  importKey,
  importVersion,
  ...exportRows,
  ...byokRows,
  backup,
  ...restoreRows,
  softDelete,
  softDeleteRestore,
  deriveKey,
  certificateRequest,
  setCertificate,
  keysConfig,
  cacheConfig,
]

/** Cryptography for applications that never see a key. */
export const transit = engine({
  type: 'transit',
  kind: 'secret',
  description: 'Encryption and signatures with named keys that never leave the vault',
  routes: (options) => {
    checkPrefix(options)
    return rows
  },
  open: async ({ store }) => void (await applyCacheConfig(store)),
  periodic: { autoRotate },
})
