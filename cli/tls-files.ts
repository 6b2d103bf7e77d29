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
  if ((files.clientCert === undefined) !== (files.clientKey === undefined)) {
    throw misuse('both -client-cert and -client-key are needed to present a certificate')
  }
  const ca = authorities(files)
  return {
    ...(ca !== undefined && { ca }),
    ...(files.clientCert !== undefined && { cert: readPem(files.clientCert, '-client-cert or EGIDE_CLIENT_CERT') }),
    ...(files.clientKey !== undefined && { key: readPem(files.clientKey, '-client-key or EGIDE_CLIENT_KEY') }),
    ...(files.serverName !== undefined && { serverName: files.serverName }),
    dangerouslySkipVerification: files.skipVerify,
  }
}

const CA_PATH = '-ca-path or EGIDE_CAPATH'

/** A single file takes precedence over a directory. */
function authorities({ caCert, caPath }: TlsFiles): string[] | undefined {
  if (caCert !== undefined) return [readPem(caCert, '-ca-cert or EGIDE_CACERT')]
  if (caPath === undefined) return undefined
  const found = namesIn(caPath)
    .map((name) => readPem(join(caPath, name), CA_PATH))
    .filter((pem) => pem.includes('-----BEGIN CERTIFICATE-----'))
  // With none, every certificate would be refused for a reason that nobody could guess.
  if (found.length === 0) throw misuse(`no certificate found in ${caPath}`)
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
