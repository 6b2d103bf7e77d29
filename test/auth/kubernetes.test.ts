import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Kubernetes } from '../../proto/gen/egide/v1/kubernetes_pb.ts'
import { REVIEWER, TestCluster } from '../../server/auth/kubernetes/testing-cluster.ts'
import { Shell } from '../cli/shell.ts'
import { INSTALLED_WITHIN_MS, prepareBao } from '../clients/client-programs.ts'
import { hvacStory } from '../clients/hvac-story.ts'
import { unlessAbsent } from '../clients/unless-absent.ts'
import { GrpcClient } from '../grpc/client.ts'
import { freePort } from '../harness/free-port.ts'
import { at } from '../harness/http.ts'
import { type Server, startUnsealed } from '../harness/server.ts'

/** Logins of service accounts with the programs that people use, against an API server over TLS. */

let folder = ''
let grpc = ''
let server: Server
let cluster: TestCluster

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'egide-kubernetes-'))
  cluster = await TestCluster.open(folder, Date.now)
  grpc = `127.0.0.1:${await freePort()}`
  server = await startUnsealed({
    storage: 'inmem',
    audit: true,
    config: `listener "grpc" {\n  address = "${grpc}"\n  tls_disable = true\n}`,
  })
  await server.call('POST', 'sys/auth/kubernetes', { body: { type: 'kubernetes' } })
  const body = {
    kubernetes_host: cluster.host,
    kubernetes_ca_cert: cluster.caPem,
    token_reviewer_jwt: REVIEWER,
    verify_with_jwks: true,
  }
  expect((await server.call('POST', 'auth/kubernetes/config', { body })).status).toBe(204)
  await server.call('POST', 'auth/kubernetes/role/web', {
    body: { bound_service_account_names: 'web', bound_service_account_namespaces: 'apps', token_policies: 'web' },
  })
})

afterAll(async () => {
  await server?.remove()
  cluster?.close()
  rmSync(folder, { recursive: true, force: true })
})

test('over REST and gRPC, and refused with one answer', async () => {
  const jwt = await cluster.token()
  const reply = await server.call('POST', 'auth/kubernetes/login', { token: undefined, body: { role: 'web', jwt } })
  expect(at(reply.body, 'auth', 'policies')).toEqual(['default', 'web'])
  const client = new GrpcClient(grpc)
  expect((await client.call(Kubernetes.method.login, { role: 'web', jwt })).envelope?.auth?.policies).toEqual([
    'default',
    'web',
  ])
  const forged = await cluster.token({ name: 'other' })
  const refused = await server.call('POST', 'auth/kubernetes/login', {
    token: undefined,
    body: { role: 'web', jwt: forged },
  })
  expect(refused).toMatchObject({ status: 403, body: { errors: ['permission denied'] } })
  await expect(client.call(Kubernetes.method.login, { role: 'web', jwt: forged })).rejects.toMatchObject({
    details: 'permission denied',
  })
  client.client.close()
  // The log says why, and neither it nor an answer tells a token.
  await expect.poll(() => server.log).toContain('the role is for other service accounts')
  const shown = await server.call('GET', 'auth/kubernetes/config')
  expect(at(shown.body, 'data', 'token_reviewer_jwt_set')).toBe(true)
  for (const text of [server.log, shown.text]) {
    expect(text).not.toContain(REVIEWER)
    expect(text).not.toContain(jwt)
  }
})

test('egide login', async () => {
  const shell = new Shell({ VAULT_ADDR: server.address })
  try {
    const jwt = `jwt=@${shell.file('jwt', await cluster.token())}`
    expect(await shell.ok(['login', '-method=kubernetes', 'role=web', jwt])).toContain('You are now authenticated')
    expect((await shell.run(['login', '-method=kubernetes', 'role=other', jwt])).code).toBe(2)
  } finally {
    shell.remove()
  }
})

test('bao login, unmodified', { timeout: INSTALLED_WITHIN_MS }, async ({ skip }) => {
  const command = await unlessAbsent(prepareBao, skip)
  const shell = new Shell({ BAO_ADDR: server.address }, command)
  try {
    const jwt = `jwt=${await cluster.token()}`
    expect(await shell.ok(['login', '-method=kubernetes', 'role=web', jwt])).toContain('You are now authenticated')
    expect((await shell.run(['login', '-method=kubernetes', 'role=other', jwt])).code).toBe(2)
  } finally {
    shell.remove()
  }
})

test('hvac, unmodified', { timeout: INSTALLED_WITHIN_MS }, async ({ skip }) => {
  const env = {
    KUBERNETES_HOST: cluster.host,
    KUBERNETES_CA: cluster.caPem,
    REVIEWER,
    JWT: await cluster.token(),
    OTHER_JWT: await cluster.token({ name: 'other' }),
  }
  expect(await hvacStory('kubernetes_story.py', server, skip, env)).toMatchObject({
    code: 0,
    stdout: 'configuration\nroles\nlogin\nend\n',
  })
})
