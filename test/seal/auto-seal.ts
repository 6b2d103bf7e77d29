import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { at, type Json } from '../harness/http.ts'
import { type Server, type ServerOptions, startServer } from '../harness/server.ts'

/** Servers whose seal unseals by itself, and the server whose Transit engine another's seal uses. */

const MARK = '# the seal'
const WITHIN_MS = 45_000

/** The end of a configuration file, which `restartWithSeal` finds again. */
export const sealAtEnd = (seal: string): string => `${MARK}\n${seal}\n`

/** A server that is neither initialised nor unsealed, with this seal block. */
export function startWithSeal(seal: string, options: ServerOptions = {}): Promise<Server> {
  return startServer({ audit: true, ...options, config: sealAtEnd(seal) })
}

/** As `startWithSeal`, for one test, which ends it. */
export async function startForTest(seal: string, options: ServerOptions = {}): Promise<Server> {
  const server = await startWithSeal(seal, options)
  onTestFinished(() => server.remove())
  return server
}

/** Stops the server and starts it with another seal block. */
export async function restartWithSeal(server: Server, seal: string): Promise<void> {
  await server.stop()
  useSeal(server, seal)
  await server.start()
}

export function useSeal(server: Server, seal: string): void {
  const [rest] = readFileSync(server.configFile, 'utf8').split(MARK)
  writeFileSync(server.configFile, `${rest}${sealAtEnd(seal)}`)
}

export async function status(server: Server, ...names: string[]): Promise<Json[]> {
  const { body } = await server.call('GET', 'sys/seal-status')
  return names.map((name) => at(body, name))
}

/** Waits until it is so: what a server does by itself has no other end to wait for. */
export async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + WITHIN_MS
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`it never came to this: ${what}`)
    await sleep(50)
  }
}

export const isUnsealed = async (server: Server): Promise<boolean> => (await status(server, 'sealed'))[0] === false

export const unsealed = (server: Server): Promise<void> => until('unsealed', () => isUnsealed(server))

export const logged = (server: Server, words: RegExp): Promise<void> =>
  until(`the log says ${words}; it says ${server.log}`, () => words.test(server.log))

/** Gives shares one by one; the last answer. */
export async function giveShares(server: Server, shares: readonly string[], more: object = {}) {
  let reply = await server.call('GET', 'sys/seal-status')
  for (const key of shares) reply = await server.call('PUT', 'sys/unseal', { body: { key, ...more } })
  return reply
}

export async function putSecret(server: Server): Promise<void> {
  const reply = await server.call('POST', 'secret/data/kept', { body: { data: { value: 'kept' } } })
  if (reply.status !== 200) throw new Error(`${reply.status} ${reply.text}`)
}

export async function secretOf(server: Server): Promise<Json> {
  return at((await server.call('GET', 'secret/data/kept')).body, 'data', 'data', 'value')
}

/** A key in the Transit engine of a server, and a token that may do no more than a seal needs. */
export async function transitToken(server: Server, period = '1h'): Promise<string> {
  await server.call('POST', 'sys/mounts/transit', { body: { type: 'transit' } })
  await server.call('POST', 'transit/keys/unseal', { body: {} })
  const policy = `path "transit/encrypt/unseal" { capabilities = ["update"] }
    path "transit/decrypt/unseal" { capabilities = ["update"] }`
  await server.call('PUT', 'sys/policies/acl/unseal', { body: { policy } })
  const body = { policies: ['unseal'], no_parent: true, period }
  const reply = await server.call('POST', 'auth/token/create', { body })
  const token = at(reply.body, 'auth', 'client_token')
  if (typeof token !== 'string') throw new Error(`${reply.status} ${reply.text}`)
  return token
}

export function transitSeal(server: Server, token: string, more = ''): string {
  return `seal "transit" {
    address = "${server.address}"
    token = "${token}"
    key_name = "unseal"
    mount_path = "transit/"
    ${more}
  }`
}
