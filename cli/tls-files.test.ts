import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
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
