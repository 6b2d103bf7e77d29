import type { Options } from '../options.ts'
import type { Database } from './database.ts'

/** How Egide is set up for a row. */
export interface Setting {
  readonly storage: 'sqlite' | 'postgresql'
  readonly workers: number
  readonly tls: boolean
}

/** What a vault is started with. */
export interface Start {
  readonly env?: Readonly<Record<string, string>>
  /** Where it keeps its data; undefined: in what is its own. */
  readonly database?: Database | undefined
  readonly tls?: boolean
}

/** Every combination that was asked for. */
export function settingsOf({ storages, workers, tls }: Options): Setting[] {
  return storages.flatMap((storage) =>
    workers.flatMap((count) => tls.map((isTls) => ({ storage, workers: count, tls: isTls }))),
  )
}

/** 'egide sqlite, 2 workers, TLS'. */
export function nameOf({ storage, workers, tls }: Setting): string {
  return `egide ${storage}${workers === 1 ? '' : `, ${workers} workers`}${tls ? ', TLS' : ''}`
}

export const OPENBAO_ON_POSTGRESQL = 'openbao postgresql'
