import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { TestNamespace } from '../../../test/core/test-namespace.ts'
import { TestClock } from '../../../test/harness/rows.ts'
import { kubernetesMethod } from './index.ts'
import { REVIEWER, TestCluster } from './testing-cluster.ts'

const LOGIN = 'auth/kubernetes/login'
const ANONYMOUS = { token: undefined }

/** A namespace with the auth method at `auth/kubernetes`, a cluster whose pods log in there. */
export class TestLogins {
  /** Holds what the server reads when it is itself a pod: `pod/`. */
  readonly folder: string
  readonly cluster: TestCluster
  readonly namespace: TestNamespace

  private constructor(folder: string, cluster: TestCluster, namespace: TestNamespace) {
    this.folder = folder
    this.cluster = cluster
    this.namespace = namespace
  }

  static async open(): Promise<TestLogins> {
    const folder = mkdtempSync(path.join(tmpdir(), 'egide-kubernetes-'))
    const clock = new TestClock()
    const cluster = await TestCluster.open(folder, () => clock.nowMs)
    const engines = [kubernetesMethod(path.join(folder, 'pod')) as never]
    const namespace = await TestNamespace.create({ clock, engines })
    await namespace.call('update', 'sys/auth/kubernetes', { type: 'kubernetes' })
    return new TestLogins(folder, cluster, namespace)
  }

  configure(more: object = {}) {
    return this.namespace.call('update', 'auth/kubernetes/config', {
      kubernetes_host: this.cluster.host,
      kubernetes_ca_cert: this.cluster.caPem,
      token_reviewer_jwt: REVIEWER,
      ...more,
    })
  }

  logIn(jwt: string, role = 'web') {
    return this.namespace.call('update', LOGIN, { role, jwt }, ANONYMOUS)
  }

  /** What a login is refused with. */
  refusal(jwt: string, role = 'web') {
    return this.namespace.refusal('update', LOGIN, { role, jwt }, ANONYMOUS)
  }

  close(): void {
    this.cluster.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
