import { engine } from '../engine.ts'
import { autoRotate } from './auto-rotate.ts'
import { datakey } from './datakey.ts'
import { decrypt } from './decrypt.ts'
import { encrypt } from './encrypt.ts'
import { keyConfig } from './key-config.ts'
import { keyList, keys } from './keys.ts'
import { rewrap } from './rewrap.ts'
import { rotate, trim } from './rotate.ts'

/** Cryptography for applications that never see a key. */
export const transit = engine({
  type: 'transit',
  kind: 'secret',
  description: 'Encryption with named keys that never leave the vault',
  routes: [keyList, keys, keyConfig, rotate, trim, encrypt, decrypt, rewrap, datakey],
  periodic: autoRotate,
})
