import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { RateLimited } from '../../server/core/quotas/quotas.ts'
import type { Core, Request } from '../../server/core/request.ts'
import { replyOf, type Served, serve } from './serve.ts'

let served: Served | undefined
afterEach(() => served?.stop())

/** A core that lets in by what the body says. */
function choosy(asked: [isWhole: boolean, data: unknown][], handled: Request[]): Core {
  return {
    admit: (request, isWhole) => {
      asked.push([isWhole, request.data])
      if (!isWhole) return undefined
      if (request.data.role === 'busy') throw new RateLimited(request.path, 7, ['X-Of', 'the quota'], true)
      return []
    },
    handle: async (request) => {
      handled.push(request)
      return replyOf(request)
    },
  }
}

test('where the body says whether a client has asked too much, it is asked again with it, before the request is handled', async () => {
  const asked: [boolean, unknown][] = []
  const handled: Request[] = []
  served = await serve({ core: choosy(asked, handled) })
  const login = (role: string) =>
    fetch(`${served?.url}/v1/auth/approle/login`, { method: 'POST', body: JSON.stringify({ role }) })
  const refused = await login('busy')
  expect([refused.status, refused.headers.get('x-of')]).toEqual([429, 'the quota'])
  expect(handled).toEqual([])
  expect((await login('idle')).status).toBe(200)
  expect(handled).toHaveLength(1)
  expect(asked).toEqual([
    [false, {}],
    [true, { role: 'busy' }],
    [false, {}],
    [true, { role: 'idle' }],
  ])
})

test('a long body that nobody wants does not keep its client from the answer, but does not come without end', async () => {
  served = await serve({ core: { handle: async (request) => replyOf(request, { data: { unread: true } }) } })
  const socket = await served.connect()
  let answer = ''
  let sent = 0
  socket.on('data', (piece) => {
    answer += piece.toString()
  })
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.on('error', () => {})
  const length = 1024 ** 3
  socket.write(`POST /v1/sys/storage/snapshot HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`)
  const piece = Buffer.alloc(1024 * 1024)
  while (!socket.destroyed && sent < length) {
    sent += piece.length
    if (!socket.write(piece)) await Promise.race([once(socket, 'drain').catch(() => undefined), closed])
  }
  socket.destroy()
  await closed
  expect(answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*"unread":true/)
  expect(sent).toBeGreaterThan(64 * 1024 * 1024)
  expect(sent).toBeLessThan(length / 2)
})

test('a body that is longer than any may be is refused before it is sent, and another asked for', async () => {
  served = await serve({ core: { handle: async (request) => replyOf(request) } })
  const answerTo = async (length: number): Promise<string> => {
    const socket = await (served as Served).connect()
    socket.write(`POST /v1/a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\n\r\n`)
    const [piece] = await once(socket, 'data')
    socket.destroy()
    return String(piece).split('\r\n')[0] ?? ''
  }
  expect(await answerTo(2)).toBe('HTTP/1.1 100 Continue')
  expect(await answerTo(1024 ** 3)).toMatch(/^HTTP\/1\.1 413 /)
})
