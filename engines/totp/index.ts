import { engine } from '../engine.ts'
import { code } from './codes.ts'
import { key, keys } from './keys.ts'

/** `totp/`: one-time codes, made for keys of others and checked for keys of its own. */
export const totp = engine({
  type: 'totp',
  kind: 'secret',
  description: 'one-time codes by time',
  routes: [keys, key, code],
})
