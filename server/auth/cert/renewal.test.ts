import { beforeAll, describe, expect, test } from 'vitest'
import type { TestNamespace } from '../../../test/core/test-namespace.ts'
import { CLIENT_AUTH, type Identity, newAuthority } from './testing-certificates.ts'
import { chainOf, logIn, namespaceThatTrusts, REFUSAL } from './testing-world.ts'

let root: Identity
let other: Identity
let client: Identity

beforeAll(async () => {
  root = await newAuthority({ subject: 'CN=root' })
  other = await newAuthority({ subject: 'CN=root' })
  client = await root.issue({ subject: 'CN=web', uses: [CLIENT_AUTH] })
})

const world = (role: object = {}): Promise<TestNamespace> => namespaceThatTrusts(root, role)

describe('renewal', () => {
  const renew = (namespace: TestNamespace, token: string | undefined, peerChain: readonly Uint8Array[]) =>
    namespace.call('update', 'auth/token/renew-self', {}, { token, peerChain })
  const refusalToRenew = async (namespace: TestNamespace, token: string | undefined, chain: readonly Uint8Array[]) =>
    namespace.refusal('update', 'auth/token/renew-self', {}, { token, peerChain: chain })
  const token = async (namespace: TestNamespace) => (await logIn(namespace, chainOf(client))).auth?.clientToken

  test('is for who shows the certificate of the login', async () => {
    const namespace = await world({ token_ttl: '1h' })
    const mine = await token(namespace)
    expect((await renew(namespace, mine, chainOf(client))).auth?.leaseDurationSeconds).toBe(3600)
    const successor = await root.issue({ subject: 'CN=web', uses: [CLIENT_AUTH], keys: client.keys })
    expect(await refusalToRenew(namespace, mine, chainOf(successor))).toMatch(/^invalid_request: .*not renewing$/)
    expect(await refusalToRenew(namespace, mine, [])).toBe(REFUSAL)
    await namespace.call('update', 'auth/cert/config', { disable_binding: true })
    await renew(namespace, mine, [])
  })

  test('ends with what the login rested on', async () => {
    const ends: Record<string, (namespace: TestNamespace) => Promise<unknown>> = {
      'the role is gone': (namespace) => namespace.call('delete', 'auth/cert/certs/web'),
      'another has the name of the role': async (namespace) => {
        await namespace.call('update', 'auth/cert/config', { disable_binding: true })
        await namespace.call('delete', 'auth/cert/certs/web')
        await namespace.call('update', 'auth/cert/certs/web', { certificate: other.pem, token_policies: 'web' })
      },
      'its policies are others': (namespace) =>
        namespace.call('update', 'auth/cert/certs/web', { token_policies: 'web,more' }),
      'it trusts others': (namespace) => namespace.call('update', 'auth/cert/certs/web', { certificate: other.pem }),
      'it was revoked': async (namespace) =>
        namespace.call('update', 'auth/cert/crls/a', { crl: await root.revoke([client.serial]) }),
    }
    for (const [what, end] of Object.entries(ends)) {
      const namespace = await world()
      const mine = await token(namespace)
      await renew(namespace, mine, chainOf(client))
      await end(namespace)
      expect(await refusalToRenew(namespace, mine, chainOf(client)), what).toMatch(/^invalid_request: /)
    }
  })

  test('follows the role', async () => {
    const namespace = await world({ token_ttl: '1h' })
    const mine = await token(namespace)
    await namespace.call('update', 'auth/cert/certs/web', { token_ttl: '2h' })
    expect((await renew(namespace, mine, chainOf(client))).auth?.leaseDurationSeconds).toBe(7200)
  })
})
