import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { makeCertificate } from '../test/harness/certificate.ts'
import { loadTls } from './tls-files.ts'

test.each([
  [{ caCert: '/nonesuch.pem' }, 'cannot read /nonesuch.pem, of -ca-cert or EGIDE_CACERT: there is no such file'],
  [{ caCert: tmpdir() }, `cannot read ${tmpdir()}, of -ca-cert or EGIDE_CACERT: it is a folder`],
  [{ caPath: '/nonesuch' }, 'cannot read /nonesuch, of -ca-path or EGIDE_CAPATH: there is no such file'],
  [
    { clientCert: '/nonesuch.pem', clientKey: '/nonesuch.key' },
    'cannot read /nonesuch.pem, of -client-cert or EGIDE_CLIENT_CERT: there is no such file',
  ],
])('what is wrong with %o is said with what named it', (files, message) => {
  expect(() => loadTls({ ...files, skipVerify: false })).toThrow(message)
})

const folder = mkdtempSync(join(tmpdir(), 'egide-tls-files-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function fileOf(name: string, pem: string): string {
  const path = join(folder, name)
  writeFileSync(path, pem)
  return path
}

test('files that hold something else, and a pair that is none, are named before anything is sent', async () => {
  const { clientCertFile: cert, clientKeyFile: own, caFile } = await makeCertificate(folder)
  const { privateKey } = generateKeyPairSync('ed25519')
  const other = fileOf('other.key', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  const locked = fileOf(
    'locked.key',
    privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString(),
  )
  const load = (files: { caCert?: string; clientCert?: string; clientKey?: string }) => () =>
    loadTls({ ...files, skipVerify: false })
  expect(load({ clientCert: cert, clientKey: own })()).toHaveProperty('key', readFileSync(own, 'utf8'))
  expect(load({ caCert: caFile })()).toHaveProperty('ca', [readFileSync(caFile, 'utf8')])
  expect(load({ clientCert: cert, clientKey: other })).toThrow(`${other} is not the key of ${cert}`)
  expect(load({ clientCert: own, clientKey: own })).toThrow(`${own} holds no certificate`)
  for (const bad of [cert, locked])
    expect(load({ clientCert: cert, clientKey: bad })).toThrow(
      `${bad} holds no private key, or one that needs a passphrase`,
    )
  expect(load({ caCert: own })).toThrow(`no certificate found in ${own}`)
})
