import { X509Certificate } from 'node:crypto'
import { type BigIntStats, readFileSync, statSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createSecureContext, type SecureContextOptions, type TlsOptions } from 'node:tls'
import type { Log } from '../../engines/engine.ts'
import type { TlsConfig } from '../config/types.ts'
import { ListenError } from './errors.ts'

/** How often the files are looked at. Polling sees through the symbolic links that orchestrators swap. */
const POLL_MS = 2000
/** A pair is written file by file: it is read once the last change is so old. */
const SETTLED_MS = 500

/** Why a file can't be read, in an operator's words. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission is missing',
}

type Material = Pick<SecureContextOptions, 'cert' | 'key' | 'ca'>

/**
 * The certificate of one listener. New connections get the newest pair that was whole; a broken one leaves the old one in
 * use and is logged. Live connections keep what they began with.
 */
export class Certificates {
  readonly #config: TlsConfig
  readonly #log: Log
  readonly #pollMs: number
  #material: Material
  /** How the files stood before they were first read, and since. */
  #marks: readonly string[]
  #polling: NodeJS.Timeout | undefined = undefined
  #apply: ((context: SecureContextOptions) => void) | undefined = undefined
  #settling: NodeJS.Timeout | undefined = undefined

  /** Throws ListenError for files that are no working pair. */
  constructor(config: TlsConfig, log: Log, pollMs = POLL_MS) {
    this.#config = config
    this.#log = log
    this.#pollMs = pollMs
    this.#marks = filesOf(config).map(markNow)
    this.#material = read(config)
  }

  /** What the server is made with. */
  get options(): TlsOptions {
    const { clientCertificates } = this.#config
    return {
      ...this.#context,
      requestCert: clientCertificates !== 'none',
      rejectUnauthorized: clientCertificates === 'require',
    }
  }

  get #context(): SecureContextOptions {
    const { minVersion, maxVersion } = this.#config
    return { ...this.#material, minVersion, maxVersion }
  }

  /** From now on, new pairs are given to `apply`. */
  watch(apply: (context: SecureContextOptions) => void): void {
    this.#apply = apply
    this.#schedule()
  }

  unwatch(): void {
    clearTimeout(this.#settling)
    clearTimeout(this.#polling)
    this.#apply = undefined
  }

  /** Reads the files again. Whether the pair in use is that of the files. */
  reload(): boolean {
    const { certFile } = this.#config
    try {
      const material = read(this.#config)
      if (isSame(material, this.#material)) return true
      this.#material = material
      this.#apply?.(this.#context)
      this.#log.info({ certFile }, 'a new TLS certificate is in use')
      return true
    } catch (error) {
      this.#log.error(
        { certFile, error: String(error) },
        'the new TLS certificate is not usable; the old one stays in use',
      )
      return false
    }
  }

  /** Not `fs.watchFile`: what changes before its first look, it never tells. */
  #schedule(): void {
    this.#polling = setTimeout(() => void this.#poll(), this.#pollMs)
    this.#polling.unref()
  }

  async #poll(): Promise<void> {
    const marks = await Promise.all(filesOf(this.#config).map(markOf))
    if (this.#apply === undefined) return
    if (marks.some((mark, at) => mark !== this.#marks[at])) this.#onChange()
    this.#marks = marks
    this.#schedule()
  }

  #onChange(): void {
    clearTimeout(this.#settling)
    this.#settling = setTimeout(() => this.reload(), Math.min(SETTLED_MS, this.#pollMs))
    this.#settling.unref()
  }
}

function filesOf({ certFile, keyFile, clientCaFile }: TlsConfig): readonly string[] {
  return clientCaFile === undefined ? [certFile, keyFile] : [certFile, keyFile, clientCaFile]
}

/** Tells one content of a file from another without reading it. */
const mark = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string => [dev, ino, size, mtimeNs, ctimeNs].join()
const GONE = 'gone'

function markNow(file: string): string {
  try {
    return mark(statSync(file, { bigint: true }))
  } catch {
    return GONE
  }
}

function markOf(file: string): Promise<string> {
  return stat(file, { bigint: true }).then(mark, () => GONE)
}

function read(config: TlsConfig): Material {
  const { certFile, keyFile, clientCaFile, clientCertificates } = config
  const cert = readPem('tls_cert_file', certFile)
  const key = readPem('tls_key_file', keyFile)
  const ca =
    clientCaFile === undefined || clientCertificates === 'none'
      ? undefined
      : readPem('tls_client_ca_file', clientCaFile)
  if (ca !== undefined) requireCertificates(clientCaFile ?? '', ca)
  const material = ca === undefined ? { cert, key } : { cert, key, ca }
  try {
    createSecureContext(material)
  } catch (error) {
    // OpenSSL's reasons name no key material.
    const reason = (error as NodeJS.ErrnoException).code ?? 'not PEM'
    throw new ListenError(`${certFile} and ${keyFile} are no certificate with its key (${reason})`)
  }
  return material
}

/** `setting`: what names it in the configuration. */
function readPem(setting: string, file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new ListenError(`${setting}: ${file} can't be read: ${REASONS[code ?? ''] ?? code ?? String(error)}`)
  }
}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** OpenSSL takes a bundle of nothing without a word, and would then trust nobody, or everybody that the system does. */
function requireCertificates(file: string, pem: Buffer): void {
  const certificates = pem.toString('latin1').match(PEM_CERTIFICATE) ?? []
  if (certificates.length === 0) throw new ListenError(`${file} holds no certificate`)
  try {
    for (const certificate of certificates) new X509Certificate(certificate)
  } catch {
    throw new ListenError(`${file} holds a certificate that can't be read`)
  }
}

const isSame = (one: Material, other: Material): boolean =>
  String(one.cert) === String(other.cert) &&
  String(one.key) === String(other.key) &&
  String(one.ca) === String(other.ca)
