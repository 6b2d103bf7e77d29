import { AEADS } from './aeads.ts'
import type { Algorithm } from './algorithm.ts'
import { ecdsaP256, ecdsaP384, ecdsaP521 } from './ecdsa.ts'
import { ed25519 } from './ed25519.ts'
import { hmacKey } from './hmac.ts'
import { x25519MlKem768 } from './hybrid.ts'
import { mlKem768, mlKem1024 } from './ml-kem.ts'
import { mlDsa44, mlDsa65, mlDsa87, slhDsa128s, slhDsa192s, slhDsa256s } from './post-quantum-signatures.ts'
import { rsa2048, rsa3072, rsa4096 } from './rsa.ts'

/** Every kind of key there is. */
export const ALGORITHMS: readonly Algorithm[] = [
  ...AEADS,
  ed25519,
  ecdsaP256,
  ecdsaP384,
  ecdsaP521,
  rsa2048,
  rsa3072,
  rsa4096,
  hmacKey,
  mlDsa44,
  mlDsa65,
  mlDsa87,
  slhDsa128s,
  slhDsa192s,
  slhDsa256s,
  mlKem768,
  mlKem1024,
  x25519MlKem768,
]
