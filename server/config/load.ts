import type { ConfigWarning, ServerConfig } from './types.ts'

/** What the command line sets; it outranks environment and files. */
export interface ConfigFlags {
  readonly logLevel?: string | undefined
  readonly logFormat?: string | undefined
}

export interface LoadedConfig {
  readonly config: ServerConfig
  readonly warnings: readonly ConfigWarning[]
}

/**
 * Reads config files (HCL or JSON; a folder stands for its *.hcl and *.json files in order of name) and lays the
 * environment (`EGIDE_*`) and then the flags over them. Later files outrank earlier ones; blocks that may repeat add up.
 * Throws ConfigError.
 */
export declare function loadConfig(
  files: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  flags?: ConfigFlags,
): LoadedConfig
