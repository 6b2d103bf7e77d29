import { randomBytes, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { connect } from 'node:tls'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { noPostgres, TestingServer } from '../../storage/postgres/testing-server.ts'
import { Absent } from '../clients/client-programs.ts'
import { makeCertificate } from '../harness/certificate.ts'
import { call } from '../harness/http.ts'
import type { Server } from '../harness/server.ts'
import { transitToken, unsealed, until } from '../seal/auto-seal.ts'
import { buildCheck } from './check.ts'
import { complaints, type DeployedServer, deployed, graceMs, startDeployed } from './deployed.ts'

// deploy/kubernetes and deploy/helm: there is no cluster here, but Kubernetes' own types, Helm's engine, and the server.

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string; readonly scheme: string }
}

interface Container {
  readonly args: readonly string[]
  readonly env: readonly { readonly name: string; readonly value?: string }[]
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[]
  readonly readinessProbe: Probe
  readonly livenessProbe: Probe
  readonly securityContext: object
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[]
}

/** What the tests look at, of whichever kind the object is. */
interface Manifest {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace: string }
  readonly data: Readonly<Record<string, string>>
  readonly spec: {
    readonly selector: { readonly matchLabels: object }
    readonly ports: readonly { readonly targetPort: string; readonly port: number }[]
    readonly serviceName: string
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> }
      readonly spec: {
        readonly containers: readonly [Container]
        readonly volumes: readonly { readonly name: string }[]
        readonly securityContext: object
        readonly automountServiceAccountToken: boolean
        readonly terminationGracePeriodSeconds: number
      }
    }
    readonly volumeClaimTemplates: readonly { readonly metadata: { readonly name: string } }[]
    readonly podSelector: { readonly matchLabels: object }
    readonly ingress: readonly { readonly ports: readonly { readonly port: number }[] }[]
  }
}

const manifest = deployed('kubernetes/egide.yaml')
const objectsOf = (text: string): Manifest[] =>
  parseAllDocuments(text).map((document) => {
    if (!('toJS' in document) || document.errors.length > 0) throw new Error(String(document.errors))
    return document.toJS() as Manifest
  })
const objects = objectsOf(manifest)
const ofKind = (kind: string, among = objects) => among.filter((one) => one.kind === kind)
function only(kind: string, among = objects): Manifest {
  const [one, ...others] = ofKind(kind, among)
  if (one === undefined || others.length > 0) throw new Error(`not one ${kind}`)
  return one
}
const pod = only('StatefulSet').spec.template
const [container] = pod.spec.containers
const { matchLabels } = only('StatefulSet').spec.selector

const folder = mkdtempSync(path.join(tmpdir(), 'egide-kubernetes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let check: (...args: string[]) => Promise<string>
let absent = ''
beforeAll(async () => {
  try {
    check = await buildCheck()
  } catch (error) {
    if (!(error instanceof Absent)) throw error
    absent = error.message
  }
}, 600_000)

/** What Helm makes of the chart with these values. */
async function rendered(values: string): Promise<string> {
  const file = path.join(folder, `${randomBytes(4).toString('hex')}.yaml`)
  writeFileSync(file, values)
  return await check('render', 'deploy/helm/egide', file)
}

describe('the manifest', () => {
  test('selects its own pods, and names ports that they have', () => {
    expect(pod.metadata.labels).toMatchObject(matchLabels)
    expect(only('PodDisruptionBudget').spec.selector.matchLabels).toEqual(matchLabels)
    expect(only('NetworkPolicy').spec.podSelector.matchLabels).toEqual(matchLabels)
    const ports = new Map(container.ports.map(({ name, containerPort }) => [name, containerPort]))
    for (const service of ofKind('Service')) {
      expect(service.spec.selector).toEqual(matchLabels)
      expect(service.spec.ports.map(({ targetPort, port }) => ports.get(targetPort) === port)).toEqual([true, true])
    }
    const allowed = only('NetworkPolicy').spec.ingress.flatMap((rule) => rule.ports.map(({ port }) => port))
    expect(allowed).toEqual([...ports.values()])
    expect(ofKind('Service').map(({ metadata }) => metadata.name)).toContain(only('StatefulSet').spec.serviceName)
    for (const probe of [container.readinessProbe, container.livenessProbe]) {
      expect(ports.get(probe.httpGet.port)).toBe(8200)
    }
  })

  test('runs no root, writes no file but its volume’s, and has no right in the cluster', () => {
    expect(pod.spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
    expect(pod.spec.automountServiceAccountToken).toBe(false)
    expect(objects.map(({ kind }) => kind)).not.toContain('Secret')
  })

  test('mounts what the configuration reads, and writes to the volume alone', () => {
    const claimed = only('StatefulSet').spec.volumeClaimTemplates.map(({ metadata }) => metadata.name)
    const volumes = [...pod.spec.volumes, ...claimed.map((name) => ({ name }))].map(({ name }) => name)
    expect(container.volumeMounts.map(({ name }) => name).sort()).toEqual(volumes.sort())
    const places = [...(only('ConfigMap').data['egide.hcl'] ?? '').matchAll(/"(?:file:\/\/)?(\/(?:run|var)\/[^"]+)"/g)]
    expect(places.length).toBeGreaterThan(4)
    for (const [, place = ''] of places)
      expect(
        container.volumeMounts.some(({ mountPath }) => place.startsWith(`${mountPath}/`)),
        place,
      ).toBe(true)
    expect(container.volumeMounts.filter(({ readOnly }) => readOnly !== true).map(({ name }) => name)).toEqual(claimed)
  })

  test('leaves a stop more time than the server takes', () => {
    expect(pod.spec.terminationGracePeriodSeconds * 1000).toBeGreaterThan(graceMs() + 5000 + 10_000)
  })
})

describe('the chart', () => {
  beforeEach(({ skip }) => skip(absent !== '', absent))
  const isKnown = async (text: string) => {
    const file = path.join(folder, 'rendered.yaml')
    writeFileSync(file, text)
    await check('kubernetes', file)
  }

  test('makes the manifest of its defaults, and Kubernetes knows every field', async () => {
    const made = await rendered(deployed('helm/egide/values.yaml'))
    // When the chart was changed: .venv/go/check-deploy render deploy/helm/egide deploy/helm/egide/values.yaml
    expect(manifest.replace(/^(#.*\n)+/, '---\n')).toBe(made)
    await isKnown(manifest)
  })

  test('with everything that can be set makes what Kubernetes knows', async () => {
    const made = await rendered(`
replicas: 5
image: { repository: registry.example.com/egide, tag: "1", pullPolicy: Always, pullSecrets: [{ name: pull }] }
tls: { secretName: other-tls, minVersion: tls12 }
seal:
  type: static
  breakGlass: true
  static: { secretName: unseal, currentKeyId: two, previousKeyId: one }
workers: 2
logLevel: debug
extraConfig: |
  default_lease_ttl = "1h"
storage: { size: 1Gi, className: fast }
service: { type: LoadBalancer, annotations: { a: b } }
serviceAccount: { annotations: { a: b }, mountToken: true }
networkPolicy:
  ingressFrom: [{ podSelector: {} }]
  databaseTo: [{ ipBlock: { cidr: 10.0.0.0/8 } }]
  databasePort: 6432
  extraEgress: [{ ports: [{ port: 443, protocol: TCP }] }]
podDisruptionBudget: { maxUnavailable: 40% }
resources: { limits: { memory: 2Gi } }
nodeSelector: { disk: fast }
tolerations: [{ key: vault, operator: Exists }]
affinity: { nodeAffinity: {} }
priorityClassName: high
`)
    await isKnown(made)
    const hcl = only('ConfigMap', objectsOf(made)).data['egide.hcl']
    expect(hcl).toContain('default_lease_ttl = "1h"')
    expect(hcl).toContain('previous_key_id = "one"')
    const none = await rendered('networkPolicy: { enabled: false }')
    expect(ofKind('NetworkPolicy', objectsOf(none))).toEqual([])
  })

  const refused: Record<string, [values: string, why: RegExp]> = {
    'a word that it does not know': ['replica: 3', /replica/],
    'a password in the connection string': ['database: { url: "postgres://egide:secret@db/egide" }', /url/],
    'a static seal whose key has no name': ['seal: { type: static }', /currentKeyId names the key/],
    'a transit seal without a server': ['seal: { type: transit, transit: { keyName: unseal } }', /transit.address is/],
    'no server': ['replicas: 0', /replicas/],
  }
  for (const [what, [values, why]] of Object.entries(refused))
    test(`refuses ${what}`, async () => {
      await expect(rendered(values)).rejects.toThrow(why)
    })
})

describe.skipIf(noPostgres !== undefined)('a server with the configuration of the ConfigMap', () => {
  let database: TestingServer
  let first: DeployedServer
  let server: Server
  const kept: Server[] = []
  const hcl = only('ConfigMap').data['egide.hcl'] ?? ''
  beforeAll(async () => {
    database = await TestingServer.start()
    first = await startDeployed(hcl, { database })
    server = first.server
    kept.push(server)
  })
  afterAll(async () => {
    for (const one of kept) await one.remove()
    await database.stop()
  })
  const probed = async () => {
    const statuses: number[] = []
    for (const { httpGet } of [container.readinessProbe, container.livenessProbe]) {
      const url = `${httpGet.scheme.toLowerCase()}://127.0.0.1:${first.restPort}${httpGet.path}`
      statuses.push((await call('GET', url, { caFile: first.certificate.caFile })).status)
    }
    return { ready: statuses[0], live: statuses[1] }
  }

  test('starts without a word of complaint, and is ready when, and as long as, it serves', async () => {
    expect(complaints(server)).toEqual([])
    expect(await probed()).toEqual({ ready: 501, live: 200 })
    await server.init()
    expect(await probed()).toEqual({ ready: 503, live: 200 })
    await server.unseal()
    expect(await probed()).toEqual({ ready: 200, live: 200 })
  })

  test('lives on, and is not ready, while the database is away', async () => {
    await database.kill()
    expect(await probed()).toEqual({ ready: 503, live: 200 })
    // Statuses that a balancer asked for tell of the seal, and hide no missing database.
    const asked = 'sys/health?sealedcode=200&uninitcode=200&standbyok=true'
    expect((await server.call('GET', asked)).status).toBe(503)
    await database.restart()
    expect(await probed()).toEqual({ ready: 200, live: 200 })
  })

  test('takes up a certificate that the kubelet renewed', async () => {
    const secret = path.join(folder, 'secret')
    const put = async (version: string) => {
      const made = await makeCertificate(path.join(secret, version))
      renameSync(made.certFile, path.join(secret, version, 'tls.crt'))
      renameSync(made.keyFile, path.join(secret, version, 'tls.key'))
      symlinkSync(version, path.join(secret, '..data_tmp'))
      renameSync(path.join(secret, '..data_tmp'), path.join(secret, '..data'))
      return new X509Certificate(readFileSync(path.join(secret, version, 'tls.crt'))).fingerprint256
    }
    await put('..one')
    for (const name of ['tls.crt', 'tls.key']) symlinkSync(`..data/${name}`, path.join(secret, name))
    const tls = { certFile: path.join(secret, 'tls.crt'), keyFile: path.join(secret, 'tls.key'), caFile: '' }
    const other = await startDeployed(hcl, { database, tls: { ...tls, caFile: path.join(secret, '..one', 'ca.crt') } })
    kept.push(other.server)
    const shown = () =>
      new Promise<string>((resolve, reject) => {
        const socket = connect({ host: '127.0.0.1', port: other.restPort, rejectUnauthorized: false }, () => {
          resolve(socket.getPeerCertificate().fingerprint256)
          socket.destroy()
        }).on('error', reject)
      })
    const renewed = await put('..two')
    await until('it shows the new certificate', async () => (await shown()) === renewed)
  })

  describe('with a seal', () => {
    beforeEach(({ skip }) => skip(absent !== '', absent))
    const withSeal = async (values: string, files: Readonly<Record<string, string>>) => {
      const secret = mkdtempSync(path.join(folder, 'unseal-'))
      for (const [name, text] of Object.entries(files)) writeFileSync(path.join(secret, name), text)
      const made = only('ConfigMap', objectsOf(await rendered(values))).data['egide.hcl'] ?? ''
      const own = await TestingServer.start()
      const { server } = await startDeployed(made, { database: own, places: { '/run/secrets/unseal': secret } })
      try {
        await server.initRecovery(1, 1)
        await server.stop()
        await server.start()
        await unsealed(server)
        expect(complaints(server)).toEqual([])
      } finally {
        await server.remove()
        await own.stop()
      }
    }

    test('static: it unseals by itself', async () => {
      const values = 'seal: { type: static, breakGlass: true, static: { currentKeyId: "2026-01" } }'
      await withSeal(values, { current: randomBytes(32).toString('hex') })
    })

    test('transit: it unseals by itself', async () => {
      const values = `seal: { type: transit, transit: { address: "${server.address}", keyName: unseal } }`
      const token = await transitToken(server)
      await withSeal(values, { token, 'ca.crt': readFileSync(first.certificate.caFile, 'utf8') })
    })
  })
})
