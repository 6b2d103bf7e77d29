import { engine } from '../engine.ts'
import { hashRows } from '../hash-rows.ts'
import { randomRows } from '../random-rows.ts'
import { autoRotate } from './auto-rotate.ts'
import { backup, restoreRows } from './backup.ts'
import { certificateRequest, setCertificate } from './certificates.ts'
import { applyCacheConfig, cacheConfig, keysConfig } from './config.ts'
import { datakey } from './datakey.ts'
import { decrypt } from './decrypt.ts'
import { deriveKey } from './derive-key.ts'
import { decapsulate, encapsulate } from './encapsulate.ts'
import { encrypt } from './encrypt.ts'
import { byokRows, exportRows } from './export.ts'
import { hmacRows } from './hmac.ts'
import { importKey, importVersion } from './import.ts'
import { keyConfig } from './key-config.ts'
import { keyList, keys } from './keys.ts'
import { rewrap } from './rewrap.ts'
import { rotate, trim } from './rotate.ts'
import { signRows } from './sign.ts'
import { softDelete, softDeleteRestore } from './soft-delete.ts'
import { verifyRows } from './verify.ts'
import { checkPrefix } from './wire-form.ts'
import { wrappingKey } from './wrapping-key.ts'

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
  ...hashRows(''),
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
  periodic: autoRotate,
})
