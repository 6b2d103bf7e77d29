import { isJsonObject, type JsonObject } from '../../../sdk/json.ts'
import type { Logical } from '../../../sdk/logical.ts'
import type { Secret } from '../../../sdk/secret.ts'
import { type ExitCode, Failure, misuse, remote } from '../../failure.ts'
import type { Flags } from '../../flag.ts'
import { joinPath } from '../../path.ts'
import type { Session } from '../../session.ts'
import { warn } from '../../terminal.ts'
import { answerWith } from '../answer.ts'
import { readIssuer, textOf, textsOf } from './issuer.ts'

export const NEW_INTERMEDIATE = {
  type: { kind: 'text', help: 'Where the key is: internal (it is made), existing, or kms. Default internal.' },
  issuer_name: { kind: 'text', help: 'Name of the new issuer.' },
} as const satisfies Flags

export interface Wanted {
  /** Whole path of the issuer that signs. */
  readonly parent: string
  /** Mount that gets the new issuer. */
  readonly mount: string
  readonly type: string | undefined
  readonly name: string | undefined
  readonly data: JsonObject
}

/** Has a request made at one mount, signed at another, and the certificate taken in at the first; prints the new issuer. */
export async function makeIntermediate(session: Session, wanted: Wanted): Promise<ExitCode> {
  const { client } = session
  const { parent, mount, type = 'internal', name = '', data } = wanted
  if (!parent.includes('/issuer/')) throw misuse(`${parent} is no path of an issuer, such as pki/issuer/default`)
  await readIssuer(client, parent)
  const progress = new Progress(mount, parent)
  const made = await progress.step(
    'making a request',
    client.write(joinPath(mount, 'intermediate/generate', type), data),
  )
  const csr = textOf(made, 'csr')
  if (csr === '') throw new Failure(`${mount} gave no certificate request: is it a mount of type pki?`, 2)
  progress.requested(type === 'internal' ? textOf(made, 'key_id') : '')
  const signing = client.write(joinPath(parent, 'sign-intermediate'), { ...data, csr })
  const signed = await progress.step(`signing the request by ${parent}`, signing)
  progress.signed(textOf(signed, 'serial_number'))
  const chain = textsOf(signed.ca_chain)
  const id = await imported(client, mount, textOf(signed, 'certificate'), progress)
  if (name !== '' && name !== 'default') {
    await progress.step(`naming issuer ${id}`, client.patch(joinPath(mount, 'issuer', id), { issuer_name: name }))
  }
  await importParent(client, wanted, textOf(signed, 'issuing_ca'), progress)
  if (chain.length > 2) await imported(client, mount, chain.join('\n'), progress)
  const path = joinPath(mount, 'issuer', id)
  const issuer = await remote(`Error reading ${path}`, client.read(path))
  if (issuer === undefined) throw new Failure(`No value found at ${path}`, 2)
  return answerWith(session, issuer)
}

/** The first issuer of what was taken in. */
async function imported(client: Logical, mount: string, bundle: string, progress: Progress): Promise<string> {
  const write = client.write(joinPath(mount, 'issuers/import/cert'), { pem_bundle: bundle })
  const { mapping } = await progress.step('importing the certificate', write)
  const [id = ''] = isJsonObject(mapping) ? Object.keys(mapping) : []
  return id
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The parent is kept beside the new issuer, under the name that it has at home; that this name is taken does no harm. */
async function importParent(
  client: Logical,
  { parent, mount }: Wanted,
  pem: string,
  progress: Progress,
): Promise<void> {
  const id = await imported(client, mount, pem, progress)
  const name = parent.slice(parent.lastIndexOf('/') + 1)
  if (id === '' || name === 'default' || UUID.test(name)) return
  try {
    await remote(
      `${id}, the parent, could not be named ${name}`,
      client.patch(joinPath(mount, 'issuer', id), { issuer_name: name }),
    )
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    warn(`WARNING! ${error.message}`)
  }
}

/** What was done so far: whoever is stopped half-way is told how to go on, and how to undo it. */
class Progress {
  readonly #mount: string
  readonly #parent: string
  #keyId = ''
  #serial = ''
  #hasRequest = false

  constructor(mount: string, parent: string) {
    this.#mount = mount
    this.#parent = parent
  }

  requested(keyId: string): void {
    this.#hasRequest = true
    this.#keyId = keyId
  }

  signed(serial: string): void {
    this.#serial = serial
  }

  async step(doing: string, answer: Promise<Secret | undefined>): Promise<JsonObject> {
    try {
      return (await remote(`Error ${doing}`, answer))?.data ?? {}
    } catch (error) {
      if (!(error instanceof Failure) || !this.#hasRequest) throw error
      throw new Failure(`${error.message}\n\n${this.#left()}`, error.exitCode)
    }
  }

  #left(): string {
    const lines = [`This was done before: a certificate request was made at ${this.#mount}.`]
    if (this.#serial !== '') {
      const home = this.#parent.split('/issuer/')[0]
      lines.push(`It was signed: certificate ${this.#serial} of ${home}. To go on, read it and import it:`)
      lines.push(`  egide read -field=certificate ${home}/cert/${this.#serial} > certificate.pem`)
      lines.push(`  egide write ${this.#mount}/issuers/import/cert pem_bundle=@certificate.pem`)
      lines.push(`To undo it: egide write ${home}/revoke serial_number=${this.#serial}`)
    }
    if (this.#keyId !== '') lines.push(`To remove the new key: egide delete ${this.#mount}/key/${this.#keyId}`)
    return lines.join('\n')
  }
}
