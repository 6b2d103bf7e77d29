import {
  constants,
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from 'node:crypto'

/**
 * What a request cannot do without, called as directly as Node.js lets one: a key that lies ready as an object, a nonce,
 * the operation. Each makes its operation once, and is measured by calling that again and again.
 */
const MESSAGE = Buffer.alloc(64, 'x')
/** As much of a certificate as is signed, about. */
const TO_BE_SIGNED = Buffer.alloc(400, 'x')
const GCM = { authTagLength: 16 } as const

export const PRIMITIVES = {
  'encrypt-300': () => sealing(300),
  'encrypt-64': () => sealing(64),
  'decrypt-300': () => opening(300),
  'hmac-64': () => {
    const key = createSecretKey(randomBytes(32))
    return () => createHmac('sha256', key).update(MESSAGE).digest()
  },
  'sign-ed25519': () => signing(ed25519().privateKey, null),
  'sign-ecdsa-p256': () => signing(p256().privateKey),
  'sign-rsa-2048': () => signing(rsa().privateKey),
  'verify-ed25519': () => verifying(ed25519(), null),
  'verify-ecdsa-p256': () => verifying(p256()),
  'verify-rsa-2048': () => verifying(rsa()),
  'certify-p256': () => {
    const { privateKey } = p256()
    return () => [p256(), sign('sha256', TO_BE_SIGNED, privateKey)]
  },
  'generate-rsa-2048': () => rsa,
  'certify-rsa-2048': () => {
    const { privateKey } = rsa()
    return () => sign('sha256', TO_BE_SIGNED, privateKey)
  },
} satisfies Readonly<Record<string, () => () => unknown>>

export type PrimitiveName = keyof typeof PRIMITIVES

interface Pair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}
const ed25519 = (): Pair => generateKeyPairSync('ed25519')
const p256 = (): Pair => generateKeyPairSync('ec', { namedCurve: 'P-256' })
const rsa = (): Pair => generateKeyPairSync('rsa', { modulusLength: 2048 })

function seal(key: KeyObject, plaintext: Buffer) {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, GCM)
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return { nonce, ciphertext, tag: cipher.getAuthTag() }
}

function sealing(bytes: number): () => unknown {
  const [key, plaintext] = [createSecretKey(randomBytes(32)), Buffer.alloc(bytes, 'x')]
  return () => seal(key, plaintext)
}

function opening(bytes: number): () => unknown {
  const key = createSecretKey(randomBytes(32))
  const { nonce, ciphertext, tag } = seal(key, Buffer.alloc(bytes, 'x'))
  return () => {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, GCM).setAuthTag(tag)
    return Buffer.concat([decipher.update(ciphertext), decipher.final()])
  }
}

function padded(key: KeyObject) {
  return key.asymmetricKeyType === 'rsa' ? { key, padding: constants.RSA_PKCS1_PSS_PADDING } : key
}

function signing(privateKey: KeyObject, hash: string | null = 'sha256'): () => unknown {
  const key = padded(privateKey)
  return () => sign(hash, MESSAGE, key)
}

function verifying({ privateKey, publicKey }: Pair, hash: string | null = 'sha256'): () => unknown {
  const [signature, key] = [sign(hash, MESSAGE, padded(privateKey)), padded(publicKey)]
  return () => {
    if (!verify(hash, MESSAGE, key, signature)) throw new Error('a good signature was refused')
  }
}
