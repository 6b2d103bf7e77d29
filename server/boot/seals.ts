import type { Clock, Log, Random } from '../../engines/engine.ts'
import type { AutoSealConfig, SealConfig } from '../config/types.ts'
import type { SealParts } from '../seal/lifecycle.ts'
import { StaticWrapper } from '../seal/static-wrapper.ts'
import { TransitWrapper } from '../seal/transit-wrapper.ts'
import type { SealWrapper } from '../seal/wrapper.ts'

export type Seals = Pick<SealParts, 'wrapper' | 'formerWrapper' | 'breakGlass'>

/** What the configured seals are opened with. Throws ConfigError for keys and files that are none. */
export function openSeals({ active, former }: SealConfig, clock: Clock, random: Random, log: Log): Seals {
  const open = (config: AutoSealConfig): SealWrapper =>
    config.type === 'static' ? new StaticWrapper(config, random) : new TransitWrapper(config, clock, log)
  return {
    ...(active.type !== 'shamir' && { wrapper: open(active), breakGlass: active.breakGlass }),
    ...(former !== undefined && { formerWrapper: open(former) }),
  }
}
