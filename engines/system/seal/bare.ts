import type { Reply } from '../../engine.ts'

/** An answer without the envelope, as Vault gives it for the paths that it serves beside its pipeline. */
export function bare(body: Readonly<Record<string, unknown>>, status = 200): Reply {
  return { raw: { status, contentType: 'application/json', body: `${JSON.stringify(body)}\n` } }
}
