import type { Clock, Log, Random } from '../../engines/engine.ts'
import type { AutoSealConfig, SealConfig, TransitSealConfig } from '../config/types.ts'
import type { SealParts } from '../seal/lifecycle.ts'
import { StaticWrapper } from '../seal/wrappers/static.ts'
import { TransitWrapper } from '../seal/wrappers/transit.ts'
import type { SealWrapper } from '../seal/wrappers/wrapper.ts'

export type Seals = Pick<SealParts, 'wrapper' | 'formerWrapper' | 'breakGlass'>

/** What the configured seals are opened with. Throws ConfigError for keys and files that are none. */
export function openSeals({ active, former }: SealConfig, clock: Clock, random: Random, log: Log): Seals {
  const open = (config: AutoSealConfig): SealWrapper => {
    if (config.type === 'static') return new StaticWrapper(config, random)
    const danger = dangerOf(config)
    if (danger !== undefined)
      log.warn({ address: config.address }, `${danger}: whoever is in between gets the root key`)
    return new TransitWrapper(config, clock, log)
  }
  return {
    ...(active.type !== 'shamir' && { wrapper: open(active), breakGlass: active.breakGlass }),
    ...(former !== undefined && { formerWrapper: open(former) }),
  }
}

/** Why the way to the other server is not safe, if it leaves this machine. */
function dangerOf({ address, tls }: TransitSealConfig): string | undefined {
  const { protocol, hostname } = new URL(address)
  if (protocol === 'https:') return tls.insecureSkipVerify ? 'the transit seal trusts any certificate' : undefined
  const isHere = hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname)
  return isHere ? undefined : 'the transit seal is reached without TLS'
}
