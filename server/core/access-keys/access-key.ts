import type { EngineContext } from '../../../engines/engine.ts'
import type { EgideError } from '../../../engines/errors.ts'
import type { Request } from '../request.ts'

/** What a request that an access key signed is verified by, and made with. */
export interface AccessKey {
  readonly secret: Uint8Array
  /** Presented in the request's place: it decides what the key may do. */
  readonly token: string
  /** Where the mount that made it is. */
  readonly place: Pick<EngineContext, 'namespace' | 'mount'>
  /** Of the mount; what is signed for another is not meant for it. */
  readonly region: string
  /** The path segment of the key that an ARN or `alias/NAME` names: an id or an alias. Rejects with an EgideError. */
  segmentOf(reference: string): Promise<string>
}

/** The access keys of an open vault, as adapters see them. */
export interface AccessKeys {
  /**
   * Undefined for one that there isn't, that has ended, or whose token, mount or namespace has. As new as storage is.
   * Rejects with an EgideError while the vault is sealed or storage fails.
   */
  accessKey(accessKeyId: string): Promise<AccessKey | undefined>
  /** Records a request that is not let in, and rejects with why. */
  refuse(request: Request, refusal: EgideError): Promise<never>
}
