import { expect, test } from 'vitest'
import { limitSlowWork } from '../../../crypto/keys/slow-work.ts'
import { MountedEngine } from '../../../test/engines/mounted-engine.ts'
import { identity } from '../index.ts'
import { keyCodec, oidcRows } from './documents.ts'

const stored = async ({ context }: MountedEngine, name: string) => {
  const key = await context.store.get(oidcRows.key(name), keyCodec)
  if (key === undefined) throw new Error(`there is no key ${name}`)
  return key
}

test('a change of the algorithm keeps the replaced key for its time, and no other whose time is over', async () => {
  const mount = new MountedEngine(identity)
  const settings = { rotation_period: '1h', verification_ttl: '1h' }
  await mount.call('update', 'oidc/key/k', { algorithm: 'ES256', ...settings })
  for (const algorithm of ['ES384', 'ES512', 'EdDSA', 'ES256']) {
    const { signing } = await stored(mount, 'k')
    await mount.call('update', 'oidc/key/k', { algorithm })
    const { retired } = await stored(mount, 'k')
    expect(retired.map(({ publicKey }) => publicKey)).toEqual([signing.publicKey])
    mount.pass(3600)
  }
})

/** While `work` runs, as many RSA keys and slow signatures wait as may. */
async function inACrowd(work: () => Promise<void>): Promise<void> {
  let end: () => void = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const crowd = Array.from({ length: 66 }, () => limitSlowWork(() => ended))
  try {
    await work()
  } finally {
    end()
    await Promise.all(crowd)
  }
}

test('settings of a key change without new pairs; an RSA key that would be one too many at a time is not made', async () => {
  const mount = new MountedEngine(identity)
  await mount.call('update', 'oidc/key/k', { algorithm: 'RS256' })
  const before = await stored(mount, 'k')
  await inACrowd(async () => {
    await mount.call('update', 'oidc/key/k', { allowed_client_ids: '*' })
    expect(await mount.refusal('update', 'oidc/key/k', { algorithm: 'RS384' })).toMatch(/^unavailable: too many/)
    expect(await mount.refusal('update', 'oidc/key/new', {})).toMatch(/^unavailable: too many/)
  })
  expect(await stored(mount, 'k')).toEqual({ ...before, allowedClientIds: ['*'] })
})

test('a key that cannot be rotated holds up no other', async () => {
  const mount = new MountedEngine(identity)
  await mount.call('update', 'oidc/key/a', { algorithm: 'RS256' })
  await mount.call('update', 'oidc/key/b', { algorithm: 'ES256' })
  const before = [await stored(mount, 'a'), await stored(mount, 'b')]
  mount.pass(86_400)
  await inACrowd(async () => mount.periodic())
  const after = [await stored(mount, 'a'), await stored(mount, 'b')]
  expect(after.map(({ signing }) => signing)).toEqual([before[0]?.signing, before[1]?.next])
  expect(mount.logged).toEqual([expect.stringMatching(/cannot be rotated.*"key":"a"/)])
})

test('the algorithm that another node gives a key while its settings are written stays', async () => {
  const here = new MountedEngine(identity)
  await here.call('update', 'oidc/key/k', { algorithm: 'ES256' })
  let isChanged = false
  const there = new MountedEngine(identity, {
    with: here,
    through: (inner) => {
      const get = async (paths: readonly string[]) => {
        const found = await inner.get(paths)
        if (!isChanged && paths.some((path) => path.endsWith('oidc/key/k'))) {
          isChanged = true
          await here.call('update', 'oidc/key/k', { algorithm: 'ES384' })
        }
        return found
      }
      return new Proxy(inner, {
        get(target, name) {
          const member: unknown = name === 'get' ? get : Reflect.get(target, name)
          return typeof member === 'function' ? member.bind(target) : member
        },
      })
    },
  })
  await there.call('update', 'oidc/key/k', { allowed_client_ids: '*' })
  await here.context.store.refresh()
  expect(await stored(here, 'k')).toMatchObject({ algorithm: 'ES384', allowedClientIds: ['*'] })
})
