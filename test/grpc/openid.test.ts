import { status } from '@grpc/grpc-js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Auth } from '../../proto/gen/egide/v1/auth_pb.ts'
import { Identity } from '../../proto/gen/egide/v1/identity_pb.ts'
import { Userpass } from '../../proto/gen/egide/v1/userpass_pb.ts'
import { type Served, serve } from './serve.ts'

/** A login at the OpenID provider, over gRPC from its first request to its last. */

const CALLBACK = 'https://app.test/callback'
let served: Served
beforeAll(async () => {
  served = await serve()
})
afterAll(() => served?.stop())

test('a code is exchanged, and the access token tells who logged in', async () => {
  await served.call(Auth.method.enable, { path: 'userpass', type: 'userpass' })
  await served.call(Userpass.method.writeUser, { username: 'ada', password: 'a good password' })
  const { envelope } = await served.call(Userpass.method.login, { username: 'ada', password: 'a good password' }, {})
  const { clientToken = '', entityId } = envelope?.auth ?? {}
  await served.call(Identity.method.writeOidcClient, {
    name: 'app',
    redirectUris: [CALLBACK],
    assignments: ['allow_all'],
  })
  const { data: app } = await served.call(Identity.method.readOidcClient, { name: 'app' })
  const { clientId = '', clientSecret = '' } = app ?? {}

  const asked = { name: 'default', clientId, redirectUri: CALLBACK, scope: 'openid', responseType: 'code', state: 's' }
  const mine = { 'x-vault-token': clientToken }
  const { data: given } = await served.call(Identity.method.writeOidcAuthorization, asked, mine)
  expect(given).toMatchObject({ state: 's' })
  const exchange = {
    name: 'default',
    grantType: 'authorization_code',
    code: String(given?.code),
    redirectUri: CALLBACK,
  }
  const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`
  const { data: tokens } = await served.call(Identity.method.exchangeOidcCode, exchange, { authorization: basic })
  expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 86_400 })
  const bearer = { authorization: `Bearer ${String(tokens?.access_token)}` }
  const { data: told } = await served.call(Identity.method.readOidcUserinfo, { name: 'default' }, bearer)
  expect(told).toEqual({ sub: entityId })

  await expect(served.call(Identity.method.exchangeOidcCode, exchange, { authorization: basic })).rejects.toMatchObject(
    { code: status.INVALID_ARGUMENT },
  )
  await expect(served.call(Identity.method.exchangeOidcCode, { ...exchange, clientId }, {})).rejects.toMatchObject({
    code: status.PERMISSION_DENIED,
  })
  const { data: keys } = await served.call(Identity.method.readOidcProviderPublicKeys, { name: 'default' }, {})
  expect(keys?.keys).toHaveLength(2)
})
