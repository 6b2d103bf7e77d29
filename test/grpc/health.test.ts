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

/** What reflection answers to a list of services, as bytes in which their names can be read. Resolves once the stream has ended. */
function listed(version: string): Promise<string> {
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
    stream.write(Buffer.from([0x3a, 0])) // list_services = ''
  })
}

test.each(['v1', 'v1alpha'])('reflection %s lists every service', async (version) => {
  const names = await listed(version)
  for (const name of ['Sys', 'Token', 'Policy', 'Kv', 'Cubbyhole', 'Transit', 'Lease', 'Audit']) {
    expect(names).toContain(`egide.v1.${name}`)
  }
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
