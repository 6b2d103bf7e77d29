import { generateKeyPair, generateKeyPairSync, sign } from 'node:crypto'
import { promisify } from 'node:util'
import { Authority } from '../../test/pki/authority.ts'
import { request } from '../../test/pki/hostile-requests.ts'
import { ocspRequest } from '../../test/pki/ocsp-client.ts'

/**
 * What a certificate costs of CPU, from the matched row to the reply, on storage in memory, beside the keys and signatures
 * in it alone. Run: bin/with-node node bench/micro/pki.ts [rounds]
 */
const ROUNDS = Number(process.argv[2] ?? 1_000)

async function microsOf(rounds: number, work: () => unknown): Promise<number> {
  for (let i = 0; i < rounds / 10; i++) await work()
  const before = process.cpuUsage()
  for (let i = 0; i < rounds; i++) await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / rounds
}

async function measure(name: string, rounds: number, work: () => unknown, primitive: () => unknown): Promise<void> {
  const [whole, alone] = [await microsOf(rounds, work), await microsOf(rounds, primitive)]
  const figures = [whole, alone].map((micros) => micros.toFixed(0).padStart(9)).join(' ')
  console.log(`${name.padEnd(40)} ${figures} ${(whole / alone).toFixed(2).padStart(6)}`)
}

const pair = promisify(generateKeyPair)
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const data = Buffer.alloc(400, 1)

const [authority, ofRsa] = [new Authority(), new Authority()]
const root = await authority.root()
await ofRsa.root({ key_type: 'rsa' })
for (const ca of [authority, ofRsa]) await ca.role('any', { key_type: 'any', allow_any_name: true })
await authority.role('p256', { key_type: 'ec', allow_any_name: true })
await authority.role('rsa', { key_type: 'rsa', allow_any_name: true })
const csr = request()
const { serial_number: serial } = await authority.issue('p256')
const issuer = Buffer.from(String(root.certificate).replaceAll(/-----[^-]+-----|\s/g, ''), 'base64')
const req = ocspRequest(issuer, String(serial)).toString('base64')

console.log(`${'microseconds of CPU'.padEnd(40)} ${'whole'.padStart(9)} ${'alone'.padStart(9)} ${'ratio'.padStart(6)}`)
await measure(
  'issue P-256',
  ROUNDS,
  () => authority.issue('p256'),
  async () => [await pair('ec', { namedCurve: 'P-256' }), sign('sha256', data, ec)],
)
await measure(
  'issue RSA-2048',
  Math.ceil(ROUNDS / 50),
  () => authority.issue('rsa'),
  async () => [await pair('rsa', { modulusLength: 2048 }), sign('sha256', data, ec)],
)
await measure(
  'sign with an RSA-2048 authority',
  ROUNDS,
  () => ofRsa.call('update', 'sign/any', { csr, ttl: '1h' }),
  () => sign('sha256', data, rsa),
)
await measure(
  'OCSP, kept',
  ROUNDS,
  () => authority.call('update', 'ocsp', { req }),
  () => sign('sha256', data, ec),
)
