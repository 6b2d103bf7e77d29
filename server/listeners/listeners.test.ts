import 'reflect-metadata'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { replyOf } from '../../test/rest/serve.ts'
import type { Core, Request } from '../core/request.ts'
import { ListenError } from './index.ts'

import {
  addressOf,
  ask,
  closeAll,
  folder,
  NO_LIMITS,
  NOBODY,
  one,
  open,
  portOf,
  removeFolder,
  tcp,
  tlsOf,
  unix,
  until,
} from './testing-listeners.ts'

afterEach(closeAll)
afterAll(removeFolder)

describe('TCP', () => {
  test('two listeners at once, each with its own limits and headers', async () => {
    const listeners = await open([
      tcp(undefined, {
        limits: { ...NO_LIMITS, maxRequestBytes: 10 },
        responseHeaders: { default: { 'X-Which': 'one' } },
      }),
      tcp(tlsOf(one), { host: '::1' }),
    ])
    expect(listeners.addresses).toEqual([
      expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      expect.stringMatching(/^https:\/\/\[::1\]:\d+$/),
    ])
    const plain = await ask(`${addressOf(listeners)}/v1/a`)
    expect([plain.status, plain.headers['x-which'], plain.headers['strict-transport-security']]).toEqual([
      200,
      'one',
      undefined,
    ])
    const secure = await ask(`${addressOf(listeners, 1)}/v1/a`, { rejectUnauthorized: false })
    expect([secure.status, secure.headers['x-which']]).toEqual([200, undefined])
    expect(secure.headers['strict-transport-security']).toMatch(/^max-age=/)
    const size = { method: 'POST', headers: { 'content-length': 20 } }
    expect((await ask(`${addressOf(listeners)}/v1/a`, size)).status).toBe(413)
  })

  test('an address in use is told, and what was opened before is closed', async () => {
    const first = await open([tcp()])
    const socketPath = path.join(folder, 'before.sock')
    const second = open([unix(socketPath), tcp(undefined, { port: portOf(first) })])
    await expect(second).rejects.toThrow(`can't listen at 127.0.0.1:${portOf(first)}: it is in use`)
    await expect(second).rejects.toBeInstanceOf(ListenError)
    expect(existsSync(socketPath)).toBe(false)
  })

  test('an address that this machine lacks is told', async () => {
    await expect(open([tcp(undefined, { host: '192.0.2.1' })])).rejects.toThrow(
      "can't listen at 192.0.2.1:0: this machine has no such address",
    )
  })

  test('a request that takes too long is answered by its own listener’s bound', async () => {
    const never: Core = { handle: () => new Promise(() => {}) }
    const listeners = await open(
      [tcp(undefined, { limits: { ...NO_LIMITS, maxRequestDurationMs: 100 } }), tcp()],
      never,
    )
    const slow = ask(`${addressOf(listeners, 1)}/v1/a`)
    slow.catch(() => {})
    expect((await ask(`${addressOf(listeners)}/v1/a`)).status).toBe(408)
    expect(await Promise.race([slow, sleep(50, 'still waiting')])).toBe('still waiting')
  })

  test('a proxy’s word is believed where the listener says so', async () => {
    const forwarded = { ...NOBODY, authorizedAddresses: ['127.0.0.0/8'] }
    const ofIpv6 = { ...NOBODY, authorizedAddresses: ['::/0'], rejectNotAuthorized: false }
    const listeners = await open([tcp(undefined, { forwarded }), tcp(), tcp(undefined, { forwarded: ofIpv6 })])
    const headers = { 'x-forwarded-for': '192.0.2.7' }
    expect((await ask(`${addressOf(listeners, 2)}/v1/a`, { headers })).body).toContain('"remote":"127.0.0.1"')
    expect((await ask(`${addressOf(listeners)}/v1/a`, { headers })).body).toContain('"remote":"192.0.2.7"')
    expect((await ask(`${addressOf(listeners, 1)}/v1/a`, { headers })).body).toContain('"remote":"127.0.0.1"')
    expect((await ask(`${addressOf(listeners)}/v1/a`)).status).toBe(400)
  })

  test('a client has one address, whatever its socket is called and however a proxy spells it', async () => {
    const forwarded = { ...NOBODY, authorizedAddresses: ['127.0.0.1', '::1'], rejectNotPresent: false }
    const listeners = await open([tcp(undefined, { host: '::', forwarded })])
    const remote = async (host: string, headers = {}) => {
      const { body } = await ask(`http://${host}:${portOf(listeners)}/v1/a`, { headers })
      return /"remote":"([^"]*)"/.exec(body)?.[1]
    }
    expect(await remote('127.0.0.1')).toBe('127.0.0.1')
    expect(await remote('[::1]')).toBe('::1')
    for (const spelt of ['2001:db8::7', '2001:DB8:0:0::7', '2001:0db8:0000:0000:0000:0000:0000:0007'])
      expect(await remote('127.0.0.1', { 'x-forwarded-for': spelt })).toBe('2001:db8::7')
    for (const spelt of ['192.0.2.7', '::ffff:192.0.2.7', '::FFFF:c000:207', '0:0:0:0:0:ffff:192.0.2.7'])
      expect(await remote('[::1]', { 'x-forwarded-for': spelt })).toBe('192.0.2.7')
    expect(await remote('[::1]', { 'x-forwarded-for': 'fe80::1%eth0' })).toBe('fe80::1%eth0')
  })
})

describe('a Unix socket', () => {
  const socketPath = path.join(folder, 'egide.sock')
  const askUnix = () => ask('http://localhost/v1/a', { socketPath })

  test('is served with the mode asked for, and is gone when closed', async () => {
    const listeners = await open([
      unix(socketPath, { user: String(process.getuid?.()), group: String(process.getgid?.()) }),
    ])
    expect(listeners.addresses).toEqual([`unix://${socketPath}`])
    expect(statSync(socketPath).mode & 0o777).toBe(0o660)
    expect((await askUnix()).status).toBe(200)
    await listeners.close(100)
    expect(existsSync(socketPath)).toBe(false)
  })

  test('what a dead server left is removed', async () => {
    const dead = net.createServer().listen(socketPath)
    await once(dead, 'listening')
    // Renamed away, it is not removed by close.
    const kept = `${socketPath}.kept`
    const { linkSync } = await import('node:fs')
    linkSync(socketPath, kept)
    dead.close()
    await once(dead, 'close')
    linkSync(kept, socketPath)
    await open([unix(socketPath)])
    expect((await askUnix()).status).toBe(200)
  })

  test('one in use is left alone', async () => {
    await open([unix(socketPath)])
    await expect(open([unix(socketPath)])).rejects.toThrow(`${socketPath} is in use by another process`)
    expect((await askUnix()).status).toBe(200)
  })

  test('what is no socket is left alone', async () => {
    const file = path.join(folder, 'precious')
    writeFileSync(file, 'precious')
    const link = path.join(folder, 'link')
    symlinkSync(file, link)
    for (const at of [file, link, folder]) await expect(open([unix(at)])).rejects.toThrow('is not a socket')
    expect(readFileSync(file, 'utf8')).toBe('precious')
  })

  test('an owner that is not there fails the start, and leaves nothing', async () => {
    const at = path.join(folder, 'owned.sock')
    await expect(open([unix(at, { user: 'nobody-of-this-name' })])).rejects.toThrow(
      'nobody-of-this-name is not in /etc/passwd',
    )
    expect(existsSync(at)).toBe(false)
  })
})

describe('closing', () => {
  /** A core whose answers wait for `release`, and which tells when the first request has `arrived`. */
  function gated(): { core: Core; arrived: Promise<void>; release: () => void } {
    const gate = Promise.withResolvers<void>()
    const first = Promise.withResolvers<void>()
    const handle = async (request: Request) => {
      first.resolve()
      await gate.promise
      return replyOf(request)
    }
    return { core: { handle }, arrived: first.promise, release: gate.resolve }
  }

  for (const [what, config] of [
    ['plain', tcp()],
    ['TLS', tcp(tlsOf(one))],
  ] as const)
    test(`what is in flight finishes, its connection is told, and nothing new comes in (${what})`, async () => {
      const { core, arrived, release } = gated()
      const listeners = await open([config], core)
      const agent = new (what === 'TLS' ? https : http).Agent({ keepAlive: true })
      const pending = ask(`${addressOf(listeners)}/v1/a`, { agent, rejectUnauthorized: false })
      await arrived
      const closing = listeners.close(60_000)
      await expect(ask(`${addressOf(listeners)}/v1/a`)).rejects.toThrow(/ECONNREFUSED/)
      release()
      expect(await pending).toMatchObject({ status: 200, headers: { connection: 'close' } })
      expect(await closing).toBe(true)
      await until(() => listeners.connections === 0)
      agent.destroy()
    })

  test('idle connections and half a handshake don’t hold it up', async () => {
    const listeners = await open([tcp(), tcp(tlsOf(one))])
    const idle = [net.connect(portOf(listeners), '127.0.0.1'), net.connect(portOf(listeners, 1), '127.0.0.1')]
    for (const socket of idle) socket.on('error', () => {})
    await until(() => listeners.connections === 2)
    const started = performance.now()
    await listeners.close(200)
    // Half a handshake is given ten seconds where nothing ends it before.
    expect(performance.now() - started).toBeLessThan(9000)
  })

  test('half a handshake is not waited for, a request beside it is', async () => {
    const { core, arrived, release } = gated()
    const listeners = await open([tcp(tlsOf(one))], core)
    const half = net.connect(portOf(listeners), '127.0.0.1').on('error', () => {})
    const pending = ask(`${addressOf(listeners)}/v1/a`, { rejectUnauthorized: false })
    await arrived
    await until(() => listeners.connections === 2)
    const closing = listeners.close(60_000)
    const started = performance.now()
    await once(half.resume(), 'close')
    // Of the ten seconds that Node.js gives it.
    expect(performance.now() - started).toBeLessThan(9000)
    release()
    expect(await pending).toMatchObject({ status: 200 })
    expect(await closing).toBe(true)
  })

  test('after the grace the rest is cut', async () => {
    const { core, arrived } = gated()
    const listeners = await open([tcp()], core)
    const pending = ask(`${addressOf(listeners)}/v1/a`)
    pending.catch(() => {})
    await arrived
    expect(await listeners.close(100)).toBe(false)
    await expect(pending).rejects.toThrow(/socket hang up|ECONNRESET/)
  })

  test('streams are ended', async () => {
    const begun = Promise.withResolvers<void>()
    const core: Core = {
      handle: async (request) => {
        const lines = async function* () {
          while (request.signal?.aborted === false) {
            yield Buffer.from('line\n')
            begun.resolve()
            await sleep(10)
          }
        }
        return replyOf(request, { raw: { status: 200, contentType: 'text/plain', body: lines() } })
      },
    }
    const listeners = await open([tcp()], core)
    const pending = ask(`${addressOf(listeners)}/v1/sys/monitor`)
    await begun.promise
    expect(await listeners.close(60_000)).toBe(true)
    expect((await pending).body).toMatch(/^(line\n)+$/)
  })

  test('twice is once', async () => {
    const listeners = await open([tcp()])
    expect(await Promise.all([listeners.close(100), listeners.close(0)])).toEqual([true, true])
  })
})
