import { beforeEach, expect, test } from 'vitest'
import { parseCertificate } from '../../engines/pki/x509/certificate.ts'
import { onlyBlock } from '../../engines/pki/x509/pem.ts'
import { Authority } from './authority.ts'
import { request } from './hostile-requests.ts'

let ca: Authority
beforeEach(() => {
  ca = new Authority()
})

const parsed = (certificate: unknown) =>
  parseCertificate(onlyBlock(String(certificate), ['CERTIFICATE'], 'certificate'))

async function below(fields: Readonly<Record<string, unknown>>) {
  const asked = { csr: request(), common_name: 'Below', ttl: '100h', ...fields }
  const { data, warnings } = await ca.call('update', 'root/sign-intermediate', asked)
  return { length: parsed(data?.certificate).pathLength, warnings }
}

const LAST = 'The maximum path length of the certificate is zero: it can sign no certificates of other CAs.'

test('a CA below one with a path length has the longest that there can be, or a shorter one that was asked for', async () => {
  await ca.root({ max_path_length: 2 })
  expect(await below({})).toEqual({ length: 1, warnings: [] })
  expect(await below({ max_path_length: -1 })).toEqual({ length: 1, warnings: [] })
  expect(await below({ max_path_length: 0 })).toEqual({ length: 0, warnings: [LAST] })
  await expect(below({ max_path_length: 2 })).rejects.toThrow(/not shorter/)
})

test('one below a CA without a path length has none', async () => {
  await ca.root()
  expect(await below({})).toEqual({ length: undefined, warnings: [] })
})

test('what a request says of basic constraints counts before what its role says', async () => {
  await ca.root()
  await ca.role('says', { basic_constraints_valid_for_non_ca: true })
  const says = async (fields: Readonly<Record<string, unknown>>) => {
    const { certificate } = await ca.data('update', 'sign-verbatim/says', { csr: request(), ...fields })
    return parsed(certificate).extensions.some(({ id }) => id === '2.5.29.19')
  }
  expect(await says({})).toBe(true)
  expect(await says({ basic_constraints_valid_for_non_ca: false })).toBe(false)
})

/** An issuer without a length of its own, below a root that has one: as others make them. */
async function belowLimited(length: number, common_name = 'Between'): Promise<void> {
  const elsewhere = new Authority()
  await elsewhere.root()
  const made = await elsewhere.data('update', 'intermediate/generate/exported', {
    common_name,
    key_type: 'ec',
  })
  const asked = { csr: made.csr, common_name, ttl: '4000h' }
  const { certificate } = await elsewhere.data('update', 'root/sign-intermediate', asked)
  // Another certificate of the root, by the same key.
  const root = await elsewhere.data('update', 'issuers/generate/root/existing', {
    common_name: 'Test Root',
    max_path_length: length,
    ttl: '8000h',
  })
  const pem_bundle = [root.certificate, certificate, made.private_key].join('\n')
  const { mapping } = await ca.data('update', 'issuers/import/bundle', { pem_bundle })
  const [own, above] = Object.entries(mapping as Readonly<Record<string, string>>)
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([id]) => id)
  // Above one with its own name nobody is looked for.
  await ca.call('patch', `issuer/${own}`, { manual_chain: [own, above] })
  expect(await ca.data('read', 'issuer/default')).toMatchObject({ ca_chain: [certificate, root.certificate].map(line) })
}
const line = (pem: unknown) => `${pem}\n`

test('the length of an authority above the issuer counts too', async () => {
  await belowLimited(2)
  expect(await below({})).toEqual({ length: 0, warnings: [LAST] })
  await expect(below({ max_path_length: 1 })).rejects.toThrow(/not shorter than an authority above the issuer allows/)
})

test('where that leaves no room, no CA is signed, and leaves are', async () => {
  await belowLimited(1)
  const refusal = /cannot sign a CA certificate: an authority above the issuer has a maximum path length of 1/
  await expect(below({})).rejects.toThrow(refusal)
  const elsewhere = new Authority()
  const { certificate } = await elsewhere.root({ ttl: '100h' })
  await expect(ca.call('update', 'root/sign-self-issued', { certificate })).rejects.toThrow(refusal)
  await ca.role('web')
  expect(parsed((await ca.issue('web')).certificate).isCa).toBe(false)
})

test('a new key of the authority itself takes nothing of its length', async () => {
  await belowLimited(1, 'Test Root')
  expect(await below({})).toEqual({ length: 0, warnings: [LAST] })
})

test('who stands in the chain and did not sign has no say', async () => {
  const { issuer_id: own } = await ca.root()
  const { issuer_id: other } = await ca.root({ common_name: 'Other', max_path_length: 0 })
  await ca.call('patch', `issuer/${own}`, { manual_chain: [own, other] })
  expect(await below({})).toEqual({ length: undefined, warnings: [] })
})
