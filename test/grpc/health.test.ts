import { type StatusObject, status } from '@grpc/grpc-js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Served, same, serve } from './serve.ts'

let served: Served
beforeAll(async () => {
  served = await serve()
})
afterAll(() => served.stop())

/** grpc.health.v1.HealthCheckResponse: field 1 is 1 for SERVING, 2 for NOT_SERVING. */
const health = async (service: string): Promise<number | undefined> => {
  const name = Buffer.from(service)
  const request = name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a, name.length]), name])
  return (await served.raw('/grpc.health.v1.Health/Check', request))[1]
}

const LIST_SERVICES = Buffer.from([0x3a, 0])

/** What reflection answers to a question, as bytes in which names can be read. Resolves once the stream has ended. */
function reflected(version: string, question: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const where = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`
    const stream = served.connect().makeBidiStreamRequest(where, same, same, served.metadata({}))
    let names = ''
    stream.on('error', reject)
    stream.once('data', (reply: Buffer) => {
      names = reply.toString('latin1')
      stream.end()
    })
    stream.on('status', ({ code }: StatusObject) =>
      code === status.OK ? resolve(names) : reject(new Error(`status ${code}`)),
    )
    stream.write(question)
  })
}

test.each(['v1', 'v1alpha'])('reflection %s lists every service', async (version) => {
  const names = await reflected(version, LIST_SERVICES)
  for (const name of ['Sys', 'Token', 'Policy', 'Kv', 'Cubbyhole', 'Transit', 'Lease', 'Audit']) {
    expect(names).toContain(`egide.v1.${name}`)
  }
})

/** A field of a message, or of one within it, that holds these bytes. */
const field = (number: number, bytes: Buffer) => Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes])

test.each(['v1', 'v1alpha'])('reflection %s finds extensions by the name of what they extend', async (version) => {
  const type = Buffer.from('google.protobuf.MethodOptions')
  const http = Buffer.from([0x10, 0xb0, 0xca, 0xbc, 0x22]) // extension_number = 72295728
  const file = await reflected(version, field(5, Buffer.concat([field(1, type), http])))
  expect(file).toContain('google/api/annotations.proto')
  const numbers = await reflected(version, field(6, type))
  expect(numbers).toContain('\xb0\xca\xbc\x22')
  // The name is told as it was asked for, in the question and in the answer.
  expect(numbers.split('google.protobuf.MethodOptions')).toHaveLength(3)
  expect(numbers).not.toContain('.google.protobuf.MethodOptions')
})

test('health follows whether requests can be audited', async () => {
  served.loseAudit()
  await expect.poll(() => health('')).toBe(2)
  expect(await health('egide.v1.Kv')).toBe(2)
  served.regainAudit()
  await expect.poll(() => health('')).toBe(1)
})

test('health follows the seal, as a whole and for each service', async () => {
  expect([await health(''), await health('egide.v1.Kv')]).toEqual([1, 1])
  await served.seal()
  expect([await health(''), await health('egide.v1.Kv')]).toEqual([2, 2])
})
