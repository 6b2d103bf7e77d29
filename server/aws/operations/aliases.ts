import type { AccessKey } from '../../core/access-keys/access-key.ts'
import { AwsError } from '../aws-error.ts'
import { epochSeconds, member, neededText } from '../members.ts'
import type { Answered, Asked, Data, KmsOperations } from '../operation.ts'
import { pageAsked, pageShown } from '../paging.ts'
import { arnOfAlias, keyItself } from '../references.ts'

const ALIASES = { most: 100, usual: 50 }
const PREFIX = 'alias/'
const RESERVED = 'alias/aws/'
const NAME = /^alias\/[^/\s]+(\/[^/\s]+)*$/
const NAME_MAX_CHARS = 256

/** Without `alias/`. The engine judges the rest. */
function nameOf(input: Data): string {
  const name = neededText(input, 'AliasName')
  if (name.startsWith(RESERVED)) throw new AwsError('NotAuthorizedException', `${RESERVED} is AWS's own`)
  // The engine judges its characters; a path it must be first.
  if (name.length <= NAME_MAX_CHARS && NAME.test(name)) return name.slice(PREFIX.length)
  throw new AwsError(
    'ValidationException',
    `AliasName must begin with ${PREFIX} and have at most ${NAME_MAX_CHARS} characters`,
  )
}

async function put(input: Data, key: AccessKey, mode: 'create' | 'move'): Promise<Asked> {
  const name = nameOf(input)
  const target = await keyItself(input, key, 'TargetKeyId')
  return { operation: 'update', path: `keys/${target}/aliases/${name}`, data: { mode } }
}

function listed({ reply, input, key }: Answered): Data {
  const { names, more } = pageShown(reply, input, ALIASES)
  const info = (reply.key_info ?? {}) as Readonly<Record<string, Data>>
  const entries = names.map((name) => ({
    AliasName: PREFIX + name,
    AliasArn: arnOfAlias(key, name),
    TargetKeyId: info[name]?.key_id,
    CreationDate: epochSeconds(info[name]?.creation_date),
    LastUpdatedDate: epochSeconds(info[name]?.last_updated_date),
  }))
  return { Aliases: entries, ...more }
}

/** Names of keys. */
export const aliases: KmsOperations = {
  CreateAlias: { ask: (input, key) => put(input, key, 'create') },
  UpdateAlias: { ask: (input, key) => put(input, key, 'move') },
  DeleteAlias: { ask: (input) => ({ operation: 'delete', path: `aliases/${nameOf(input)}`, data: {} }) },
  ListAliases: {
    async ask(input, key) {
      const ofKey = member(input, 'KeyId') !== undefined
      return pageAsked(input, ofKey ? `keys/${await keyItself(input, key)}/aliases` : 'aliases', ALIASES)
    },
    answer: listed,
  },
}
