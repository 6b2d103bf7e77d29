import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TlsOptions } from 'node:tls'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Request } from '../../server/core/request.ts'
import type { RestLimits } from '../../server/rest/limits.ts'
import { makeCertificate } from '../harness/certificate.ts'
import { ANSWERED, bodies, echo, raw, replyOf, type Served, type ServeOptions, serve, statuses } from './serve.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'egide-methods-'))
const certificate = await makeCertificate(folder)
afterAll(() => rmSync(folder, { recursive: true }))

const transports: Record<string, ServeOptions> = {
  'plain TCP': {},
  TLS: { tls: { cert: readFileSync(certificate.certFile), key: readFileSync(certificate.keyFile) } },
  'a Unix socket': { socketPath: path.join(folder, 'egide.sock') },
}

const ask = (method: string, target: string, body = '', headers = '') =>
  `${method} ${target} HTTP/1.1\r\nHost: a\r\n${headers}${body === '' ? '' : `Content-Length: ${body.length}\r\n`}\r\n${body}`

/** What the core was asked, in order: operation and path of each. */
const asked = (answer: string) =>
  bodies(answer).map((body) => {
    const { data } = body as { data: { operation: string; path: string } }
    return `${data.operation} ${data.path}`
  })

/** A server whose answers about `kv/slow` wait until a parser has failed so. */
async function gated(code: string, limits: Partial<RestLimits> = {}, tls?: TlsOptions): Promise<Served> {
  const gate = Promise.withResolvers<void>()
  const handle = async (request: Request) => {
    if (request.path === 'kv/slow') await gate.promise
    return echo.handle(request)
  }
  const served = await serve({ core: { handle }, limits, ...(tls && { tls }) })
  served.http.server.on('clientError', (failure: { code?: string }) => {
    if (failure.code === code) setImmediate(gate.resolve)
  })
  return served
}

for (const [transport, options] of Object.entries(transports)) {
  describe(`over ${transport}`, () => {
    let served: Served
    beforeAll(async () => {
      served = await serve(options)
    })
    afterAll(() => served.stop())

    test('LIST and SCAN are served', async () => {
      expect(asked(await raw(served, [ask('LIST', '/v1/kv/a')], 1))).toEqual(['list kv/a'])
      expect(asked(await raw(served, [ask('SCAN', '/v1/kv/a/')], 1))).toEqual(['scan kv/a/'])
    })

    test('the connection goes on after them, through any number of them', async () => {
      const requests = ['LIST', 'GET', 'LIST', 'LIST', 'SCAN', 'DELETE', 'LIST'].map((method, n) =>
        ask(method, `/v1/kv/${n}`),
      )
      expect(asked(await raw(served, requests, requests.length))).toEqual([
        'list kv/0',
        'read kv/1',
        'list kv/2',
        'list kv/3',
        'scan kv/4',
        'delete kv/5',
        'list kv/6',
      ])
    })

    test('a client that offers another protocol with each request, as that of Java does, may LIST after others', async () => {
      const offer = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAA\r\n'
      for (const method of ['GET', 'LIST']) {
        const answer = await raw(served, [ask(method, '/v1/kv/a', '', offer)], 1)
        expect(statuses(answer)).toEqual([200])
        expect(answer).toMatch(/^connection: close\r$/im)
      }
    })

    test('pipelined in one packet they are answered in order', async () => {
      const requests = ['GET', 'LIST', 'GET', 'SCAN', 'LIST', 'GET'].map((method, n) => ask(method, `/v1/kv/${n}`))
      expect(asked(await raw(served, [requests.join('')], requests.length))).toEqual([
        'read kv/0',
        'list kv/1',
        'read kv/2',
        'scan kv/3',
        'list kv/4',
        'read kv/5',
      ])
    })

    test('bodies may contain the words', async () => {
      const body = '{"a":"LIST /v1/x HTTP/1.1\\r\\n","b":"SCAN /"}'
      const requests = [
        ask('LIST', '/v1/kv/0'),
        ask('POST', '/v1/kv/1', body),
        ask('LIST', '/v1/kv/2', '{"x":"LIST /"}'),
      ]
      const answer = await raw(served, [requests.join(''), ask('PUT', '/v1/kv/3', body)], 4)
      expect(asked(answer)).toEqual(['list kv/0', 'update kv/1', 'list kv/2', 'update kv/3'])
    })

    for (const method of ['LIST', 'SCAN']) {
      for (let cut = 1; cut <= method.length + 1; cut++) {
        test.concurrent(`${method} may arrive cut after ${cut} characters, also behind another request`, async ({
          expect,
        }) => {
          const request = ask(method, '/v1/kv/a')
          const whole = `${method.toLowerCase()} kv/a`
          expect(asked(await raw(served, [request.slice(0, cut), request.slice(cut)], 1))).toEqual([whole])
          const both = await raw(served, [ask('GET', '/v1/kv/b') + request.slice(0, cut), request.slice(cut)], 2)
          expect(asked(both)).toEqual(['read kv/b', whole])
        })
      }
    }

    test('however the bytes are cut, and on many connections at once, each is answered in order', async () => {
      const methods = ['LIST', 'GET', 'SCAN', 'LIST', 'POST', 'LIST', 'SCAN', 'GET']
      const request = methods
        .map((method, n) => ask(method, `/v1/kv/${n}`, method === 'POST' ? '{"a":"LIST "}' : ''))
        .join('')
      const ways = fc.sample(fc.array(fc.nat(request.length), { maxLength: 12 }), { numRuns: 60, seed: 5 })
      const answers = await Promise.all(
        ways.map((cuts) => {
          const ends = [0, ...cuts.sort((a, b) => a - b), request.length]
          return raw(
            served,
            ends.slice(1).map((end, at) => request.slice(ends[at], end)),
            methods.length,
          )
        }),
      )
      const whole = ['list', 'read', 'scan', 'list', 'update', 'list', 'scan', 'read'].map(
        (name, n) => `${name} kv/${n}`,
      )
      for (const answer of answers) expect(asked(answer)).toEqual(whole)
    })

    test('a client that asks for it is let go', async () => {
      const started = performance.now()
      const answer = await raw(served, [ask('LIST', '/v1/kv/a', '', 'Connection: close\r\n')], 2)
      expect(asked(answer)).toEqual(['list kv/a'])
      // Who is not let go waits for another answer, twenty seconds.
      expect(performance.now() - started).toBeLessThan(15_000)
    })

    test('a connection on which they were asked for is forgotten once it is closed', async () => {
      for (let n = 0; n < 3; n++) await raw(served, [ask('LIST', `/v1/kv/${n}`)], 1)
      await expect.poll(() => served.http.connections).toBe(0)
    })

    test('rubbish after them is refused as elsewhere', async () => {
      const answer = await raw(served, [ask('LIST', '/v1/kv/a'), ANSWERED, 'FROB / HTTP/1.1\r\n\r\n'], 2)
      expect(statuses(answer)).toEqual([200, 405])
    })
  })
}

test('a target as proxies are sent it is the path in it', async () => {
  const served = await serve()
  const taken = [ask('GET', 'http://vault.test/v1/kv/a'), ask('LIST', 'HTTPS://vault.test:8200/v1/kv/b?limit=1')]
  expect(asked(await raw(served, taken, 2))).toEqual(['read kv/a', 'list kv/b'])
  const refused = ['http://vault.test/v1/kv//a', 'http://vault.test/v1/kv/%2e%2e/a'].map((target) => ask('GET', target))
  expect(statuses(await raw(served, refused, 2))).toEqual([400, 400])
  await served.stop()
})

test('a LIST behind a slow request waits for its answer', async () => {
  const served = await serve({
    core: {
      handle: async (request) => {
        if (request.path === 'kv/slow') await new Promise((resolve) => setTimeout(resolve, 100))
        return echo.handle(request)
      },
    },
  })
  const answer = await raw(served, [ask('GET', '/v1/kv/slow') + ask('LIST', '/v1/kv/a') + ask('GET', '/v1/kv/b')], 3)
  expect(asked(answer)).toEqual(['read kv/slow', 'list kv/a', 'read kv/b'])
  await served.stop()
})

test('a LIST behind a request that takes longer than the headers of one may waits for its answer, too', async () => {
  const served = await gated('ERR_HTTP_REQUEST_TIMEOUT', { headersTimeoutMs: 50 })
  const answer = await raw(served, [ask('GET', '/v1/kv/slow') + ask('LIST', '/v1/kv/a')], 2)
  expect(asked(answer)).toEqual(['read kv/slow', 'list kv/a'])
  await served.stop()
})

describe('what is no request', () => {
  const rubbish = 'FROB / HTTP/1.1\r\n\r\n'

  for (const [transport, tls] of [
    ['plain', undefined],
    ['TLS', transports.TLS?.tls],
  ] as const)
    test(`takes no answer from the requests before it (${transport})`, async () => {
      const served = await gated('HPE_INVALID_METHOD', {}, tls)
      const answer = await raw(served, [ask('GET', '/v1/kv/slow') + ask('GET', '/v1/kv/b') + rubbish, 'more'], 3)
      expect(statuses(answer)).toEqual([200, 200, 405])
      expect(asked(answer.slice(0, answer.lastIndexOf('HTTP/1.1')))).toEqual(['read kv/slow', 'read kv/b'])
      await served.stop()
    })

  test('takes none behind a LIST', async () => {
    const served = await gated('HPE_INVALID_METHOD')
    const answer = await raw(served, [ask('LIST', '/v1/kv/slow') + rubbish], 2)
    expect(statuses(answer)).toEqual([200, 405])
    await served.stop()
  })

  test('cuts no answer that is on its way', async () => {
    const data = { text: 'x'.repeat(8 * 1024 * 1024) }
    const served = await serve({ core: { handle: async (request) => replyOf(request, { data }) } })
    const answer = await raw(served, [ask('GET', '/v1/kv/a') + rubbish], 2)
    expect(statuses(answer)).toEqual([200, 405])
    expect(bodies(answer)[0]).toMatchObject({ data })
    await served.stop()
  })

  test('is told at once where it is the body of a request', async () => {
    const served = await gated('none')
    const head = 'POST /v1/kv/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'
    expect(statuses(await raw(served, [`${head}zz\r\n`], 1))).toEqual([400])
    await served.stop()
  })

  test('does not wait for ever', async () => {
    const served = await gated('none', { handleTimeoutMs: 50, stalledReaderMs: 50 })
    const socket = await served.connect()
    socket.write(ask('GET', '/v1/kv/slow') + rubbish)
    await once(socket, 'close')
    await served.stop()
  })
})

test('a thousand LISTs on one connection cost no more listeners than one', async () => {
  const served = await serve()
  const answer = await raw(served, [ask('LIST', '/v1/kv/a').repeat(1000)], 1000)
  expect(asked(answer)).toHaveLength(1000)
  expect(served.http.connections).toBeLessThanOrEqual(1)
  await served.stop()
  expect(served.log.lines).toEqual([])
})

test('a large answer to LIST arrives whole', async () => {
  const keys = Array.from({ length: 200_000 }, (_, n) => `key-${n}`)
  const served = await serve({ core: { handle: async (request) => replyOf(request, { data: { keys } }) } })
  const answer = await raw(served, [ask('LIST', '/v1/kv/a')], 1)
  expect(bodies(answer)).toMatchObject([{ data: { keys } }])
  await served.stop()
})

test('OPTIONS of the server as a whole tells its methods, on a connection that goes on', async () => {
  const served = await serve()
  const ask = 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n'
  const answer = await raw(served, [ask, 'GET /v1/kv/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'], 1)
  expect(statuses(answer)).toEqual([200, 200])
  const [head = ''] = answer.split('\r\n\r\n')
  expect(head).toContain('\r\nAllow: GET, HEAD, LIST, SCAN, POST, PUT, PATCH, DELETE, OPTIONS\r\n')
  expect(head).toContain('\r\nContent-Length: 0')
  const other = ask.replace('OPTIONS', 'GET').replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')
  expect(statuses(await raw(served, [other], 1))).toEqual([404])
  await served.stop()
})
