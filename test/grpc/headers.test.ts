import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http2 from 'node:http2'
import { create, toBinary } from '@bufbuild/protobuf'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Kv } from '../../proto/gen/egide/v1/kv_pb.ts'
import { framed } from '../../server/grpc/message-reader.ts'
import { pathOf } from './client.ts'
import { type Served, serve } from './serve.ts'

/** What stands around answers, as HTTP/2 has it and libraries of gRPC keep to themselves. */

let served: Served
let session: http2.ClientHttp2Session
beforeAll(async () => {
  served = await serve()
  await served.call(Kv.method.write, { path: 'kept', data: { yes: true } })
  const { port } = new URL(`http://${served.target}`)
  session = http2.connect(`https://localhost:${port}`, { ca: readFileSync(served.certificate.caFile) })
})
afterAll(async () => {
  session.destroy()
  await served.stop()
})

const READ = toBinary(Kv.method.read.input, create(Kv.method.read.input, { path: 'kept' }))

/** Headers and, where it has any, trailers of the answer to a read; `flag` says whether its message is compressed. */
async function answered(headers: http2.OutgoingHttpHeaders, flag = 0): Promise<readonly http2.IncomingHttpHeaders[]> {
  const stream = session.request({
    ':path': pathOf(Kv.method.read),
    ':method': 'POST',
    'content-type': 'application/grpc',
    te: 'trailers',
    'x-vault-token': served.rootToken,
    ...headers,
  })
  const heard: http2.IncomingHttpHeaders[] = []
  stream.on('response', (first) => heard.push(first))
  stream.on('trailers', (last) => heard.push(last))
  stream.resume()
  const message = framed(READ)
  message[0] = flag
  stream.end(message)
  await once(stream, 'close')
  return heard
}

test('who compresses is told what may be used, also where that was something else', async () => {
  const [unknown] = await answered({ 'grpc-encoding': 'zip' }, 1)
  expect(unknown?.['grpc-accept-encoding']).toBe('identity,gzip,deflate')
  const [known] = await answered({ 'grpc-encoding': 'gzip' })
  expect(known?.['grpc-accept-encoding']).toBe('identity,gzip,deflate')
  const [none] = await answered({})
  expect(none).toMatchObject({ 'content-type': 'application/grpc+proto' })
  expect(none).not.toHaveProperty('grpc-accept-encoding')
})

test('what is another each time, as the name of a request, is not kept in the table of headers', async () => {
  const kept = (headers: http2.IncomingHttpHeaders | undefined) => Reflect.get(headers ?? {}, http2.sensitiveHeaders)
  const [, trailers] = await answered({})
  expect(trailers?.['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  expect(kept(trailers)).toEqual(['x-request-id'])
  const [failed] = await answered({ 'x-vault-token': 's.none' })
  expect(failed?.['grpc-status']).toBe('7')
  expect(kept(failed)).toEqual(['x-request-id', 'grpc-status-details-bin'])
  const begun = answered({ ':path': pathOf(Kv.method.watchSecret), 'grpc-timeout': '300m' })
  expect(kept((await begun)[0])).toEqual(['x-request-id'])
})
