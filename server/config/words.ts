import type { LogLevel, ServerConfig } from './types.ts'

export const LOG_LEVELS: Readonly<Record<string, LogLevel>> = {
  trace: 'trace',
  debug: 'debug',
  info: 'info',
  notice: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  err: 'error',
}

export const LOG_FORMATS: Readonly<Record<string, ServerConfig['logFormat']>> = { standard: 'standard', json: 'json' }
