import { expect, test } from 'vitest'
import { prepareBao } from '../clients/client-programs.ts'
import { unlessAbsent } from '../clients/unless-absent.ts'
import { startUnsealed } from '../harness/server.ts'
import { Shell } from './shell.ts'

type Results = Readonly<Record<string, readonly { readonly status: string; readonly endpoint: string }[]>>

/** What the two look at in ways of their own: docs/compatibility.md#command-line */
const OWN_WAYS = new Set(['audit_visibility', 'allow_acme_headers', 'allow_if_modified_since'])

test("OpenBao's own `pki` commands do their work here, and find what `egide pki health-check` finds", {
  timeout: 400_000,
}, async ({ skip }) => {
  const command = await unlessAbsent(prepareBao, skip)
  const server = await startUnsealed({ storage: 'inmem' })
  const bao = new Shell({ BAO_ADDR: server.address, BAO_TOKEN: server.rootToken }, command)
  const egide = new Shell({ EGIDE_ADDR: server.address, EGIDE_TOKEN: server.rootToken })
  try {
    for (const mount of ['root', 'int']) await bao.ok(['secrets', 'enable', `-path=${mount}`, 'pki'])
    await bao.ok([
      'write',
      'root/root/generate/internal',
      'common_name=Root',
      'issuer_name=top',
      'key_type=ec',
      'ttl=700h',
    ])
    await bao.ok(['write', 'root/roles/own', 'allowed_domains=example.com', 'allow_subdomains=true', 'key_type=ec'])
    await bao.ok(['write', 'root/issue/own', 'common_name=a.example.com', 'ttl=1h'])
    const asked = ['common_name=Int', 'ttl=600h', 'key_type=ec']
    expect(await bao.ok(['pki', 'issue', '-issuer_name=first', 'root/issuer/top', 'int', ...asked])).toMatch(
      /issuer_name +first/,
    )
    const again = ['-issuer_name=second', 'root/issuer/top', 'int/issuer/first', 'int', 'ttl=500h']
    expect(await bao.ok(['pki', 'reissue', ...again])).toMatch(/issuer_name +second/)
    for (const shell of [bao, egide]) {
      const signs = JSON.parse(
        await shell.ok(['pki', 'verify-sign', '-format=json', 'root/issuer/top', 'int/issuer/first']),
      )
      expect(new Set(Object.values(signs))).toEqual(new Set([true]))
      const listed = ['pki', 'list-intermediates', '-format=json', '-use_names', 'root/issuer/top', 'int']
      expect(JSON.parse(await shell.ok(listed))).toEqual({
        'int/issuer/first': true,
        'int/issuer/second': true,
        'int/issuer/top': true,
      })
    }
    for (const mount of ['root', 'int']) {
      const [theirs, ours] = [bao, egide].map((shell) => shell.run(['pki', 'health-check', '-format=json', mount]))
      const [said, expected] = [await ours, await theirs]
      expect(said?.code).toBe(expected?.code)
      expect(essence(said?.stdout)).toEqual(essence(expected?.stdout))
    }
  } finally {
    bao.remove()
    egide.remove()
    await server.remove()
  }
})

/** What was found where, in no order. */
function essence(stdout = ''): Readonly<Record<string, readonly string[]>> {
  const results = JSON.parse(stdout) as Results
  return Object.fromEntries(
    Object.entries(results)
      .filter(([check]) => !OWN_WAYS.has(check))
      .map(([check, found]) => [
        check,
        found.map(({ status, endpoint }) => `${status} ${endpoint.replace(/^\/*/, '/')}`).sort(),
      ]),
  )
}
