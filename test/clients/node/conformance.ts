// Drives a fresh vault server with node-vault, as an application would. Prints one line for each step that held.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import createClient from 'node-vault'

type Client = ReturnType<typeof createClient>

const { VAULT_ADDR, VAULT_CACERT } = process.env

function connect(token?: string): Client {
  const client = createClient({
    ...(VAULT_ADDR === undefined ? {} : { endpoint: VAULT_ADDR }),
    ...(VAULT_CACERT === undefined ? {} : { requestOptions: { ca: readFileSync(VAULT_CACERT) } }),
  })
  client.token = token ?? ''
  return client
}

const base64 = (text: string) => Buffer.from(text).toString('base64')
const refused = (status: number) => (err: { response?: { statusCode: number } }) => err.response?.statusCode === status

/** node-vault takes up any token that a reply brings, so each token is asked for by a client of its own. */
const issuer = (client: Client) => connect(client.token)

interface Made {
  readonly keys: readonly string[]
  readonly root_token: string
}

async function initAndUnseal(): Promise<{ client: Client; made: Made }> {
  const client = connect()
  assert.equal((await client.initialized()).initialized, false)
  const made: Made = await client.init({ secret_shares: 5, secret_threshold: 3 })
  assert.equal(made.keys.length, 5)
  assert.equal((await client.status()).sealed, true)
  for (const key of made.keys.slice(0, 2)) assert.equal((await client.unseal({ key })).sealed, true)
  assert.equal((await client.unseal({ key: made.keys[3] ?? '' })).sealed, false)
  client.token = made.root_token
  assert.equal((await client.health()).initialized, true)
  return { client, made }
}

async function kv1(client: Client): Promise<void> {
  await client.mount({ mount_point: 'one', type: 'kv', options: { version: '1' } })
  await client.write('one/app/db', { user: 'egide', list: [1, 2, { three: null }] })
  assert.deepEqual((await client.read('one/app/db')).data, { user: 'egide', list: [1, 2, { three: null }] })
  // The HTTP method LIST, and its form for clients that cannot send one.
  assert.deepEqual((await client.list('one/app')).data.keys, ['db'])
  const plain = connect(client.token)
  Object.assign(plain, { noCustomHTTPVerbs: true })
  assert.deepEqual((await plain.list('one')).data.keys, ['app/'])
  await client.delete('one/app/db')
  await assert.rejects(client.read('one/app/db'), refused(404))
}

async function kv2(client: Client): Promise<void> {
  await client.mount({ mount_point: 'two', type: 'kv', options: { version: '2' } })
  const first = await client.write('two/data/app', { data: { pw: 'one' }, options: { cas: 0 } })
  assert.equal(first.data.version, 1)
  await assert.rejects(client.write('two/data/app', { data: { pw: 'x' }, options: { cas: 0 } }), refused(400))
  await client.write('two/data/app', { data: { pw: 'two', keep: 'me' } })
  await client.update('two/data/app', { data: { pw: 'three' } })
  const latest = await client.read('two/data/app')
  assert.deepEqual(latest.data.data, { pw: 'three', keep: 'me' })
  assert.equal(latest.data.metadata.version, 3)
  assert.deepEqual((await client.read('two/data/app?version=1')).data.data, { pw: 'one' })
  await client.delete('two/data/app')
  await assert.rejects(client.read('two/data/app'), refused(404))
  await client.write('two/undelete/app', { versions: [3] })
  await client.write('two/destroy/app', { versions: [2] })
  const { versions } = (await client.read('two/metadata/app')).data
  assert.equal(versions[2].destroyed, true)
  assert.equal(versions[3].deletion_time, '')
  await client.write('two/metadata/app', { custom_metadata: { owner: 'ops' } })
  assert.deepEqual((await client.list('two/metadata')).data.keys, ['app'])
}

async function policies(client: Client): Promise<void> {
  const rules = 'path "two/data/app" { capabilities = ["read"] }'
  await client.addPolicy({ name: 'app', rules })
  assert.equal((await client.getPolicy({ name: 'app' })).rules, rules)
  assert.ok((await client.policies()).policies.includes('app'))
  await client.addPolicy({ name: 'gone', rules })
  await client.removePolicy({ name: 'gone' })
  const app = connect((await issuer(client).tokenCreate({ policies: ['app'] })).auth.client_token)
  assert.equal((await app.read('two/data/app')).data.data.pw, 'three')
  await assert.rejects(app.write('two/data/app', { data: { pw: 'x' } }), refused(403))
}

async function tokens(client: Client): Promise<void> {
  const made = (await issuer(client).tokenCreate({ policies: ['app'], ttl: '30m', meta: { team: 'ops' } })).auth
  assert.equal(made.lease_duration, 1800)
  const seen = (await client.tokenLookup({ token: made.client_token })).data
  assert.deepEqual(seen.meta, { team: 'ops' })
  assert.deepEqual((await client.tokenLookupAccessor({ accessor: made.accessor })).data.policies, ['app', 'default'])
  assert.ok((await client.tokenAccessors()).data.keys.includes(made.accessor))
  const own = connect(made.client_token)
  assert.equal((await own.tokenLookupSelf()).data.path, 'auth/token/create')
  assert.equal((await own.tokenRenewSelf({ increment: '10m' })).auth.lease_duration, 600)
  const orphan = (await issuer(client).tokenCreateOrphan({ policies: ['app'] })).auth
  await client.tokenRevokeAccessor({ accessor: orphan.accessor })
  await assert.rejects(connect(orphan.client_token).tokenLookupSelf(), refused(403))
  await own.tokenRevokeSelf()
  await assert.rejects(own.tokenLookupSelf(), refused(403))
}

async function wrapping(client: Client): Promise<void> {
  const wrapped = await client.read('two/data/app', { headers: { 'X-Vault-Wrap-TTL': '60s' } })
  assert.equal(wrapped.wrap_info.ttl, 60)
  assert.equal(wrapped.data, null)
  const opened = await client.unwrap({ token: wrapped.wrap_info.token })
  assert.equal(opened.data.data.pw, 'three')
  await assert.rejects(client.unwrap({ token: wrapped.wrap_info.token }), refused(400))
}

async function transit(client: Client): Promise<void> {
  await client.mount({ mount_point: 'transit-node', type: 'transit' })
  const at = 'transit-node'
  await client.write(`${at}/keys/orders`, {})
  const { ciphertext } = (await client.write(`${at}/encrypt/orders`, { plaintext: base64('4111') })).data
  assert.match(ciphertext, /^vault:v1:/)
  assert.equal((await client.write(`${at}/decrypt/orders`, { ciphertext })).data.plaintext, base64('4111'))
  await client.write(`${at}/keys/orders/rotate`, {})
  const rewrapped = (await client.write(`${at}/rewrap/orders`, { ciphertext })).data.ciphertext
  assert.match(rewrapped, /^vault:v2:/)
  assert.deepEqual((await client.list(`${at}/keys`)).data.keys, ['orders'])
}

async function mounts(client: Client): Promise<void> {
  const before = await client.mounts()
  assert.equal(before['two/'].options.version, '2')
  await client.remount({ from: 'one', to: 'first' })
  await client.unmount({ mount_point: 'first' })
  assert.equal((await client.auths())['token/'].type, 'token')
  assert.ok((await client.help('sys/mounts')).help)
}

async function seal(client: Client, made: Made): Promise<void> {
  await client.seal()
  assert.equal((await client.status()).sealed, true)
  await assert.rejects(client.read('two/data/app'), refused(503))
  for (const key of made.keys.slice(1, 4)) await client.unseal({ key })
  assert.equal((await client.read('two/data/app')).data.data.pw, 'three')
}

const { client, made } = await initAndUnseal()
console.log('init and unseal')
for (const step of [kv1, kv2, policies, tokens, wrapping, transit, mounts]) {
  await step(client)
  console.log(step.name)
}
await seal(client, made)
console.log('seal')
