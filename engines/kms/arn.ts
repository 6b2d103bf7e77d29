import { createHash } from 'node:crypto'
import type { EngineContext, MountRef, NamespaceRef } from '../engine.ts'
import { refused } from './errors.ts'

/**
 * Names in AWS's form. A mount is an account of its own in a region: mount options `account_id` and `region` set them, and
 * otherwise the number comes out of the namespace and the mount, and stays as long as the mount does.
 */

const ACCOUNT = /^\d{12}$/
const REGION = /^[a-z]{2,}(?:-[a-z]{2,}){1,3}-\d{1,2}$/
/** What AWS's clients have when nothing else is set. */
const DEFAULT_REGION = 'us-east-1'

export interface Account {
  readonly region: string
  readonly accountId: string
}

type Place = Pick<EngineContext, 'namespace' | 'mount'>

export function accountOf({ namespace, mount }: Place): Account {
  const { region = DEFAULT_REGION, account_id: accountId } = mount.options
  return { region, accountId: accountId ?? derivedAccount(namespace, mount) }
}

const derived = new Map<string, string>()
const DERIVED_MAX = 1000

function derivedAccount({ id }: NamespaceRef, { uuid }: MountRef): string {
  const place = `${id} ${uuid}`
  const known = derived.get(place)
  if (known !== undefined) return known
  const number = createHash('sha256').update(`egide kms account ${place}`).digest().readBigUInt64BE()
  const made = String(number % 1_000_000_000_000n).padStart(12, '0')
  if (derived.size >= DERIVED_MAX) derived.clear()
  derived.set(place, made)
  return made
}

/** Throws Validation where a mount option is none. */
export function checkAccount({ region, account_id: accountId }: Readonly<Record<string, string>>): void {
  if (region !== undefined && !REGION.test(region)) {
    throw refused('Validation', 'region must look like us-east-1')
  }
  if (accountId !== undefined && !ACCOUNT.test(accountId)) {
    throw refused('Validation', 'account_id must have 12 digits')
  }
}

export function keyArn(place: Place, keyId: string): string {
  return `${arnPrefix(place)}key/${keyId}`
}

export function aliasArn(place: Place, name: string): string {
  return `${arnPrefix(place)}alias/${name}`
}

function arnPrefix(place: Place): string {
  const { region, accountId } = accountOf(place)
  return `arn:aws:kms:${region}:${accountId}:`
}

/** What an ARN of this mount's names: `key/…` or `alias/…`. Throws InvalidArn where it is none, NotFound where it is another's. */
export function resourceOf(place: Place, arn: string): string {
  const [, service, region, account, resource] = /^arn:aws[a-z-]*:([^:]*):([^:]*):([^:]*):(.+)$/.exec(arn) ?? []
  if (service !== 'kms' || resource === undefined) throw refused('InvalidArn', 'not the ARN of a key or alias')
  const own = accountOf(place)
  if (region !== own.region || account !== own.accountId) {
    throw refused('NotFound', 'the ARN is of another region or account')
  }
  return resource
}
