import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type ConfigFlags, loadConfig } from './load.ts'
import { ConfigError, type ServerConfig, type TcpListenerConfig } from './types.ts'

/** Config files for tests, in a folder of this process. */

export const folder = mkdtempSync(path.join(tmpdir(), 'egide-config-'))
let files = 0

/** At the end of the process's tests. */
export function removeFolder(): void {
  rmSync(folder, { recursive: true, force: true })
}

export function written(text: string | Buffer, name = `${files++}.hcl`): string {
  const file = path.join(folder, name)
  writeFileSync(file, text)
  return file
}

export const load = (text: string, env = {}, flags: ConfigFlags = {}) => loadConfig([written(text)], env, flags)
export const configOf = (text: string): ServerConfig => load(text).config
export const tcpOf = (body: string): TcpListenerConfig =>
  configOf(`listener "tcp" {\n${body}\n}`).listeners[0] as TcpListenerConfig
export const PLAIN = 'tls_disable = true'

/** What the config is refused with, without its folder. */
export function refusalOf(text: string | Buffer, env = {}): string {
  try {
    loadConfig([written(text, 'x.hcl')], env)
  } catch (error) {
    if (error instanceof ConfigError) return error.message.replaceAll(`${folder}/`, '')
    throw error
  }
  return 'it was taken'
}

export const warningsOf = (text: string) => load(text).warnings.map(({ line, message }) => `${line}: ${message}`)
