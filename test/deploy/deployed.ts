import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { TESTING_PASSWORD, type TestingServer } from '../../storage/postgres/testing-server.ts'
import { type CertificateFiles, makeCertificate } from '../harness/certificate.ts'
import { freePort } from '../harness/free-port.ts'
import { egide, type Program } from '../harness/program.ts'
import { Server } from '../harness/server.ts'

export const root = path.dirname(path.dirname(import.meta.dirname))

/** A file of deploy/. */
export const deployed = (name: string): string => readFileSync(path.join(root, 'deploy', name), 'utf8')

/** A server that runs a configuration of deploy/: only places and addresses are those of the test. */
export interface DeployedServer {
  readonly server: Server
  readonly certificate: CertificateFiles
  readonly restPort: number
  readonly grpcPort: number
}

export interface DeployedOptions {
  /** What the configuration names as the database is this one. */
  readonly database: TestingServer
  /** Other places: what the configuration says, and what holds here. */
  readonly places?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  readonly program?: Program
  /** Instead of a fresh certificate. */
  readonly tls?: Pick<CertificateFiles, 'caFile' | 'certFile' | 'keyFile'>
}

/** Starts a server with the text of a configuration in which it listens at :8200 and :8201, with TLS. */
export async function startDeployed(hcl: string, options: DeployedOptions): Promise<DeployedServer> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'egide-deployed-'))
  const made = await makeCertificate(path.join(dataDir, 'tls'))
  const certificate = { ...made, ...options.tls }
  const passwordFile = path.join(dataDir, 'password')
  writeFileSync(passwordFile, `${TESTING_PASSWORD}\n`)
  const [restPort, grpcPort] = [await freePort(), await freePort()]
  const server = new Server(
    options.program ?? egide,
    dataDir,
    `https://127.0.0.1:${restPort}`,
    certificate,
    options.env ?? {},
  )
  const places: Record<string, string> = {
    '":8200"': `"127.0.0.1:${restPort}"`,
    '":8201"': `"127.0.0.1:${grpcPort}"`,
    '"/var/lib/egide': `"${dataDir}`,
    ...options.places,
  }
  let text = hcl
    .replace(/connection_url = ".*"/, `connection_url = "${withoutPassword(options.database.tcpUrl())}"`)
    .replace(/password_file( *)= ".*"/, `password_file$1= "${passwordFile}"`)
    .replaceAll(/tls_cert_file( *)= ".*"/g, `tls_cert_file$1= "${certificate.certFile}"`)
    .replaceAll(/tls_key_file( *)= ".*"/g, `tls_key_file$1= "${certificate.keyFile}"`)
  for (const [there, here] of Object.entries(places)) text = text.replaceAll(there, here)
  writeFileSync(server.configFile, text)
  try {
    await server.start()
  } catch (error) {
    await server.remove()
    throw error
  }
  return { server, certificate, restPort, grpcPort }
}

const withoutPassword = (url: string) => url.replace(/^(postgres:\/\/[^:@]+):[^@]*@/, '$1@')

/** Lines of a JSON log that are warnings or worse. */
export const complaints = ({ log }: Server): string[] =>
  log.split('\n').filter((line) => /"level":"(warn|error|fatal)"/.test(line))

/** The longest that the server gives requests under way when it is told to stop, in milliseconds. */
export function graceMs(): number {
  const boot = readFileSync(path.join(root, 'server/boot/server.ts'), 'utf8')
  const [, digits = ''] = /const GRACE_MS = ([\d_]+)/.exec(boot) ?? []
  return Number(digits.replaceAll('_', ''))
}
