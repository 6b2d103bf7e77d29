import type { NamespaceRef } from '../../../engines/engine.ts'
import { type Enforcement, methodOf, methodsIn, type PlacedMethod } from '../../../engines/identity/mfa/documents.ts'
import { enforcementsOfType } from '../../../engines/identity/mfa/enforced.ts'
import type { MethodsAbove } from '../../../engines/identity/services.ts'
import type { Awaitable } from '../../../storage/backend.ts'
import type { Reader } from '../../../storage/store.ts'

/** One namespace, and its rows of `identity/`; undefined before it has its mounts. */
interface Above {
  readonly ref: NamespaceRef
  readonly identities: { store(): Awaitable<Pick<Reader, 'get' | 'list'> | undefined> }
}

/** An enforcement, and the namespace that it is of. */
export interface PlacedEnforcement extends Enforcement {
  readonly namespace: NamespaceRef
}

/** What the namespaces above one have logins in it show; they are given nearest first. */
export class MfaAbove implements MethodsAbove {
  readonly #above: readonly Above[]

  constructor(above: readonly Above[]) {
    this.#above = above
  }

  async method(id: string): Promise<PlacedMethod | undefined> {
    for (const { ref, identities } of this.#above) {
      const store = await identities.store()
      const method = store && (await methodOf(store, id))
      if (method !== undefined) return { method, namespace: ref }
    }
    return undefined
  }

  async methods(): Promise<readonly PlacedMethod[]> {
    const found: PlacedMethod[] = []
    for (const { ref, identities } of this.#above) {
      const store = await identities.store()
      for (const method of store === undefined ? [] : await methodsIn(store)) found.push({ method, namespace: ref })
    }
    return found
  }

  /** Of logins at auth mounts of this type. */
  async enforcements(mountType: string): Promise<readonly PlacedEnforcement[]> {
    const found: PlacedEnforcement[] = []
    for (const { ref, identities } of this.#above) {
      const store = await identities.store()
      for (const one of store === undefined ? [] : await enforcementsOfType(store, mountType))
        found.push({ ...one, namespace: ref })
    }
    return found
  }
}
