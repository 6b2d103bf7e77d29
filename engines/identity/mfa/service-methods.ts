import { invalid } from '../../errors.ts'
import { field, type Values } from '../../field.ts'
import { templateParts } from '../../identity-template.ts'
import type { MethodTerms } from './documents.ts'
import { methodRows } from './methods.ts'
import { DuoReply, OktaReply, PingIdReply } from './shown.ts'

/** MFA methods of services that ask people elsewhere: https://openbao.org/api-docs/secret/identity/mfa/ */

const TEXT_MAX_CHARS = 1_024
const SETTINGS_MAX_CHARS = 16_384
const HOSTNAME = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/

const username_format = field.text({
  default: '',
  description: 'Who is asked: a text with templates such as {{identity.entity.name}}; absent: the name of the entity.',
})

const duo = {
  api_hostname: field.text({ default: '', description: "Host name of Duo's API." }),
  integration_key: field.text({ default: '', description: 'Integration key of the application at Duo.' }),
  secret_key: field.text({ default: '', description: 'Secret key of the application at Duo.' }),
  push_info: field.text({ default: '', description: 'Names and values that a push shows, as in a query.' }),
  use_passcode: field.bool({ default: false, description: 'Whether people are asked for a passcode.' }),
  username_format,
}

export const duoMethods = methodRows({
  type: 'duo',
  title: 'Duo',
  fields: duo,
  returns: DuoReply,
  auditClear: ['api_hostname', 'push_info', 'pushinfo', 'use_passcode', 'username_format'],
  terms: (sent): MethodTerms => {
    const { secret_key: secretKey, integration_key: integrationKey, api_hostname: apiHostname } = sent
    if (secretKey === '') throw invalid('secret_key is empty')
    if (integrationKey === '') throw invalid('integration_key is empty')
    if (apiHostname === '') throw invalid('api_hostname is empty')
    if (!HOSTNAME.test(apiHostname)) throw invalid('api_hostname must be a host name')
    bounded({ secret_key: secretKey, integration_key: integrationKey, push_info: sent.push_info })
    const terms = {
      apiHostname: apiHostname.toLowerCase(),
      integrationKey,
      secretKey: Buffer.from(secretKey),
      pushInfo: sent.push_info,
      usesPasscode: sent.use_passcode,
      usernameFormat: checkedFormat(sent.username_format),
    }
    return { type: 'duo', terms }
  },
})

const okta = {
  org_name: field.text({ default: '', description: 'Name of the organisation at Okta.' }),
  api_token: field.text({ default: '', description: "Token for Okta's API." }),
  base_url: field.text({ default: '', description: 'Domain of the organisation; okta.com unless said.' }),
  production: field.bool({ deprecated: true, description: 'False stands for the base_url oktapreview.com.' }),
  primary_email: field.bool({ default: false, description: 'Whether names are e-mail addresses, and not logins.' }),
  username_format,
}

export const oktaMethods = methodRows({
  type: 'okta',
  title: 'Okta',
  fields: okta,
  returns: OktaReply,
  auditClear: ['org_name', 'base_url', 'production', 'primary_email', 'username_format'],
  terms: (sent): MethodTerms => {
    const { org_name: orgName, api_token: apiToken } = sent
    if (orgName === '') throw invalid('org_name must be set')
    if (!LABEL.test(orgName)) throw invalid('org_name must be a part of a host name')
    if (apiToken === '') throw invalid('api_token must be set')
    const baseUrl = sent.base_url || (sent.production === false ? 'oktapreview.com' : 'okta.com')
    if (!HOSTNAME.test(baseUrl)) throw invalid('base_url must be a host name')
    bounded({ api_token: apiToken })
    const terms = {
      orgName,
      apiToken: Buffer.from(apiToken),
      baseUrl,
      primaryEmail: sent.primary_email,
      usernameFormat: checkedFormat(sent.username_format),
    }
    return { type: 'okta', terms }
  },
})

const pingid = {
  settings_file_base64: field.text({ default: '', description: 'The settings file that PingID gives out, in base64.' }),
  username_format,
}

export const pingIdMethods = methodRows({
  type: 'pingid',
  title: 'PingID',
  fields: pingid,
  returns: PingIdReply,
  auditClear: ['idp_url', 'org_alias', 'admin_url', 'authenticator_url', 'use_signature', 'username_format'],
  terms: (sent: Values<typeof pingid>): MethodTerms => {
    const settings = readSettings(sent.settings_file_base64)
    const [key, token, idpUrl, orgAlias] = ['use_base64_key', 'token', 'idp_url', 'org_alias'].map((name) => {
      const value = settings.get(name) ?? ''
      if (value === '') throw invalid(`the pingid settings file lacks ${name}`)
      return value
    }) as [string, string, string, string]
    if (!BASE64.test(key)) throw invalid('use_base64_key in the pingid settings file is not base64')
    const terms = {
      key: Buffer.from(key, 'base64'),
      token: Buffer.from(token),
      usesSignature: settings.get('use_signature') === 'true',
      idpUrl: checkedUrl(idpUrl),
      orgAlias,
      adminUrl: settings.get('admin_url') ?? '',
      authenticatorUrl: settings.get('authenticator_url') ?? '',
      usernameFormat: checkedFormat(sent.username_format),
    }
    return { type: 'pingid', terms }
  },
})

const SETTINGS = new Set([
  'use_base64_key',
  'use_signature',
  'token',
  'idp_url',
  'org_alias',
  'admin_url',
  'authenticator_url',
])

/** Throws `invalid_request`, without what stands in the file. */
function readSettings(base64: string): ReadonlyMap<string, string> {
  if (base64 === '') throw invalid('settings_file_base64 is empty')
  const packed = base64.replaceAll(/\s/g, '')
  if (base64.length > SETTINGS_MAX_CHARS || !BASE64.test(packed))
    throw invalid(`settings_file_base64 must be base64 of at most ${SETTINGS_MAX_CHARS} characters`)
  const settings = new Map<string, string>()
  const lines = Buffer.from(packed, 'base64').toString().split(/\r?\n/)
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const at = line.indexOf('=')
    const name = line.slice(0, Math.max(at, 0))
    if (!SETTINGS.has(name)) throw invalid(`line ${index + 1} of the pingid settings file is none of its settings`)
    settings.set(name, line.slice(at + 1))
  }
  return settings
}

/** What is signed with our key and names people goes over TLS only. */
function checkedUrl(text: string): string {
  const url = URL.parse(text)
  if (url?.protocol !== 'https:' || url.username !== '' || url.search !== '' || url.hash !== '')
    throw invalid('idp_url in the pingid settings file must be an https URL')
  return text.replace(/\/+$/, '')
}

function checkedFormat(format: string): string {
  bounded({ username_format: format })
  if (templateParts(format) === undefined) throw invalid('username_format has braces that do not pair')
  return format
}

function bounded(texts: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(texts)) {
    if (text.length > TEXT_MAX_CHARS || !text.isWellFormed() || /\p{Cc}/u.test(text))
      throw invalid(`${name} must be text of at most ${TEXT_MAX_CHARS} characters`)
  }
}
