import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { systemRandom } from '../random.ts'
import { x25519MlKem768 } from './hybrid.ts'
import { decapsulateXWing, encapsulateXWing, openXWingPrivate, openXWingPublic } from './x-wing.ts'

/** The first vector of draft-connolly-cfrg-xwing-kem, appendix C. */
const SEED = '7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26'
const PUBLIC_SHA256 = '2e816deebcd76c5c80d0cd2d174478871658e8e2ff42bc9d4a6e486372e856bb'
const SECRET = 'd2df0522128f09dd8e2c92b1e905c793d8f57a54c3da25861f10bf4ca613e384'
const CIPHERTEXT = [
  'b83aa828d4d62b9a83ceffe1d3d3bb1ef31264643c070c5798927e41fb07914a273f8f96e7826cd5375a283d7da885304c5de0516a0f0654',
  '243dc5b97f8bfeb831f68251219aabdd723bc6512041acbaef8af44265524942b902e68ffd23221cda70b1b55d776a92d1143ea3a0c475f6',
  '3ee6890157c7116dae3f62bf72f60acd2bb8cc31ce2ba0de364f52b8ed38c79d719715963a5dd3842d8e8b43ab704e4759b5327bf027c63c',
  '8fa857c4908d5a8a7b88ac7f2be394d93c3706ddd4e698cc6ce370101f4d0213254238b4a2e8821b6e414a1cf20f6c1244b699046f5a01ca',
  'a0a1a55516300b40d2048c77cc73afba79afeea9d2c0118bdf2adb8870dc328c5516cc45b1a2058141039e2c90a110a9e16b318dfb53bd49',
  'a126d6b73f215787517b8917cc01cabd107d06859854ee8b4f9861c226d3764c87339ab16c3667d2f49384e55456dd40414b70a6af841585',
  'f4c90c68725d57704ee8ee7ce6e2f9be582dbee985e038ffc346ebfb4e22158b6c84374a9ab4a44e1f91de5aac5197f89bc5e5442f51f9a5',
  '937b102ba3beaebf6e1c58380a4a5fedce4a4e5026f88f528f59ffd2db41752b3a3d90efabe463899b7d40870c530c8841e8712b733668ed',
  '033adbfafb2d49d37a44d4064e5863eb0af0a08d47b3cc888373bc05f7a33b841bc2587c57eb69554e8a3767b7506917b6b70498727f16ea',
  'c1a36ec8d8cfaf751549f2277db277e8a55a9a5106b23a0206b4721fa9b3048552c5bd5b594d6e247f38c18c591aea7f56249c72ce7b117a',
  'fcc3a8621582f9cf71787e183dee09367976e98409ad9217a497df888042384d7707a6b78f5f7fb8409e3b535175373461b776002d799cba',
  'd62860be70573ecbe13b246e0da7e93a52168e0fb6a9756b895ef7f0147a0dc81bfa644b088a9228160c0f9acf1379a2941cd28c06ebc80e',
  '44e17aa2f8177010afd78a97ce0868d1629ebb294c5151812c583daeb88685220f4da9118112e07041fcc24d5564a99fdbde28869fe07223',
  '87d7a9a4d16e1cc8555917e09944aa5ebaaaec2cf62693afad42a3f518fce67d273cc6c9fb5472b380e8573ec7de06a3ba2fd5f931d725b4',
  '93026cb0acbd3fe62d00e4c790d965d7a03a3c0b4222ba8c2a9a16e2ac658f572ae0e746eafc4feba023576f08942278a041fb82a70a595d',
  '5bacbf297ce2029898a71e5c3b0d1c6228b485b1ade509b35fbca7eca97b2132e7cb6bc465375146b7dceac969308ac0c2ac89e7863eb894',
  '3015b24314cafb9c7c0e85fe543d56658c213632599efabfc1ec49dd8c88547bb2cc40c9d38cbd3099b4547840560531d0188cd1e9c23a0e',
  'bee0a03d5577d66b1d2bcb4baaf21cc7fef1e03806ca96299df0dfbc56e1b2b43e4fc20c37f834c4af62127e7dae86c3c25a2f696ac8b589',
  'dec71d595bfbe94b5ed4bc07d800b330796fda89edb77be0294136139354eb8cd37591578f9c600dd9be8ec6219fdd507adf3397ed4d6870',
  '7b8d13b24ce4cd8fb22851bfe9d632407f31ed6f7cb1600de56f17576740ce2a32fc5145030145cfb97e63e0e41d354274a079d3e6fb2e15',
].join('')

const hex = (text: string): Buffer => Buffer.from(text, 'hex')

test('X-Wing makes the public key and the secret of the published vector', () => {
  const own = openXWingPrivate(hex(SEED))
  expect(createHash('sha256').update(own.publicBytes).digest('hex')).toBe(PUBLIC_SHA256)
  expect(decapsulateXWing(own, hex(CIPHERTEXT)).toString('hex')).toBe(SECRET)
  const sent = encapsulateXWing(openXWingPublic(own.publicBytes))
  expect(decapsulateXWing(own, sent.ciphertext)).toEqual(sent.sharedSecret)
})

test('a ciphertext that was changed anywhere, or is bound to something else, does not open', async () => {
  const { encrypt, decrypt } = x25519MlKem768.open(await x25519MlKem768.generate(systemRandom))
  if (encrypt === undefined || decrypt === undefined) throw new Error('it encrypts')
  const bound = Buffer.from('bound')
  const sealed = encrypt(Buffer.from('hello'), bound)
  expect(decrypt(sealed, bound).toString()).toBe('hello')
  for (const at of [0, 500, 1087, 1088, 1119, 1120, sealed.length - 1]) {
    const changed = Buffer.from(sealed)
    changed[at] = (changed[at] ?? 0) ^ 1
    expect(() => decrypt(changed, bound)).toThrow('decryption failed')
  }
  for (const length of [0, 1119, 1120, 1135, sealed.length - 1]) {
    expect(() => decrypt(sealed.subarray(0, length), bound)).toThrow('decryption failed')
  }
  expect(() => decrypt(sealed, undefined)).toThrow('decryption failed')
  // A point of small order would make X25519's half known to everybody.
  const small = Buffer.from(sealed)
  small.fill(0, 1088, 1120)
  expect(() => decrypt(small, bound)).toThrow('decryption failed')
})
