import type { Finding } from './finding.ts'
import type { Mount } from './mount.ts'
import type { Defaults, Settings } from './settings.ts'

export interface Check {
  /** As peers call it: in configurations and in what is printed. */
  readonly name: string
  readonly defaults: Defaults
  readonly find: (mount: Mount, settings: Settings) => Promise<readonly Finding[]>
}

/** The findings, or that all is well where there is something to speak of and nothing to say. */
export function orAllWell(findings: readonly Finding[], well: Finding | undefined): readonly Finding[] {
  return findings.length === 0 && well !== undefined ? [well] : findings
}
