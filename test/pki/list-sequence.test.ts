import { AsnConvert } from '@peculiar/asn1-schema'
import { CertificateList } from '@peculiar/asn1-x509'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Backend } from '../../storage/backend.ts'
import { AUTO_REBUILT, Authority } from './authority.ts'

/** Complete and delta lists of one authority, by several nodes, in any order (RFC 5280, 5.2.3 and 5.2.4). */

interface Seen {
  readonly der: string
  readonly number: number
  /** Of a delta: the complete list that it goes with. */
  readonly base: number | undefined
  readonly serials: ReadonlySet<string>
  readonly thisUpdateMs: number
}

function seen(der: Buffer): Seen {
  const { tbsCertList } = AsnConvert.parse(der, CertificateList)
  const numberOf = (id: string): number | undefined => {
    const value = tbsCertList.crlExtensions?.find(({ extnID }) => extnID === id)?.extnValue.buffer
    return value === undefined ? undefined : Number.parseInt(Buffer.from(value).toString('hex').slice(4), 16)
  }
  const serials = (tbsCertList.revokedCertificates ?? []).map((one) =>
    Buffer.from(one.userCertificate)
      .toString('hex')
      .replace(/^00(?=.)/, ''),
  )
  return {
    der: der.toString('base64'),
    number: numberOf('2.5.29.20') ?? 0,
    base: numberOf('2.5.29.27'),
    serials: new Set(serials),
    thisUpdateMs: tbsCertList.thisUpdate.getTime().getTime(),
  }
}

async function authority(): Promise<Authority> {
  const ca = new Authority()
  await ca.root()
  await ca.role('web')
  await ca.call('update', 'config/crl', AUTO_REBUILT)
  return ca
}

async function revoked(ca: Authority): Promise<string> {
  const { serial_number: serial } = await ca.issue('web', { ttl: '100h' })
  await ca.call('update', 'revoke', { serial_number: serial })
  return String(serial).replaceAll(':', '')
}

const step = fc.oneof(
  fc.record({ what: fc.constantFrom('revoke', 'crl', 'crl/delta', 'crl/rotate', 'crl/rotate-delta'), by: fc.nat(1) }),
  fc.record({ what: fc.constant('pass'), by: fc.constantFrom(1, 60, 600, 9 * 3600) }),
)

test('their numbers go up as they are made, and a delta and its complete list hold all that was revoked', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      const ca = await authority()
      const nodes = [ca, new Authority({ with: ca, uncached: true })] as const
      const known = new Map<string, Seen>()
      const revocations: { readonly serial: string; readonly atMs: number }[] = []
      const look = async (node: Authority, name: string) => {
        const list = seen(await node.raw(name))
        if (known.has(list.der)) return
        for (const before of known.values()) expect(list.number).toBeGreaterThan(before.number)
        known.set(list.der, list)
        const complete = [...known.values()].find(({ number, base }) => number === list.base && base === undefined)
        if (list.base !== undefined) expect(complete).toBeDefined()
        const told = new Set([...list.serials, ...(complete?.serials ?? [])])
        for (const { serial, atMs } of revocations) if (atMs <= list.thisUpdateMs) expect(told).toContain(serial)
      }
      for (const { what, by } of steps) {
        const node = nodes[by % 2] as Authority
        if (what === 'pass') ca.pass(by)
        else if (what === 'revoke') revocations.push({ serial: await revoked(node), atMs: ca.time.nowMs })
        else if (what.startsWith('crl/rotate')) await node.call('read', what)
        await look(ca, 'crl')
        if (what.startsWith('crl')) await look(node, what.replace('rotate-', '').replace('crl/rotate', 'crl'))
      }
    }),
    { numRuns: 60, seed: 5 },
  )
})

/** Before it reads what is pending, something else happens. */
function beforePending(inner: Backend, meanwhile: () => Promise<void>): Backend {
  let isDone = false
  const list: Backend['list'] = async (...given) => {
    if (!isDone && JSON.stringify(given).includes('pending')) {
      isDone = true
      await meanwhile()
    }
    return inner.list(...given)
  }
  return new Proxy(inner, {
    get(target, name) {
      if (name === 'list') return list
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}

test('a delta misses nothing that became a part of a complete list while it was made', async () => {
  const ca = await authority()
  await ca.raw('crl')
  const serial = await revoked(ca)
  const making = new Authority({
    with: ca,
    through: (inner) =>
      beforePending(inner, async () => {
        await ca.call('read', 'crl/rotate')
      }),
  })
  const delta = seen(await making.raw('crl/delta'))
  const complete = seen(await ca.raw('crl'))
  expect([complete.serials.has(serial), delta.base]).toEqual([true, complete.number])
  expect(delta.number).toBeGreaterThan(complete.number)
})
