// Dependencies point one way: rest, grpc → core → engines, auth, policy, audit → storage → crypto.
// Type imports count: a type is a dependency too.

/** Tests, and what only they use. */
const TESTS = '[.](test|contract)[.]ts$|(^|/)testing-[^/]+[.]ts$'

/** @type {(name: string, comment: string, from: object, to: object) => object} */
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })

module.exports = {
  forbidden: [
    forbid('no-circle', 'A circle has no bottom to test from.', {}, { circular: true }),
    forbid('resolvable', 'An import must lead somewhere.', {}, { couldNotResolve: true }),
    forbid(
      'crypto-is-the-bottom',
      'crypto/ imports nothing of ours.',
      { path: '^crypto/', pathNot: TESTS },
      {
        path: '^(server|engines|storage|cli|sdk|bench|test)/',
      },
    ),
    forbid(
      'storage-knows-crypto-only',
      'storage/ sits on crypto/ alone.',
      { path: '^storage/', pathNot: TESTS },
      {
        path: '^(server|engines|cli|sdk|bench|test)/',
      },
    ),
    forbid(
      'engine-imports-no-server',
      'An engine gets what it needs from its context.',
      { path: '^engines/', pathNot: TESTS },
      {
        path: '^(server|cli|sdk|bench|test)/',
      },
    ),
    forbid(
      'engine-imports-no-engine',
      'Engines are apart, so that each can be read, mounted and removed alone. cel and one-time-codes are no engines: several run on them.',
      {
        path: '^engines/([^/]+)/',
        pathNot: TESTS,
      },
      { path: '^engines/[^/]+/', pathNot: '^engines/($1|cel|one-time-codes)/' },
    ),
    forbid(
      'engine-imports-no-database',
      'An engine sees a store, never what is under it.',
      {
        path: '^engines/',
        pathNot: TESTS,
      },
      { path: '^storage/(sqlite|postgres|memory)/|node_modules/(better-sqlite3|kysely|pg)/' },
    ),
    forbid(
      'core-knows-no-wire',
      'Adapters call core, never the other way.',
      {
        path: '^server/(core|auth|policy|audit|seal)/',
        pathNot: TESTS,
      },
      { path: '^server/(rest|grpc|aws)/' },
    ),
    forbid(
      'wire-adapters-are-apart',
      "REST and gRPC meet only in core. AWS's protocol is spoken over REST's listeners, which know nothing of it.",
      {
        path: '^server/(rest|grpc)/',
        pathNot: TESTS,
      },
      { path: '^server/(rest|grpc|aws)/', pathNot: '^server/$1/' },
    ),
    forbid(
      'cli-speaks-the-wire',
      'The command knows only the wire protocol; what runs offline is named here.',
      {
        path: '^cli/',
        pathNot: TESTS,
      },
      { path: '^(engines|storage)/' },
    ),
    forbid(
      'sdk-speaks-the-wire',
      'Applications get the client without the server.',
      { path: '^sdk/', pathNot: TESTS },
      {
        path: '^(server|engines|storage|crypto|cli)/',
      },
    ),
    forbid(
      'no-dev-dependency-at-run-time',
      'What is shipped needs only what is shipped.',
      {
        path: '^(server|engines|crypto|storage|cli|sdk)/',
        pathNot: TESTS,
      },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    ),
  ],
  options: {
    // TypeScript 7 has no stable API yet; swc reads the same syntax, type imports included.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|[.]venv|[.]runtime)/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
}
