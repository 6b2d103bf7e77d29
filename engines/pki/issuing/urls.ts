import type { Reader } from '../../../storage/store.ts'
import { invalid } from '../../errors.ts'
import {
  type ClusterConfig,
  clusterConfigCodec,
  type IssuerDocument,
  NO_URLS,
  rows,
  type UrlsDocument,
  urlsCodec,
} from '../documents.ts'

/** Part of a distribution point's URL that stands for the shard of the list. */
export const SHARD = '{{crl_shard}}'
const TEMPLATES = ['{{issuer_id}}', '{{cluster_path}}', '{{cluster_aia_path}}', SHARD]

/** Throws `invalid_request` for what is no URL (http, https or ldap), or a template that there is none of. */
export function checkedUrls(field: string, urls: readonly string[], templating: boolean): readonly string[] {
  const kept = urls.filter((url) => url !== '')
  for (const url of kept) {
    let plain = url
    if (templating)
      for (const template of TEMPLATES)
        plain = plain.replaceAll(template, template.startsWith('{{cluster') ? 'http://a' : 'x')
    if (!URL.canParse(plain) || !/^[\x21-\x7a\x7c\x7e]+$/.test(plain) || !/^(?:https?|ldaps?):/i.test(plain)) {
      throw invalid(`invalid URL found in ${field} field: ${url}`)
    }
  }
  return kept
}

/** Those of the issuer, or of the mount where it has none, as they stand in a certificate of this shard. */
export async function urlsFor(reader: Reader, issuer: IssuerDocument, shard: number): Promise<UrlsDocument> {
  const own = await ownUrls(reader, issuer)
  if (!own.templating) return own
  const cluster = await reader.get(rows.clusterConfig, clusterConfigCodec)
  const fill = (url: string): string => {
    const missing = missingIn(url, cluster)
    if (missing !== undefined) throw invalid(`unable to template AIA URLs: config/cluster has no ${missing}`)
    return filled(url, issuer, cluster).replaceAll(SHARD, String(shard))
  }
  return {
    issuingCertificates: own.issuingCertificates.map(fill),
    crlDistributionPoints: own.crlDistributionPoints.map(fill),
    deltaCrlDistributionPoints: own.deltaCrlDistributionPoints.map(fill),
    ocspServers: own.ocspServers.map(fill),
    templating: true,
  }
}

/**
 * Where delta lists are, as it stands in a complete list. That one has to be there whatever the settings are: what it cannot
 * name is passed over, a shard and what `config/cluster` lacks.
 */
export async function deltaUrlsFor(reader: Reader, issuer: IssuerDocument): Promise<readonly string[]> {
  const { templating, deltaCrlDistributionPoints: urls } = await ownUrls(reader, issuer)
  return templating
    ? fillable(
        reader,
        issuer,
        urls.filter((url) => !url.includes(SHARD)),
      )
    : urls
}

/** Where a shard's list is, without what `config/cluster` lacks. */
export async function shardUrlsFor(reader: Reader, issuer: IssuerDocument, shard: number): Promise<readonly string[]> {
  const { templating, crlDistributionPoints: urls } = await ownUrls(reader, issuer)
  if (!templating) return urls
  return (await fillable(reader, issuer, urls)).map((url) => url.replaceAll(SHARD, String(shard)))
}

async function fillable(reader: Reader, issuer: IssuerDocument, urls: readonly string[]): Promise<readonly string[]> {
  const cluster = await reader.get(rows.clusterConfig, clusterConfigCodec)
  return urls.filter((url) => missingIn(url, cluster) === undefined).map((url) => filled(url, issuer, cluster))
}

async function ownUrls(reader: Reader, { urls }: IssuerDocument): Promise<UrlsDocument> {
  return hasUrls(urls) ? urls : ((await reader.get(rows.urls, urlsCodec)) ?? NO_URLS)
}

type Cluster = ClusterConfig | undefined

/** Field of `config/cluster` that a template of the URL needs and that is empty. */
function missingIn(url: string, cluster: Cluster): string | undefined {
  if (url.includes('{{cluster_path}}') && !cluster?.path) return 'path'
  if (url.includes('{{cluster_aia_path}}') && !cluster?.aiaPath) return 'aia_path'
  return undefined
}

/** All but the shard. */
function filled(url: string, issuer: IssuerDocument, cluster: Cluster): string {
  return url
    .replaceAll('{{issuer_id}}', issuer.id)
    .replaceAll('{{cluster_path}}', cluster?.path ?? '')
    .replaceAll('{{cluster_aia_path}}', cluster?.aiaPath ?? '')
}

export function hasUrls(urls: UrlsDocument): boolean {
  return (
    urls.issuingCertificates.length +
      urls.crlDistributionPoints.length +
      urls.deltaCrlDistributionPoints.length +
      urls.ocspServers.length >
    0
  )
}

/** Warns where the mount has no URLs that its certificates could name; `more` is said after it. */
export async function noUrlsWarnings(reader: Reader, more = ''): Promise<readonly string[]> {
  return hasUrls((await reader.get(rows.urls, urlsCodec)) ?? NO_URLS) ? [] : [NO_URLS_WARNING + more]
}

const NO_URLS_WARNING =
  "This mount hasn't configured any authority information access (AIA) fields; this may make it harder for systems to find missing certificates in the chain or to validate revocation status of certificates. Consider updating /config/urls or the newly generated issuer with this information."
