import { once } from 'node:events'
import net from 'node:net'
import { expect, test } from 'vitest'
import { DEFAULT_GRPC_LIMITS } from '../grpc/limits.ts'
import { GrpcSocket } from './grpc-socket.ts'

test('a connection whose service cannot be loaded is closed, which is told, and the next one is served', async () => {
  let loads = 0
  const service = { serve: (socket: net.Socket) => socket.end('served'), drain: async () => {}, destroy: () => {} }
  const load = async () => {
    if (++loads === 1) throw new Error('EMFILE: too many open files')
    return service
  }
  const listener = new GrpcSocket(load, DEFAULT_GRPC_LIMITS, undefined)
  await listener.listen('127.0.0.1', 0)
  const told: string[] = []
  listener.server.on('error', (error) => told.push(String(error)))
  const { port } = listener.server.address() as net.AddressInfo
  const answer = async (): Promise<string> => {
    const socket = net.connect(port, '127.0.0.1')
    let text = ''
    socket.on('data', (piece) => {
      text += piece
    })
    await once(socket, 'close')
    return text
  }
  expect([await answer(), await answer()]).toEqual(['', 'served'])
  expect(told).toEqual(['Error: EMFILE: too many open files'])
  await listener.close(0)
})

test('one that cannot be loaded holds up no stop', async () => {
  const load = () => Promise.reject(new Error('EMFILE: too many open files'))
  const listener = new GrpcSocket(load, DEFAULT_GRPC_LIMITS, undefined)
  await listener.listen('127.0.0.1', 0)
  const told = once(listener.server, 'error')
  net.connect((listener.server.address() as net.AddressInfo).port, '127.0.0.1').on('error', () => {})
  await told
  await expect(listener.close(0)).resolves.toBeUndefined()
})
