import { expect, test } from 'vitest'
import { Authority } from './authority.ts'
import { ocspRequest, ocspStatus } from './ocsp-client.ts'

/** An answer is kept, and so is who was asked about last: neither outlives what it rests on. */

const derOf = (pem: unknown): Buffer => Buffer.from(String(pem).replaceAll(/-----[^-]+-----|\s/g, ''), 'base64')

async function twoRoots() {
  const authority = new Authority()
  const roots = [await authority.root({ issuer_name: 'first' }), await authority.root({ issuer_name: 'second' })]
  const asked: Buffer[] = []
  for (const [at, name] of ['first', 'second'].entries()) {
    await authority.role(name, { issuer_ref: name, allow_any_name: true })
    const { serial_number: serial } = await authority.issue(name)
    asked.push(ocspRequest(derOf(roots[at]?.certificate), String(serial)))
  }
  const ask = async (at: number) =>
    (await authority.call('update', 'ocsp', { req: asked[at]?.toString('base64') ?? '' })).raw
  return { authority, ask }
}

test('questions about two issuers by turns get the answers of their own', async () => {
  const { ask } = await twoRoots()
  for (const at of [0, 1, 0, 1, 1, 0]) {
    const raw = await ask(at)
    expect(raw?.status).toBe(200)
    expect(ocspStatus(Buffer.from(raw?.body as Uint8Array))).toBe('good')
  }
})

test('an issuer that may no longer answer, or is gone, does not: not even what it answered before', async () => {
  const { authority, ask } = await twoRoots()
  expect((await ask(0))?.status).toBe(200)
  expect((await ask(1))?.status).toBe(200)
  await authority.call('update', 'issuer/second', { issuer_name: 'second', usage: 'issuing-certificates' })
  expect((await ask(1))?.status).toBe(401)
  await authority.call('delete', 'issuer/first')
  expect((await ask(0))?.status).toBe(401)
})
