import { expect, test } from 'vitest'
import { json } from '../../../storage/codec.ts'
import { MountedEngine } from '../../../test/engines/mounted-engine.ts'
import { configOf, urlOf } from './config.ts'
import { kubernetes } from './index.ts'
import { isSelected, readSelector } from './selector.ts'

/** Label selectors, and what a role and the configuration take. */

const selects = (text: string, labels: Record<string, string>) => isSelected(readSelector(text), labels)

test('a selector means what it means to Kubernetes', () => {
  expect(selects('matchLabels: {a: b}', { a: 'b', c: 'd' })).toBe(true)
  expect(selects('matchLabels: {a: b, c: x}', { a: 'b', c: 'd' })).toBe(false)
  expect(selects('{"matchLabels":{"constructor":"x"}}', {})).toBe(false)
  const expression = (operator: string, values: string[] = []) =>
    JSON.stringify({ matchExpressions: [{ key: 'a', operator, values }] })
  expect(selects(expression('In', ['b', 'c']), { a: 'c' })).toBe(true)
  expect(selects(expression('In', ['b', 'c']), {})).toBe(false)
  expect(selects(expression('NotIn', ['b']), {})).toBe(true)
  expect(selects(expression('NotIn', ['b']), { a: 'b' })).toBe(false)
  expect(selects(expression('Exists'), { a: '' })).toBe(true)
  expect(selects(expression('DoesNotExist'), { a: '' })).toBe(false)
  expect(selects('{}', {})).toBe(true)
})

test('what is no selector is refused', () => {
  for (const text of [
    'x',
    '[]',
    'null',
    '{"matchLabel":{}}',
    '{"matchLabels":[]}',
    '{"matchLabels":{"a":1}}',
    '{"matchExpressions":{}}',
    '{"matchExpressions":[{"key":"a","operator":"Like","values":["b"]}]}',
    '{"matchExpressions":[{"key":"a","operator":"In"}]}',
    '{"matchExpressions":[{"key":"a","operator":"Exists","values":["b"]}]}',
    '{"matchExpressions":[{"operator":"Exists"}]}',
    `{"matchLabels":{"a":"${'x'.repeat(10_000)}"}}`,
    'a: &a {matchLabels: {}}\nb: *a',
  ])
    expect(() => readSelector(text), text).toThrow(Error)
})

const ROLE = { bound_service_account_names: 'a', bound_service_account_namespaces: 'b' }
const roles: Record<string, object> = {
  'no names': { bound_service_account_namespaces: 'b' },
  'no namespaces': { bound_service_account_names: 'a' },
  'names among which any is': { ...ROLE, bound_service_account_names: ['a', '*'] },
  'namespaces among which any is': { ...ROLE, bound_service_account_namespaces: ['*', 'b'] },
  'a broken selector': { ...ROLE, bound_service_account_namespace_selector: '[]' },
  'an alias of another kind': { ...ROLE, alias_name_source: 'pod' },
  'the policy root': { ...ROLE, token_policies: ' ROOT' },
  'a ttl above its maximum': { ...ROLE, token_ttl: '2h', token_max_ttl: '1h' },
  'a period above the mount’s maximum': { ...ROLE, token_period: '10000h' },
}
for (const [what, data] of Object.entries(roles)) {
  test(`a role is refused with ${what}, and not made`, async () => {
    const mount = new MountedEngine(kubernetes)
    expect(await mount.refusal('update', 'role/x', data)).toMatch(/^invalid_request: /)
    expect(await mount.refusal('read', 'role/x')).toBe('not_found: ')
  })
}

test('a role is written, read in what was set, changed and removed', async () => {
  const mount = new MountedEngine(kubernetes)
  await mount.call('update', 'role/Web', { ...ROLE, policies: 'p', ttl: '1h', audience: 'vault' })
  expect((await mount.call('update', 'role/web', { token_max_ttl: '2h' })).operation).toBe('update')
  expect(await mount.data('read', 'role/WEB')).toMatchObject({
    bound_service_account_names: ['a'],
    bound_service_account_namespaces: ['b'],
    bound_service_account_namespace_selector: '',
    audience: 'vault',
    alias_name_source: 'serviceaccount_uid',
    policies: ['p'],
    token_policies: ['p'],
    ttl: 3600,
    token_ttl: 3600,
    token_max_ttl: 7200,
  })
  expect(await mount.data('list', 'role')).toEqual({ keys: ['web'] })
  await mount.call('delete', 'role/web')
  expect(await mount.refusal('list', 'role')).toBe('not_found: ')
})

const HOST = { kubernetes_host: 'https://cluster.test' }
const configurations: Record<string, object> = {
  'no host': {},
  'a host of another scheme': { kubernetes_host: 'ftp://cluster.test' },
  'a host with a password': { kubernetes_host: 'https://a:b@cluster.test' },
  'no authority where the pod’s is not used': { ...HOST, disable_local_ca_jwt: true },
  'an authority that is none': { ...HOST, kubernetes_ca_cert: 'rubbish' },
  'keys that are none': { ...HOST, pem_keys: ['rubbish'] },
  'reviews that count too long': { ...HOST, review_ttl: '1h' },
}
for (const [what, data] of Object.entries(configurations)) {
  test(`a configuration is refused with ${what}`, async () => {
    const mount = new MountedEngine(kubernetes)
    expect(await mount.refusal('update', 'config', data)).toMatch(/^invalid_request: /)
    expect(await mount.refusal('read', 'config')).toBe('not_found: ')
  })
}

test.each(['cluster.test:6443', 'https://10.0.0.1:443', 'https://cluster.test/'])(
  'the host %s is shown as it was written, which provisioning tools compare',
  async (host) => {
    const mount = new MountedEngine(kubernetes)
    await mount.call('update', 'config', { kubernetes_host: host })
    expect(await mount.data('read', 'config')).toMatchObject({ kubernetes_host: host })
  },
)

test('the URL of a host has a scheme, and neither a port that goes without saying nor a slash at its end', () => {
  expect(urlOf('cluster.test:6443')).toBe('https://cluster.test:6443')
  expect(urlOf('https://10.0.0.1:443')).toBe('https://10.0.0.1')
  expect(urlOf('http://cluster.test/a//')).toBe('http://cluster.test/a')
})

test('a host may be a name and a port; a configuration stands by itself, whatever was there', async () => {
  const mount = new MountedEngine(kubernetes)
  await mount.call('update', 'config', { kubernetes_host: 'cluster.test:6443', token_reviewer_jwt: 'x' })
  expect(await mount.data('read', 'config')).toMatchObject({
    kubernetes_host: 'cluster.test:6443',
    token_reviewer_jwt_set: true,
    review_ttl: 10,
    disable_iss_validation: true,
  })
  await mount.call('update', 'config', HOST)
  expect(await mount.data('read', 'config')).toMatchObject({ token_reviewer_jwt_set: false })
})

test("the reviewer's token is kept as bytes, which a configuration from before they were is read as", async () => {
  const mount = new MountedEngine(kubernetes)
  await mount.call('update', 'config', { kubernetes_host: 'cluster.test', token_reviewer_jwt: ' x\n' })
  const made = await configOf(mount.context)
  expect(made?.reviewerJwt).toEqual(Buffer.from('x'))
  const before = { ...made, reviewerJwt: 'x' }
  await mount.context.store.transaction((tx) => tx.put('config', before, json()))
  const reader = new MountedEngine(kubernetes, { with: mount, uncached: true })
  expect(await configOf(reader.context)).toEqual(made)
})
