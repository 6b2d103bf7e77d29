import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TlsSettings } from '../sdk/tls.ts'
import { fileTrouble, misuse } from './failure.ts'

/** TLS settings as flags and variables give them: by file. */
export interface TlsFiles {
  readonly caCert?: string | undefined
  readonly caPath?: string | undefined
  readonly clientCert?: string | undefined
  readonly clientKey?: string | undefined
  readonly serverName?: string | undefined
  readonly skipVerify: boolean
}

export function loadTls(files: TlsFiles): TlsSettings {
  const ca = authorities(files)
  return {
    ...(ca !== undefined && { ca }),
    ...clientPair(files),
    ...(files.serverName !== undefined && { serverName: files.serverName }),
    dangerouslySkipVerification: files.skipVerify,
  }
}

/** What is wrong with the pair is told here: of a handshake that fails there would be OpenSSL's words, about the server. */
function clientPair({ clientCert, clientKey }: TlsFiles): { cert?: string; key?: string } {
  if (clientCert === undefined && clientKey === undefined) return {}
  if (clientCert === undefined || clientKey === undefined)
    throw misuse('both -client-cert and -client-key are needed to present a certificate')
  const cert = readPem(clientCert, '-client-cert or EGIDE_CLIENT_CERT')
  const key = readPem(clientKey, '-client-key or EGIDE_CLIENT_KEY')
  const certificate = parsed(() => new X509Certificate(cert), `${clientCert} holds no certificate`)
  const own = parsed(() => createPrivateKey(key), `${clientKey} holds no private key, or one that needs a passphrase`)
  if (!certificate.checkPrivateKey(own)) throw misuse(`${clientKey} is not the key of ${clientCert}`)
  return { cert, key }
}

function parsed<T>(parse: () => T, trouble: string): T {
  try {
    return parse()
  } catch {
    throw misuse(trouble)
  }
}

const CA_PATH = '-ca-path or EGIDE_CAPATH'

/** A single file takes precedence over a directory. */
function authorities({ caCert, caPath }: TlsFiles): string[] | undefined {
  if (caCert !== undefined) return withCertificates([readPem(caCert, '-ca-cert or EGIDE_CACERT')], caCert)
  if (caPath === undefined) return undefined
  const pems = namesIn(caPath).map((name) => readPem(join(caPath, name), CA_PATH))
  return withCertificates(pems, caPath)
}

/** With none, every certificate would be refused for a reason that nobody could guess. */
function withCertificates(pems: readonly string[], source: string): string[] {
  const found = pems.filter((pem) => /-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----/.test(pem))
  if (found.length === 0) throw misuse(`no certificate found in ${source}`)
  return found
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => entry.name)
      .sort()
  } catch (error) {
    throw misuse(`cannot read ${directory}, of ${CA_PATH}: ${fileTrouble(error)}`)
  }
}

/** `named`: where its name comes from. */
function readPem(path: string, named: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw misuse(`cannot read ${path}, of ${named}: ${fileTrouble(error)}`)
  }
}
