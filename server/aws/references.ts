import { aliasArn, keyArn } from '../../engines/kms/arn.ts'
import type { AccessKey } from '../core/access-keys/access-key.ts'
import { AwsError } from './aws-error.ts'
import { neededText } from './members.ts'
import type { Data } from './operation.ts'

/**
 * How keys are named. AWS's clients name one by its id, its ARN, `alias/NAME` or the ARN of that; paths by its id or the
 * alias's name.
 */

const KEY_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const REFERENCE_MAX_CHARS = 2048

/** The path segment of the key that a member names. Throws NotFoundException, and what the engine says of an ARN or alias. */
export async function keySegment(input: Data, key: AccessKey, name = 'KeyId'): Promise<string> {
  const reference = neededText(input, name)
  if (KEY_ID.test(reference)) return reference
  if (reference.length > REFERENCE_MAX_CHARS || !/^(arn:|alias\/)/.test(reference))
    throw new AwsError('NotFoundException', 'Invalid keyId: it is no key id, ARN or alias/NAME')
  return key.segmentOf(reference)
}

/** As `keySegment`, for what takes no alias: it changes the key itself. */
export async function keyItself(input: Data, key: AccessKey, name = 'KeyId'): Promise<string> {
  const segment = await keySegment(input, key, name)
  if (KEY_ID.test(segment) && !neededText(input, name).includes('alias/')) return segment
  throw new AwsError('InvalidArnException', `${name} must be a key id or the ARN of a key: aliases are not taken here`)
}

export const arnOfKey = (key: AccessKey, keyId: unknown): string => keyArn(key.place, String(keyId))
export const arnOfAlias = (key: AccessKey, name: unknown): string => aliasArn(key.place, String(name))
