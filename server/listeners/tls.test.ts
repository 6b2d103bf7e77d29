import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SecureContextOptions } from 'node:tls'
import { ExtendedKeyUsage, ExtendedKeyUsageExtension, X509CertificateGenerator } from '@peculiar/x509'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { Certificates } from './certificates.ts'
import type { Listeners } from './index.ts'

import {
  addressOf,
  ask,
  closeAll,
  folder,
  log,
  one,
  open,
  other,
  portOf,
  removeFolder,
  shown,
  tcp,
  tlsOf,
  until,
} from './testing-listeners.ts'

afterEach(closeAll)
afterAll(removeFolder)

describe('TLS', () => {
  test('1.2 is not spoken unless asked for', async () => {
    const listeners = await open([tcp(tlsOf(one)), tcp(tlsOf(one, { minVersion: 'TLSv1.2' }))])
    const old = { rejectUnauthorized: false, maxVersion: 'TLSv1.2' as const }
    await expect(ask(`${addressOf(listeners)}/v1/a`, old)).rejects.toThrow(/protocol version/)
    expect((await ask(`${addressOf(listeners, 1)}/v1/a`, old)).status).toBe(200)
  })

  test('files that are no pair fail the start', async () => {
    const mixed = { certFile: one.certFile, keyFile: other.keyFile }
    await expect(open([tcp(tlsOf(mixed))])).rejects.toThrow(/are no certificate with its key \(ERR_/)
    const keyFile = path.join(folder, 'none.key')
    await expect(open([tcp(tlsOf({ ...mixed, keyFile }))])).rejects.toThrow(
      `tls_key_file: ${keyFile} can't be read: there is no such file`,
    )
    const clientCaFile = path.join(folder, 'empty.crt')
    writeFileSync(clientCaFile, 'nothing')
    await expect(open([tcp(tlsOf(one, { clientCaFile, clientCertificates: 'require' }))])).rejects.toThrow(
      /holds no certificate/,
    )
  })

  describe('reload', () => {
    const files = { certFile: path.join(folder, 'live.crt'), keyFile: path.join(folder, 'live.key') }
    const install = (from: typeof files) => {
      copyFileSync(from.certFile, files.certFile)
      copyFileSync(from.keyFile, files.keyFile)
    }
    let fingerprints: { one: string; other: string }
    beforeAll(async () => {
      const listeners = await openListenersOf(one, other)
      fingerprints = { one: await shown(portOf(listeners)), other: await shown(portOf(listeners, 1)) }
    })
    const openListenersOf = (first: typeof files, second: typeof files) => open([tcp(tlsOf(first)), tcp(tlsOf(second))])

    test('on demand; a live connection goes on with its requests', async () => {
      install(one)
      const listeners = await open([tcp(tlsOf(files))])
      const agent = new https.Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false })
      const sockets = new Set<unknown>()
      const live = () => ask(`${addressOf(listeners)}/v1/a`, { agent })
      agent.on('free', (socket) => sockets.add(socket))
      expect((await live()).status).toBe(200)
      install(other)
      expect(listeners.reload()).toBe(true)
      expect((await live()).status).toBe(200)
      await sleep(10)
      expect(sockets.size).toBe(1)
      expect(await shown(portOf(listeners))).toBe(fingerprints.other)
      agent.destroy()
    })

    test('a broken pair leaves the old one in use, and is logged', async () => {
      install(one)
      const listeners = await open([tcp(tlsOf(files))])
      for (const content of ['', 'rubbish', readFileSync(other.keyFile)]) {
        writeFileSync(files.keyFile, content)
        expect(listeners.reload()).toBe(false)
        expect(await shown(portOf(listeners))).toBe(fingerprints.one)
      }
      rmSync(files.keyFile)
      expect(listeners.reload()).toBe(false)
      expect(await shown(portOf(listeners))).toBe(fingerprints.one)
      // A slow machine also lets the files be looked at by themselves in between.
      expect(log.lines.filter(({ level }) => level === 'error').length).toBeGreaterThanOrEqual(4)
      expect(JSON.stringify(log.lines)).not.toContain('PRIVATE KEY')
    })

    test('by itself when the files change, through a pair that is half written', async () => {
      install(one)
      const listeners = await open([tcp(tlsOf(files))])
      copyFileSync(other.certFile, files.certFile)
      await until(() => log.lines.some(({ level }) => level === 'error'))
      expect(await shown(portOf(listeners))).toBe(fingerprints.one)
      copyFileSync(other.keyFile, files.keyFile)
      await until(async () => (await shown(portOf(listeners))) === fingerprints.other)
    })

    test('by itself when the files change between being read and being watched', async () => {
      install(one)
      const certificates = new Certificates(tlsOf(files), log, 40)
      install(other)
      const applied = Promise.withResolvers<SecureContextOptions>()
      certificates.watch(applied.resolve)
      expect(await applied.promise).toMatchObject({ cert: readFileSync(other.certFile) })
      certificates.unwatch()
    })
  })

  describe('client certificates', () => {
    const client = { cert: '', key: '' }
    const clientCaFile = path.join(folder, 'client.crt')
    beforeAll(async () => {
      const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
      const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
      const certificate = await X509CertificateGenerator.createSelfSigned({
        name: 'CN=client',
        keys,
        notBefore: new Date(Date.now() - 60_000),
        notAfter: new Date(Date.now() + 3_600_000),
        signingAlgorithm: algorithm,
        extensions: [new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])],
      })
      const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
      client.cert = certificate.toString('pem')
      client.key = `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`
      writeFileSync(clientCaFile, client.cert)
    })
    const status = async (listeners: Listeners, options: https.RequestOptions) =>
      (await ask(`${addressOf(listeners)}/v1/a`, { rejectUnauthorized: false, ...options })).status

    test('required: only one that verifies gets in', async () => {
      const listeners = await open([tcp(tlsOf(one, { clientCertificates: 'require', clientCaFile }))])
      expect(await status(listeners, client)).toBe(200)
      await expect(status(listeners, {})).rejects.toThrow()
      const stranger = { cert: readFileSync(other.certFile), key: readFileSync(other.keyFile) }
      await expect(status(listeners, stranger)).rejects.toThrow()
    })

    test('requested: everybody gets in', async () => {
      const listeners = await open([tcp(tlsOf(one, { clientCertificates: 'request', clientCaFile }))])
      expect(await status(listeners, client)).toBe(200)
      expect(await status(listeners, {})).toBe(200)
    })
  })
})
