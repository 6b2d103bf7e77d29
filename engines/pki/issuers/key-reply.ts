import { PRIVATE_KEY_TYPES, privateKeyText } from '../issuing/formats.ts'
import { givenKey } from '../x509/given-key.ts'
import type { ChosenKey } from './new-key.ts'

/** How the caller wants the key, where it is given one. */
interface KeyFormat {
  readonly format: string
  readonly private_key_format: string
}

/** What a reply says of the key of a certificate or request, and the key itself where it is exported. */
export function keyReply({ document, key, isExported }: ChosenKey, format: KeyFormat) {
  return {
    key_id: document.id,
    key_name: document.name,
    ...(isExported && {
      private_key: privateKeyText(givenKey(key), format),
      private_key_type: PRIVATE_KEY_TYPES[document.kind],
    }),
  }
}

/** A certificate or request as text, behind its key where that is exported and a bundle (`pem_bundle`) is asked for. */
export function bundled(text: string, { key, isExported }: ChosenKey, format: KeyFormat): string {
  return format.format === 'pem_bundle' && isExported ? `${privateKeyText(givenKey(key), format)}\n${text}` : text
}
