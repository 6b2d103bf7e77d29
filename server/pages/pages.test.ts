import { once } from 'node:events'
import http from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call } from '../../test/harness/http.ts'
import { KeptLog } from '../../test/rest/serve.ts'
import { createPages } from './index.ts'
import type { PageStatus } from './landing.ts'

const log = new KeptLog()
const SEALED: PageStatus = {
  version: '1.2.3',
  isInitialized: true,
  isSealed: true,
  clusterName: '',
  sealType: 'shamir',
  threshold: 3,
  progress: 1,
}
let status: () => PageStatus = () => SEALED
let isEnabled = true
let written = 0
const openApi = {
  toJSON() {
    written++
    return { openapi: '3.0.2', info: { title: 'Egide' } }
  },
}
const server = http.createServer(
  createPages({
    log,
    status: () => status(),
    openApi: async () => openApi,
    isEnabled: () => isEnabled,
    uiHeaders: () => ({ 'X-Operator': ['one', 'two'] }),
  }),
)
let base = ''
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
})
afterAll(() => void server.close())

const get = (path: string) => call('GET', base + path)

const PAGES = [
  '/',
  '/ui',
  '/ui/',
  '/docs',
  '/docs/',
  '/ui/vault/identity/oidc/provider/sso/authorize?client_id=x&redirect_uri=https%3A%2F%2Fapp.test',
  '/ui/vault/teams/red/identity/oidc/provider/sso/authorize',
]
const FILES: Record<string, RegExp> = {
  '/ui/style.css': /^text\/css/,
  '/ui/sign-in.js': /javascript/,
  '/docs/assets/reference.css': /^text\/css/,
  '/docs/assets/reference.js': /javascript/,
  '/docs/assets/swagger-ui.css': /^text\/css/,
  '/docs/assets/swagger-ui-bundle.js': /javascript/,
  '/docs/openapi.json': /^application\/json/,
}

test('the reference is written out once, however often strangers ask for it', async () => {
  await get('/docs/openapi.json')
  const before = written
  expect(JSON.parse((await get('/docs/openapi.json')).text)).toMatchObject({ openapi: '3.0.2' })
  expect([before, written]).toEqual([1, 1])
})

/** WCAG 2's contrast of two colours, `#rrggbb`. */
function contrast(...colours: readonly [string, string]): number {
  const [dark = 0, light = 0] = colours.map(luminance).toSorted((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

test('colours can be read on light and on dark', async () => {
  const [light = '', dark = ''] = (await get('/ui/style.css')).text.split('@media (prefers-color-scheme: dark)')
  for (const [rules, ground] of [
    [light, '#ffffff'],
    [dark, '#1c1b22'],
  ] as const) {
    const colours = [...rules.matchAll(/ color: (#\w{6})/g)].map(([, colour]) => contrast(colour ?? '', ground))
    expect(colours).toHaveLength(2)
    expect(Math.min(...colours)).toBeGreaterThan(4.5)
  }
})

test('colours of the reference that are ours can be read on white, and white on them', async () => {
  const colours = (await get('/docs/assets/reference.css')).text.match(/#\w{6}/g) ?? []
  expect(colours.length).toBeGreaterThan(5)
  expect(Math.min(...colours.map((colour) => contrast(colour, '#ffffff')))).toBeGreaterThan(4.5)
})

describe.each(PAGES)('%s', (path) => {
  test('is a page that its own policy lets work: nothing inline, nothing from elsewhere', async () => {
    const { status: code, headers, text } = await get(path)
    expect([code, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(text).not.toMatch(/<script(?![^>]*\ssrc="\/)|<style|\son\w+=|\sstyle=|javascript:|https?:|src="\/\//i)
    for (const [, where] of text.matchAll(/(?:src|href)="(\/[^"]*)"/g))
      expect((await get(where ?? '')).status).toBe(200)
    // Without one, browsers ask for /favicon.ico.
    expect(text).toContain('<link rel="icon" href="data:,">')
  })

  test('HEAD has its headers and no body', async () => {
    const whole = await get(path)
    const head = await call('HEAD', base + path)
    expect([head.status, head.text]).toEqual([200, ''])
    expect(head.headers['content-length']).toBe(whole.headers['content-length'])
  })
})

for (const [path, type] of Object.entries(FILES))
  test(`${path} has its type`, async () => {
    const { status: code, headers, text } = await get(path)
    expect(code).toBe(200)
    expect(headers['content-type']).toMatch(type)
    expect(text.length).toBeGreaterThan(30)
  })

describe('the security headers', () => {
  for (const path of [...PAGES, ...Object.keys(FILES), '/nothing'])
    test(`are on ${path}`, async () => {
      const { headers } = await get(path)
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      })
      const policy = String(headers['content-security-policy'])
      expect(policy).toMatch(/default-src 'none'.*script-src 'self'.*frame-ancestors 'none'/)
      expect(policy).not.toMatch(/unsafe|\*|https?:/)
      expect(headers['x-powered-by']).toBeUndefined()
    })

  test("an operator's headers stand beside them", async () => {
    expect((await get('/')).headers['x-operator']).toBe('one, two')
  })

  test('assets may be kept, pages may not', async () => {
    expect((await get('/')).headers['cache-control']).toBe('no-store')
    expect((await get('/docs/assets/swagger-ui.css')).headers['cache-control']).toMatch(/public/)
  })
})

describe('the landing page tells the state', () => {
  const states: Record<string, [Partial<PageStatus>, RegExp]> = {
    sealed: [{}, /Sealed, 1 of 3 key shares given/],
    unsealed: [{ isSealed: false, clusterName: 'one' }, /Unsealed[\s\S]*<dd>one<\/dd>/],
    'not initialised': [{ isInitialized: false }, /Not initialised/],
    'with names that are no HTML': [
      { isSealed: false, clusterName: '<script>"&' },
      /<dd>&lt;script&gt;&quot;&amp;<\/dd>/,
    ],
  }
  for (const [what, [parts, text]] of Object.entries(states))
    test(what, async () => {
      status = () => ({ ...SEALED, ...parts })
      expect((await get('/')).text).toMatch(text)
    })
})

describe('all else', () => {
  const MISSING = [
    '/v1',
    '/v2/x',
    '/UI',
    '/nothing',
    '/favicon.ico',
    '/ui/vault',
    '/ui/vault/identity/oidc/provider/authorize',
    '/ui/vault/identity/oidc/provider/a/b/authorize',
    '/ui/vault/identity/oidc/provider/sso/authorize/',
    '/docs/assets/',
    '/docs/assets/package.json',
    '/docs/assets/..%2fpackage.json',
    '/docs/assets/%2e%2e/package.json',
    '/docs/assets/../../package.json',
    '//ui',
    '/ui/../docs/assets/index.html',
  ]
  for (const path of MISSING)
    test(`${path} is 404 in JSON`, async () => {
      const { status: code, body } = await raw(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
      expect([code, body]).toEqual([404, { errors: ['no such page; the API is below /v1/'] }])
    })

  for (const path of ['/%', '/docs/%zz', '/ui/%ff'])
    test(`${path} is the client's fault`, async () => {
      const { status: code, body } = await raw(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
      expect([400, 404]).toContain(code)
      expect(JSON.stringify(body)).toMatch(/^\{"errors":\["[^\\]+"\]\}$/)
    })

  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])
    test(`${method} is 405`, async () => {
      const { status: code, headers, body } = await call(method, `${base}/ui`)
      expect([code, headers.allow, body]).toEqual([405, 'GET, HEAD', { errors: ['unsupported method'] }])
    })

  test('a failure is logged and tells the caller nothing', async () => {
    status = () => {
      throw new Error('the secret of the day')
    }
    const { status: code, text } = await get('/')
    expect([code, text]).toEqual([500, '{"errors":["internal error"]}'])
    expect(log.lines).toMatchObject([{ level: 'error', message: 'a page failed' }])
    status = () => SEALED
  })

  test('switched off, there is nothing', async () => {
    isEnabled = false
    for (const path of [...PAGES, ...Object.keys(FILES)]) expect((await get(path)).status).toBe(404)
    isEnabled = true
  })
})

/** The path as it is: clients would tidy it up. */
async function raw(request: string): Promise<{ status: number; body: unknown }> {
  const { connect } = await import('node:net')
  const socket = connect(Number(new URL(base).port), '127.0.0.1')
  socket.end(request)
  let answer = ''
  for await (const chunk of socket) answer += chunk
  return { status: Number(answer.slice(9, 12)), body: JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))) }
}
