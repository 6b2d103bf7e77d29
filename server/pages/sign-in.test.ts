import { createContext, runInContext } from 'node:vm'
import { beforeEach, describe, expect, test } from 'vitest'
import { SIGN_IN_PAGE, SIGN_IN_SCRIPT } from './sign-in.ts'

/** The page's script with a document that has the page's parts, before a server that answers as a test says. */

type Listener = (event: { preventDefault(): void }) => void
interface Part {
  value: string
  textContent: string
  hidden: boolean
  disabled: boolean
  autocomplete?: string
  addEventListener(name: string, listener: Listener): void
}
interface Answer {
  readonly status?: number
  readonly body: object
}

const PLACE = '/ui/vault/team/identity/oidc/provider/sso/authorize'
const BACK = 'https://app.test/callback'
const TOKEN = { auth: { client_token: 's.token' } }
const waits = (usesPasscode: boolean) => ({
  auth: {
    client_token: '',
    mfa_requirement: {
      mfa_request_id: 'r1',
      mfa_constraints: { all: { any: [{ type: 'x', id: 'm1', uses_passcode: usesPasscode, name: '' }] } },
    },
  },
})

class Page {
  readonly parts = new Map<string, Part>()
  readonly listeners = new Map<string, Listener>()
  readonly asked: string[] = []
  readonly bodies: unknown[] = []
  answers: Record<string, Answer> = {}
  left = ''

  constructor() {
    for (const [, id = ''] of SIGN_IN_PAGE.matchAll(/ id="([^"]+)"/g)) {
      const isHidden = new RegExp(` id="${id}" hidden`).test(SIGN_IN_PAGE)
      const value = id === 'method' || id === 'mount' ? 'userpass' : ''
      const addEventListener = (name: string, listener: Listener) => void this.listeners.set(`${id} ${name}`, listener)
      this.parts.set(id, { value, textContent: '', hidden: isHidden, disabled: false, addEventListener })
    }
    const fetch = async (where: string, { method, body }: { method: string; body?: string }) => {
      this.asked.push(`${method} ${where.replace(/\?.*/, '')}`)
      if (body !== undefined) this.bodies.push(JSON.parse(body))
      const { status = 200, body: answer } = this.answers[where.replace(/^.*?\/v1\/team\/|\?.*$/g, '')] ?? { body: {} }
      return { ok: status < 300, status, json: async () => answer }
    }
    const search = `?client_id=c&redirect_uri=${encodeURIComponent(BACK)}`
    const assign = (to: string) => {
      this.left = to
    }
    const location = { pathname: PLACE, search, assign }
    const document = { getElementById: (id: string) => this.part(id) }
    runInContext(SIGN_IN_SCRIPT, createContext({ document, location, fetch, URL, URLSearchParams }))
  }

  part(id: string): Part {
    const part = this.parts.get(id)
    if (part === undefined) throw new Error(`the page has no part ${id}`)
    return part
  }

  async submit(typed: Readonly<Record<string, string>>): Promise<string> {
    for (const [id, value] of Object.entries(typed)) this.part(id).value = value
    this.listeners.get('form submit')?.({ preventDefault() {} })
    // Whatever the page does now is done in turns of the event loop, without waiting for anything.
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
    return this.part('message').textContent
  }
}

let page: Page
beforeEach(() => {
  page = new Page()
  page.answers['identity/oidc/provider/sso/authorize'] = { body: { code: 'the-code', state: '' } }
})

const LOGIN = 'auth/userpass/login/ann'
const VALIDATE = 'sys/mfa/validate'

describe('signing in', () => {
  test('with a password goes on to the application, and keeps no token', async () => {
    page.answers[LOGIN] = { body: TOKEN }
    expect(await page.submit({ name: 'ann', secret: 'pw' })).toBe('')
    expect(page.left).toBe(`${BACK}?code=the-code`)
    expect(page.asked).toEqual([
      `POST /v1/team/${LOGIN}`,
      'GET /v1/team/identity/oidc/provider/sso/authorize',
      'POST /v1/team/auth/token/revoke-self',
    ])
    expect(page.part('code-row').hidden).toBe(true)
  })

  test('says which secret it wants, and has the browser keep passwords alone', () => {
    const wanted = () => [page.part('secret-name').textContent, page.part('secret').autocomplete]
    expect(wanted()).toEqual(['Password', 'current-password'])
    page.part('method').value = 'token'
    page.listeners.get('method change')?.({ preventDefault() {} })
    expect(wanted()).toEqual(['Token', 'off'])
  })

  test('asks for the code that the login waits for, as often as it is wrong, and not for the password again', async () => {
    page.answers[LOGIN] = { body: waits(true) }
    expect(await page.submit({ name: 'ann', secret: 'pw' })).toMatch(/Type the code/)
    expect([page.left, page.part('code-row').hidden, page.part('secret').value]).toEqual(['', false, ''])
    page.answers[VALIDATE] = { status: 403, body: { errors: ['MFA credentials not supplied or incorrect'] } }
    expect(await page.submit({ code: '000000' })).toMatch(/incorrect/)
    page.answers[VALIDATE] = { body: TOKEN }
    await page.submit({ code: ' 123456 ' })
    expect(page.left).toBe(`${BACK}?code=the-code`)
    expect(page.bodies.slice(1)).toEqual([
      { mfa_request_id: 'r1', mfa_payload: { m1: ['000000'] } },
      { mfa_request_id: 'r1', mfa_payload: { m1: ['123456'] } },
    ])
    expect(page.asked.filter((line) => line.endsWith(LOGIN))).toHaveLength(1)
    expect(page.part('code').value).toBe('')
  })

  test('waits for a device without asking for a code', async () => {
    page.answers[LOGIN] = { body: waits(false) }
    page.answers[VALIDATE] = { body: TOKEN }
    expect(await page.submit({ name: 'ann', secret: 'pw' })).toBe('Answer at your device.')
    expect(page.left).toBe(`${BACK}?code=the-code`)
    expect(page.bodies[1]).toEqual({ mfa_request_id: 'r1', mfa_payload: { m1: [] } })
  })

  test('begins again when the login waited for too long, and for somebody else', async () => {
    page.answers[LOGIN] = { body: waits(true) }
    await page.submit({ name: 'ann', secret: 'pw' })
    page.answers[VALIDATE] = { status: 400, body: { errors: ['invalid request ID'] } }
    expect(await page.submit({ code: '123456' })).toBe('invalid request ID')
    expect(page.part('code-row').hidden).toBe(true)
    await page.submit({ secret: 'pw' })
    page.listeners.get('name change')?.({ preventDefault() {} })
    page.answers['auth/userpass/login/bob'] = { body: TOKEN }
    await page.submit({ name: 'bob', secret: 'pw' })
    expect(page.left).toBe(`${BACK}?code=the-code`)
  })
})
