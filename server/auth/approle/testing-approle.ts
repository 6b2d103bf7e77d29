import { TestNamespace } from '../../../test/core/test-namespace.ts'
import { TestClock } from '../../../test/harness/rows.ts'
import { approle } from './index.ts'

/** A vault with AppRole at `auth/approle/`, and short ways to what tests do with it again and again. */
export class AppRoleVault {
  readonly vault: TestNamespace
  readonly clock: TestClock

  private constructor(vault: TestNamespace, clock: TestClock) {
    this.vault = vault
    this.clock = clock
  }

  static async create(): Promise<AppRoleVault> {
    const clock = new TestClock()
    const vault = await TestNamespace.create({ engines: [approle], clock })
    await vault.call('update', 'sys/auth/approle', { type: 'approle' })
    return new AppRoleVault(vault, clock)
  }

  role(name: string, settings: object = {}) {
    return this.vault.call('update', `auth/approle/role/${name}`, settings)
  }

  async roleId(name: string): Promise<string> {
    return String((await this.vault.data('read', `auth/approle/role/${name}/role-id`)).role_id)
  }

  async secretId(name: string, settings: object = {}): Promise<{ readonly id: string; readonly accessor: string }> {
    const made = await this.vault.data('update', `auth/approle/role/${name}/secret-id`, settings)
    return { id: String(made.secret_id), accessor: String(made.secret_id_accessor) }
  }

  login(roleId: string, secretId: string, remoteAddress = '192.0.2.1') {
    const ids = { role_id: roleId, secret_id: secretId }
    return this.vault.call('update', 'auth/approle/login', ids, { token: undefined, remoteAddress })
  }

  /** 'accepted', or what it is refused with. */
  async outcome(roleId: string, secretId: string, remoteAddress = '192.0.2.1'): Promise<string> {
    return this.login(roleId, secretId, remoteAddress).then(
      () => 'accepted',
      (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
    )
  }

  async tokenCount(): Promise<number> {
    return (await this.vault.rows('tokens/id/')).length
  }
}
