import { aes128Gcm96, aes256Gcm96 } from './aes-gcm.ts'
import type { AeadAlgorithm } from './algorithm.ts'
import { chacha20Poly1305, xchacha20Poly1305 } from './chacha.ts'

/** Every algorithm that seals with one key and opens with the same. */
export const AEADS: readonly AeadAlgorithm[] = [aes256Gcm96, aes128Gcm96, chacha20Poly1305, xchacha20Poly1305]
