import { execFileSync } from 'node:child_process'
import { afterAll, expect, test } from 'vitest'
import { parseCertificate } from '../../engines/pki/x509/certificate.ts'
import { EXTENSION } from '../../engines/pki/x509/extensions.ts'
import { pemBlocks } from '../../engines/pki/x509/pem.ts'
import { prepareBao } from '../clients/client-programs.ts'
import { beforeAllUnlessAbsent } from '../clients/unless-absent.ts'
import { openbao } from '../harness/program.ts'
import { type Server, startUnsealed } from '../harness/server.ts'
import { type CelCase, ISSUED, REFUSED } from './cel-programs.ts'

/** The same programs and requests, to this server and to OpenBao. */

let ours: Server
let theirs: Server
let csr: string

beforeAllUnlessAbsent(async () => {
  const command = await prepareBao()
  csr = requestPem()
  ours = await startUnsealed()
  theirs = await startUnsealed({ program: openbao(command) })
  for (const server of [ours, theirs]) {
    await server.call('POST', 'sys/mounts/pki', { body: { type: 'pki' } })
    const root = { common_name: 'Root', key_type: 'ec', ttl: '20000h' }
    expect((await server.call('POST', 'pki/root/generate/internal', { body: root })).status).toBe(200)
  }
})
afterAll(async () => {
  await ours?.remove()
  await theirs?.remove()
})

function requestPem(): string {
  const names = 'subjectAltName=DNS:a.example.com,email:x@example.com,IP:10.0.0.1,URI:https://u/1'
  const options = ['-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', '/dev/null']
  const subject = ['-subj', '/C=NO/O=Org/OU=Unit/CN=csr.example.com/serialNumber=77', '-addext', names]
  return execFileSync('openssl', ['req', ...options, ...subject], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

interface Answer {
  readonly status: number
  readonly body: {
    readonly data?: Readonly<Record<string, unknown>>
    readonly errors?: readonly string[]
    readonly warnings?: readonly string[] | null
    readonly lease_id?: string
  }
}

async function answer(server: Server, { kind = 'issue', expression, variables, body = {} }: CelCase): Promise<Answer> {
  const written = await server.call('POST', 'pki/cel/roles/r', { body: { cel_program: { expression, variables } } })
  expect(written.status, written.text).toBe(200)
  const sent = kind === 'sign' ? { csr, ...body } : body
  return (await server.call('POST', `pki/cel/${kind}/r`, { body: sent })) as unknown as Answer
}

/** Of their keys two certificates can't say the same. */
const OF_KEYS: readonly string[] = [EXTENSION.subjectKeyId, EXTENSION.authorityKeyId]

function shape({ status, body }: Answer, kind: string | undefined) {
  const [block] = pemBlocks(String(body.data?.certificate))
  expect(block, JSON.stringify(body)).toBeDefined()
  const read = parseCertificate(block?.der ?? Buffer.alloc(0))
  const { asymmetricKeyType, asymmetricKeyDetails } = read.publicKey
  return {
    status,
    subject: read.subject,
    lives: Math.round((read.notAfterMs - read.notBeforeMs) / 60_000),
    key: [asymmetricKeyType, asymmetricKeyDetails?.namedCurve, asymmetricKeyDetails?.modulusLength],
    keyId: kind === 'sign' ? read.keyId.toString('hex') : '',
    extensions: read.extensions
      .filter(({ id }) => !OF_KEYS.includes(id))
      .map(({ id, critical, value }) => ({
        id,
        critical,
        value: id === EXTENSION.altNames ? namesOf(value) : value.toString('hex'),
      }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
    isLeased: body.lease_id !== '',
  }
}

/** Names in no order. */
function namesOf(value: Buffer): readonly string[] {
  const names: string[] = []
  for (let at = value[1] === 0x81 ? 3 : 2; at < value.length; ) {
    const end = at + 2 + (value[at + 1] ?? 0)
    names.push(value.subarray(at, end).toString('hex'))
    at = end
  }
  return names.sort()
}

for (const [what, one] of Object.entries(ISSUED)) {
  test(`the same certificate: ${what}`, async () => {
    const [own, other] = [await answer(ours, one), await answer(theirs, one)]
    expect(shape(own, one.kind)).toEqual(shape(other, one.kind))
  })
}

for (const [what, one] of Object.entries(REFUSED)) {
  test(`refused in the same words: ${what}`, async () => {
    const [own, other] = [await answer(ours, one), await answer(theirs, one)]
    expect(own).toMatchObject({ status: 400, body: { errors: [expect.stringContaining(one.told)] } })
    expect(other.body.errors?.[0]).toContain(one.told)
    // OpenBao says where in its code an error came from, before it.
    const [words = ''] = own.body.errors ?? []
    expect(other.body.errors?.[0]).toContain(words.replace(/: x$/, ''))
  })
}
