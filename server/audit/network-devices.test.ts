import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { changeProtocol } from '../../test/harness/other-protocol.ts'
import { record, TestingInstallation, testingRequest } from './testing-records.ts'
import { verifyDevice, verifyInputs } from './testing-verification.ts'
import { verify } from './verify/verify.ts'

const waitFor = (done: () => boolean) => expect.poll(done).toBe(true)
const portOf = (server: Server) => (server.address() as AddressInfo).port

test('a socket device reconnects to a collector that comes back, and the log tells what may be missing', async () => {
  let text = ''
  const sockets = new Set<Socket>()
  const server = createTcp((socket) => {
    sockets.add(socket)
    socket.on('data', (bytes) => {
      text += String(bytes)
    })
    socket.on('error', () => {})
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = `127.0.0.1:${portOf(server)}`
  const place = await TestingInstallation.create()
  const audit = await place.open()
  await audit.enable('file', { type: 'socket', description: '', local: false, options: { address } })
  await record(audit, 2)
  await waitFor(() => text.includes('"seq":6,'))
  const closed = [...sockets].map((socket) => once(socket, 'close'))
  // It closes once the device has ended its side too, and so has heard of this.
  for (const socket of sockets) socket.end()
  await Promise.all(closed)
  await record(audit, 2, 2)
  await audit.close()
  await waitFor(() => text.includes('"event":"closed"'))
  server.close()
  const file = join(place.folder, 'collected.log')
  await writeFile(file, text)
  const result = await verifyDevice([file], audit)
  expect(result.problem).toBeUndefined()
  expect(text).toContain('"event":"resumed"')
  for (let number = 0; number < 4; number++) expect(text).toContain(`app-${number}"`)
})

test('a syslog device sends RFC 5424 messages that verify once the headers are skipped', async () => {
  let text = ''
  const server = createTcp((socket) =>
    socket.on('data', (bytes) => {
      text += String(bytes)
    }),
  )
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = `127.0.0.1:${portOf(server)}`
  const place = await TestingInstallation.create()
  const audit = await place.open()
  const options = { address, socket_type: 'tcp', facility: 'local3', tag: 'vault' }
  await audit.enable('file', { type: 'syslog', description: '', local: false, options })
  await record(audit, 2)
  await audit.close()
  await waitFor(() => text.includes('"event":"closed"'))
  server.close()
  const messages: string[] = []
  for (let rest = text; rest !== ''; ) {
    const [, count = ''] = /^(\d+) /.exec(rest) ?? []
    messages.push(rest.slice(count.length + 1, count.length + 1 + Number(count)))
    rest = rest.slice(count.length + 1 + Number(count))
  }
  expect(messages[0]).toMatch(/^<158>1 2026-01-02T03:04:05.000Z host vault 1 - - \{"time"/)
  const file = join(place.folder, 'collected.log')
  await writeFile(file, messages.map((message) => `${message}\n`).join(''))
  const inputs = { ...(await verifyInputs(audit)).publicOnly, skipHeaders: true }
  expect(await verify([file], inputs)).toMatchObject({ problem: undefined, records: 5 })
})

test('an http device posts what gathered, and a refusal by the collector fails the request', async () => {
  let text = ''
  let status = 200
  const server = createServer((request, response) => {
    expect(request.headers['x-key']).toBe('k')
    request.on('data', (bytes) => {
      if (status === 200) text += String(bytes)
    })
    if (status === 101) changeProtocol(request)
    else request.on('end', () => response.writeHead(status, { connection: 'close' }).end())
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const uri = `http://127.0.0.1:${portOf(server)}/audit`
  const place = await TestingInstallation.create()
  const audit = await place.open()
  await audit.enable('file', {
    type: 'http',
    description: '',
    local: false,
    options: { uri, headers: '{"x-key":["k"]}' },
  })
  await record(audit, 2)
  for (status of [500, 101])
    await expect(audit.request(testingRequest(1), undefined)).rejects.toMatchObject({ code: 'unavailable' })
  status = 200
  await record(audit, 1, 5)
  await audit.close()
  server.close()
  const file = join(place.folder, 'collected.log')
  await writeFile(file, text)
  const result = await verifyDevice([file], audit)
  expect(result.problem).toBeUndefined()
  expect(result.notes.some(({ message }) => message.includes('did not arrive'))).toBe(true)
})
