import { TestNamespace } from '../../../test/core/test-namespace.ts'
import { TestClock } from '../../../test/harness/rows.ts'
import { certMethod } from './index.ts'
import { type Identity, NOW_MS } from './testing-certificates.ts'

/** The method as a namespace has it, with a role for clients of one authority. */

/** What every client is told that is not let in. */
export const REFUSAL = 'invalid_request: invalid certificate or no client certificate supplied'

export async function namespaceThatTrusts(root: Identity, role: object = {}): Promise<TestNamespace> {
  const clock = new TestClock()
  clock.nowMs = NOW_MS
  const namespace = await TestNamespace.create({ clock, engines: [certMethod as never] })
  await namespace.call('update', 'sys/auth/cert', { type: 'cert' })
  await namespace.call('update', 'auth/cert/certs/web', { certificate: root.pem, token_policies: 'web', ...role })
  return namespace
}

export const chainOf = (...certificates: readonly Identity[]) => certificates.map(({ der }) => der)
export const logIn = (namespace: TestNamespace, peerChain: readonly Uint8Array[], data: object = {}) =>
  namespace.call('update', 'auth/cert/login', data, { token: undefined, peerChain })
export const refusal = (namespace: TestNamespace, peerChain: readonly Uint8Array[], data: object = {}) =>
  namespace.refusal('update', 'auth/cert/login', data, { token: undefined, peerChain })
