import { expect, test } from 'vitest'
import { json } from '../../storage/codec.ts'
import { MemoryBackend } from '../../storage/memory/memory.ts'
import { createStore } from '../../storage/sealed-store.ts'
import type { Codec } from '../../storage/store.ts'
import { testingCipher } from '../../storage/testing-cipher.ts'
import { roleCodec as certificateRoles } from './cert/role.ts'
import { roleCodec as jwtRoles } from './jwt/role.ts'
import { roleCodec as kubernetesRoles } from './kubernetes/role.ts'
import type { Distinct } from './unchanged.ts'

const kinds: Readonly<Record<string, Codec<Distinct>>> = {
  certificates: certificateRoles,
  JWT: jwtRoles,
  Kubernetes: kubernetesRoles,
}

test.each(Object.entries(kinds))(
  'a version without uids reads roles of %s and writes none without its own',
  async (_kind, codec) => {
    const store = createStore({ backend: new MemoryBackend(), cipher: testingCipher(), prefix: '' })
    const role: Distinct = { uid: 'one' }
    await store.transaction((tx) => tx.put('role/a', role, codec))
    const older = json<object>()
    expect(await store.get('role/a', older)).toEqual(role)
    const writing = store.transaction(async (tx) => {
      await tx.get('role/a', older)
      tx.put('role/a', {}, older)
    })
    await expect(writing).rejects.toMatchObject({ code: 'newer' })
  },
)
