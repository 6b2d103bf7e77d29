import { afterAll, describe, expect, test } from 'vitest'
import { loadConfig } from './load.ts'
import { configOf, load, PLAIN, refusalOf, removeFolder, tcpOf, warningsOf } from './testing-config.ts'

afterAll(removeFolder)

test('nothing said is the defaults', () => {
  expect(loadConfig([], {})).toEqual({
    warnings: [],
    config: {
      listeners: [],
      grpcListeners: [],
      storage: undefined,
      seal: { active: { type: 'shamir' }, former: undefined },
      auditDevices: [],
      auditDirectory: undefined,
      apiAddress: undefined,
      clusterAddress: undefined,
      clusterName: undefined,
      logLevel: 'info',
      logFormat: 'standard',
      defaultLeaseTtlSeconds: 2_764_800,
      maxLeaseTtlSeconds: 2_764_800,
      ui: true,
      pidFile: undefined,
      allowApiAuditCreation: true,
      maxRequestsInFlight: undefined,
      workers: 1,
      telemetry: { otlpEndpoint: undefined },
    },
  })
})

const EVERYTHING_HCL = `
  storage "sqlite" { path = "data/egide.db" }
  listener "tcp" {
    address = "[::1]:8200"
    tls_cert_file = "a.crt"
    tls_key_file = "a.key"
    tls_min_version = "tls12"
    tls_client_ca_file = "ca.crt"
    tls_require_and_verify_client_cert = "true"
    x_forwarded_for_authorized_addrs = ["10.0.0.0/8", "fd00::1, 192.0.2.1"]
    x_forwarded_for_hop_skips = "1"
    x_forwarded_for_reject_not_present = false
    max_request_size = 1024
    lenient_paths = true
    max_request_duration = "10s"
    max_request_json_depth = 9
    max_request_json_string_length = 10
    max_request_json_keys = 11
    max_request_json_values = 12
    http_read_timeout = 5
    http_read_header_timeout = "2s"
    http_idle_timeout = "1m"
    max_connections = 7
    custom_response_headers {
      "default" = { "X-A" = ["one", "two"] }
      "4XX" = { "X-B" = "three" }
    }
  }
  listener "unix" { address = "run/egide.sock" socket_mode = "0660" socket_user = "1000" socket_group = "staff" }
  seal "shamir" {}
  audit "file" "deep/file" { description = "all" options { file_path = "audit.log", log_raw = true } }
  telemetry { otlp_endpoint = "http://localhost:4318/" }
  api_addr = "https://vault.example.com:8200/"
  cluster_addr = "https://10.0.0.1:8201"
  cluster_name = "one"
  audit_directory = "/var/log/egide"
  log_level = "WARN"
  log_format = "json"
  default_lease_ttl = "1h"
  max_lease_ttl = "7d"
  ui = false
  pid_file = "egide.pid"
  unsafe_allow_api_audit_creation = false
  max_requests_in_flight = 8
  workers = 1
`

const EVERYTHING_JSON = JSON.stringify({
  backend: { sqlite: { path: 'data/egide.db' } },
  listener: [
    {
      tcp: {
        address: '[::1]:8200',
        tls_cert_file: 'a.crt',
        tls_key_file: 'a.key',
        tls_min_version: 'tls12',
        tls_client_ca_file: 'ca.crt',
        tls_require_and_verify_client_cert: true,
        x_forwarded_for_authorized_addrs: '10.0.0.0/8,fd00::1,192.0.2.1',
        x_forwarded_for_hop_skips: 1,
        x_forwarded_for_reject_not_present: 0,
        max_request_size: '1024',
        lenient_paths: 'true',
        max_request_duration: 10,
        max_request_json_depth: 9,
        max_request_json_string_length: 10,
        max_request_json_keys: 11,
        max_request_json_values: 12,
        http_read_timeout: '5s',
        http_read_header_timeout: '2s',
        http_idle_timeout: '60',
        max_connections: 7,
        custom_response_headers: [{ default: { 'X-A': ['one', 'two'] }, '4xx': { 'X-B': ['three'] } }],
      },
    },
    { unix: [{ address: 'run/egide.sock', socket_mode: '660', socket_user: 1000, socket_group: 'staff' }] },
  ],
  seal: [{ shamir: {} }],
  audit: [{ file: { 'deep/file': { description: 'all', options: { file_path: 'audit.log', log_raw: 'true' } } } }],
  telemetry: [{ otlp_endpoint: 'http://localhost:4318' }],
  api_addr: 'https://vault.example.com:8200',
  cluster_addr: 'https://10.0.0.1:8201',
  cluster_name: 'one',
  audit_directory: '/var/log/egide',
  log_level: 'warning',
  log_format: 'json',
  default_lease_ttl: 3600,
  max_lease_ttl: '168h',
  ui: 'false',
  pid_file: 'egide.pid',
  unsafe_allow_api_audit_creation: false,
  max_requests_in_flight: 8,
  workers: 1,
  cluster_id: null,
})

test('who says only the longest lease has it as the default one too, where it is the shorter', () => {
  const leases = (text: string) => {
    const { defaultLeaseTtlSeconds, maxLeaseTtlSeconds } = configOf(text)
    return [defaultLeaseTtlSeconds, maxLeaseTtlSeconds]
  }
  expect(leases('max_lease_ttl = "1h"')).toEqual([3600, 3600])
  expect(leases('max_lease_ttl = "2000h"')).toEqual([768 * 3600, 2000 * 3600])
})

describe.each([
  ['HCL', EVERYTHING_HCL],
  ['JSON', EVERYTHING_JSON],
])('everything, in %s', (form, text) => {
  const { config, warnings } = load(text)

  test('is read', () => {
    expect(config).toEqual({
      storage: { type: 'sqlite', path: 'data/egide.db' },
      seal: { active: { type: 'shamir' }, former: undefined },
      listeners: [
        {
          type: 'tcp',
          host: '::1',
          port: 8200,
          tls: {
            certFile: 'a.crt',
            keyFile: 'a.key',
            minVersion: 'TLSv1.2',
            maxVersion: 'TLSv1.3',
            clientCaFile: 'ca.crt',
            clientCertificates: 'require',
          },
          forwarded: {
            authorizedAddresses: ['10.0.0.0/8', 'fd00::1', '192.0.2.1'],
            hopSkips: 1,
            rejectNotPresent: false,
            rejectNotAuthorized: true,
          },
          limits: {
            maxRequestBytes: 1024,
            maxRequestDurationMs: 10_000,
            maxJsonDepth: 9,
            maxJsonStringBytes: 10,
            maxJsonKeys: 11,
            maxJsonValues: 12,
            requestTimeoutMs: 5000,
            headersTimeoutMs: 2000,
            keepAliveTimeoutMs: 60_000,
            maxConnections: 7,
          },
          responseHeaders: { default: { 'X-A': 'one; two' }, '4xx': { 'X-B': 'three' } },
          lenientPaths: true,
        },
        {
          type: 'unix',
          socketPath: 'run/egide.sock',
          mode: 0o660,
          user: '1000',
          group: 'staff',
          limits: expect.objectContaining({ maxRequestBytes: undefined }),
          responseHeaders: {},
          lenientPaths: false,
        },
      ],
      auditDevices: [
        {
          type: 'file',
          path: 'deep/file/',
          description: 'all',
          local: false,
          options: { file_path: 'audit.log', log_raw: 'true' },
        },
      ],
      telemetry: { otlpEndpoint: 'http://localhost:4318' },
      apiAddress: 'https://vault.example.com:8200',
      clusterAddress: 'https://10.0.0.1:8201',
      clusterName: 'one',
      auditDirectory: '/var/log/egide',
      logLevel: 'warn',
      logFormat: 'json',
      defaultLeaseTtlSeconds: 3600,
      maxLeaseTtlSeconds: 604_800,
      grpcListeners: [],
      ui: false,
      pidFile: 'egide.pid',
      allowApiAuditCreation: false,
      maxRequestsInFlight: 8,
      workers: 1,
    })
  })

  test('brings no warning but for what is unknown', () => {
    const unknown = 'unknown key cluster_id in the config: it has no effect'
    expect(warnings.map(({ message }) => message)).toEqual(form === 'JSON' ? [unknown] : [])
  })
})

test('gRPC has listeners of its own, and never one in clear that nobody asked for', () => {
  const { listeners, grpcListeners } = configOf(`listener "grpc" { ${PLAIN} }\nlistener "tcp" { ${PLAIN} }`)
  expect(grpcListeners).toEqual([{ type: 'grpc', host: '127.0.0.1', port: 8201, tls: undefined }])
  expect(listeners).toHaveLength(1)
  expect(() => configOf('listener "grpc" {}')).toThrow(
    'listener "grpc" needs tls_cert_file and tls_key_file, or tls_disable = true',
  )
  const twice = `listener "grpc" {\naddress = ":1"\n${PLAIN}\n}\nlistener "tcp" {\naddress = ":1"\n${PLAIN}\n}`
  expect(() => configOf(twice)).toThrow('two listeners at :1')
})

describe('PostgreSQL', () => {
  const everything = `storage "postgresql" {
  connection_url = "postgres://egide@db/egide"
  password_file = "/run/secrets/pg"
  table = "vault2"
  max_parallel = "16"
  max_idle_connections = 2
  max_connect_retries = 9
  node_id = "one"
  ha_enabled = "true"
}`
  test('is read by Vault’s names', () => {
    const { config, warnings } = load(everything)
    expect(config.storage).toEqual({
      type: 'postgresql',
      connectionUrl: 'postgres://egide@db/egide',
      passwordFile: '/run/secrets/pg',
      table: 'vault2',
      maxParallel: 16,
      maxIdleConnections: 2,
      maxConnectRetries: 9,
      nodeId: 'one',
    })
    expect(warnings.map(({ message }) => message)).toEqual([
      'ha_enabled in storage "postgresql" has no effect: nodes on one database are all active, always',
    ])
  })

  for (const name of ['EGIDE_PG_CONNECTION_URL', 'BAO_PG_CONNECTION_URL', 'VAULT_PG_CONNECTION_URL']) {
    test(`gets its connection from ${name}, whatever the file says`, () => {
      for (const text of [everything, 'storage "postgresql" {}']) {
        expect(load(text, { [name]: 'postgres://other' }).config.storage).toMatchObject({
          connectionUrl: 'postgres://other',
        })
      }
      expect(load('storage "inmem" {}', { [name]: 'postgres://other' }).config.storage).toEqual({ type: 'inmem' })
    })
  }
})

describe('addresses', () => {
  const good: Record<string, [host: string, port: number]> = {
    '127.0.0.1:8200': ['127.0.0.1', 8200],
    '0.0.0.0:0': ['0.0.0.0', 0],
    ':8200': ['', 8200],
    '[::]:8200': ['::', 8200],
    'vault.example.com:443': ['vault.example.com', 443],
  }
  for (const [address, [host, port]] of Object.entries(good))
    test(address, () => expect(tcpOf(`${PLAIN}\naddress = "${address}"`)).toMatchObject({ host, port }))

  for (const address of [
    '127.0.0.1',
    '::1:8200',
    '1.2.3:80',
    '1.2.3.4:65536',
    '1.2.3.4:-1',
    '[1.2.3.4]:80',
    'a b:80',
    '[]:80',
    'http://a:80',
    '',
  ])
    test(`"${address}" is refused`, () =>
      expect(refusalOf(`listener "tcp" {\n${PLAIN}\naddress = "${address}"\n}`)).toMatch(/^x\.hcl:3: address must be/))

  test('the default is Vault’s', () =>
    expect(tcpOf(PLAIN)).toMatchObject({ host: '127.0.0.1', port: 8200, tls: undefined }))
})

describe('TLS', () => {
  const FILES = 'tls_cert_file = "c"\ntls_key_file = "k"'
  test('1.3 is the default, and client certificates are asked for as Vault does', () =>
    expect(tcpOf(FILES).tls).toEqual({
      certFile: 'c',
      keyFile: 'k',
      minVersion: 'TLSv1.3',
      maxVersion: 'TLSv1.3',
      clientCaFile: undefined,
      clientCertificates: 'request',
    }))
  test('a maximum of 1.2 lowers the minimum', () =>
    expect(tcpOf(`${FILES}\ntls_max_version = "tls12"`).tls).toMatchObject({
      minVersion: 'TLSv1.2',
      maxVersion: 'TLSv1.2',
    }))
  test('client certificates can be left alone', () =>
    expect(tcpOf(`${FILES}\ntls_disable_client_certs = true`).tls).toMatchObject({ clientCertificates: 'none' }))
})

describe('timeouts and sizes', () => {
  test('nought is the default, and no idle timeout is the read timeout', () =>
    expect(
      tcpOf(`${PLAIN}\nhttp_idle_timeout = 0\nhttp_read_timeout = "7s"\nmax_request_size = 0`).limits,
    ).toMatchObject({
      keepAliveTimeoutMs: 7000,
      requestTimeoutMs: 7000,
      maxRequestBytes: undefined,
    }))
  test('no limit is not to be had', () => {
    expect(warningsOf(`listener "tcp" {\n${PLAIN}\nmax_request_size = -1\n}`)).toEqual([
      '3: max_request_size: a request without a bound is not offered, the default holds',
    ])
  })
})

test('what is wrong with the words of a command that brings its own configuration names no line', () => {
  const text = JSON.stringify({
    storage: { inmem: {} },
    listener: [{ tcp: { address: 'nonsense', tls_disable: true } }],
  })
  expect(() => loadConfig([], {}, {}, { name: '-dev', text })).toThrow(/^-dev: address must be an address and a port/)
})
