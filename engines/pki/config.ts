import { type EngineContext, type EngineRequest, type Reply, type Route, route } from '../engine.ts'
import { invalid } from '../errors.ts'
import { field } from '../field.ts'
import { clusterConfigCodec, NO_URLS, rows, type UrlsDocument, urlsCodec } from './documents.ts'
import { checkedUrls } from './issuing/urls.ts'

/** Where things are to be had: https://openbao.org/api-docs/secret/pki/#set-urls */

const urlFields = {
  issuing_certificates: field.list({ description: 'URLs of the issuer, in certificates' }),
  crl_distribution_points: field.list({
    description: 'URLs of the list of revoked certificates; {{crl_shard}} for its shard',
  }),
  delta_crl_distribution_points: field.list({ description: 'URLs of the delta list' }),
  ocsp_servers: field.list({ description: 'URLs of OCSP responders' }),
  enable_templating: field.bool({ description: 'The URLs hold {{issuer_id}}, {{cluster_path}} and the like' }),
}
const clusterFields = {
  path: field.text({ description: "The mount's URL on this cluster, as ACME needs it: https://…/v1/pki" }),
  aia_path: field.text({ description: 'Where the cluster is found from certificates, which may be another' }),
}

export const configRoutes: readonly Route[] = [
  route('config/urls', {
    summary: 'URLs that certificates hold',
    fields: urlFields,
    auditClear: Object.keys(urlFields),
    operations: { read: readUrls, update: writeUrls },
  }),
  route('config/cluster', {
    summary: "The cluster's own URLs",
    fields: clusterFields,
    auditClear: Object.keys(clusterFields),
    operations: { read: readCluster, update: writeCluster },
  }),
]

function shownUrls(urls: UrlsDocument): Reply {
  return {
    data: {
      issuing_certificates: urls.issuingCertificates,
      crl_distribution_points: urls.crlDistributionPoints,
      delta_crl_distribution_points: urls.deltaCrlDistributionPoints,
      ocsp_servers: urls.ocspServers,
      enable_templating: urls.templating,
    },
  }
}

async function readUrls(_request: EngineRequest, { store }: EngineContext): Promise<Reply> {
  return shownUrls((await store.get(rows.urls, urlsCodec)) ?? NO_URLS)
}

async function writeUrls({ fields }: EngineRequest<typeof urlFields>, { store }: EngineContext): Promise<Reply> {
  return store.transaction(async (tx) => {
    const before = (await tx.get(rows.urls, urlsCodec)) ?? NO_URLS
    const templating = fields.enable_templating ?? before.templating
    const urls: UrlsDocument = {
      issuingCertificates: checkedUrls(
        'issuing_certificates',
        fields.issuing_certificates ?? before.issuingCertificates,
        templating,
      ),
      crlDistributionPoints: checkedUrls(
        'crl_distribution_points',
        fields.crl_distribution_points ?? before.crlDistributionPoints,
        templating,
      ),
      deltaCrlDistributionPoints: checkedUrls(
        'delta_crl_distribution_points',
        fields.delta_crl_distribution_points ?? before.deltaCrlDistributionPoints,
        templating,
      ),
      ocspServers: checkedUrls('ocsp_servers', fields.ocsp_servers ?? before.ocspServers, templating),
      templating,
    }
    tx.put(rows.urls, urls, urlsCodec)
    return shownUrls(urls)
  })
}

const NO_CLUSTER = { path: '', aiaPath: '' }

async function readCluster(_request: EngineRequest, { store }: EngineContext): Promise<Reply> {
  const { path, aiaPath } = (await store.get(rows.clusterConfig, clusterConfigCodec)) ?? NO_CLUSTER
  return { data: { path, aia_path: aiaPath } }
}

async function writeCluster({ fields }: EngineRequest<typeof clusterFields>, { store }: EngineContext): Promise<Reply> {
  return store.transaction(async (tx) => {
    const before = (await tx.get(rows.clusterConfig, clusterConfigCodec)) ?? NO_CLUSTER
    const config = {
      path: url('path', fields.path ?? before.path),
      aiaPath: url('aia_path', fields.aia_path ?? before.aiaPath),
    }
    tx.put(rows.clusterConfig, config, clusterConfigCodec)
    return { data: { path: config.path, aia_path: config.aiaPath } }
  })
}

function url(name: string, text: string): string {
  if (text !== '' && (!URL.canParse(text) || !/^https?:/i.test(text)))
    throw invalid(`invalid, non-URL ${name} given to cluster: ${text}`)
  return text.replace(/\/$/, '')
}
