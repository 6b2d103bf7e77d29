import type { Reader } from '../../../storage/store.ts'
import type { EngineContext } from '../../engine.ts'
import { resourceOf } from '../arn.ts'
import { refused } from '../errors.ts'
import { aliasName, isKeyId, loadAlias, referredName } from './key-store.ts'

/**
 * What names a key in a path, of an ARN or of an alias that begins with `alias/`: the key's id, or the alias. An alias that
 * holds a slash is no path segment: its key's id stands for it. Throws NotFound, InvalidArn, InvalidAliasName.
 */
export async function keySegmentOf(
  reader: Reader,
  reference: string,
  place: Pick<EngineContext, 'namespace' | 'mount'>,
): Promise<string> {
  const resource = reference.startsWith('arn:') ? resourceOf(place, reference) : reference
  if (resource.startsWith('key/')) {
    const id = resource.slice('key/'.length)
    if (isKeyId(id)) return id
    throw refused('NotFound', 'the ARN names no key')
  }
  const name = aliasName(referredName(resource))
  if (!name.includes('/')) return name
  const alias = await loadAlias(reader, name)
  if (alias === undefined) throw refused('NotFound', `alias ${name} does not exist`)
  return alias.keyId
}
