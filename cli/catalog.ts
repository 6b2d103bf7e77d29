import type { Group } from './command.ts'

/** Every command, by the words that call it. A command's file is loaded when it is called. */
export const catalog: Group = {
  summary: 'Egide keeps secrets, keys and certificates.',
  elsewhere: {
    agent: '"bao agent" works with this server as it is.',
    plugin: 'All engines are part of the server; "egide read sys/plugins/catalog" lists them.',
    proxy: '"bao proxy" works with this server as it is.',
    transit: 'A wrapped key is imported by "egide write transit/keys/NAME/import type=TYPE ciphertext=-".',
  },
  commands: {
    audit: {
      summary: 'Audit devices, and the verification of their logs',
      commands: {
        disable: { summary: 'Disable a device', load: async () => (await import('./commands/audit.ts')).disable },
        enable: { summary: 'Enable a device', load: async () => (await import('./commands/audit.ts')).enable },
        list: { summary: 'List devices', load: async () => (await import('./commands/audit.ts')).list },
        verify: {
          summary: 'Verify the hash chain of a log, offline',
          runArgs: async (argv) => (await import('../server/audit/verify/verify-cli.ts')).runAuditVerify(argv),
        },
      },
    },
    auth: {
      summary: 'Auth methods',
      commands: {
        disable: { summary: 'Disable a method', load: async () => (await import('./commands/auth.ts')).disable },
        enable: { summary: 'Enable a method', load: async () => (await import('./commands/auth.ts')).enable },
        help: { summary: 'How to log in with a method', load: async () => (await import('./commands/auth.ts')).help },
        list: { summary: 'List methods', load: async () => (await import('./commands/auth.ts')).list },
        tune: { summary: 'Tune a method', load: async () => (await import('./commands/auth.ts')).tune },
      },
    },
    completion: {
      summary: 'Print a completion script for bash, zsh or fish',
      load: async () => (await import('./commands/completion.ts')).completionOf(catalog),
    },
    delete: { summary: 'Delete what is at a path', load: async () => (await import('./commands/delete.ts')).remove },
    'kms-plugin': {
      summary: 'Seal the secrets of a Kubernetes cluster with a key of KMS',
      load: async () => (await import('./commands/kms-plugin.ts')).kmsPlugin,
    },
    kv: {
      summary: 'Key/value secrets, with versions or without',
      commands: {
        delete: {
          summary: 'Delete a secret or versions of it',
          load: async () => (await import('./commands/kv/delete.ts')).remove,
        },
        destroy: {
          summary: 'Destroy versions for good',
          load: async () => (await import('./commands/kv/versions.ts')).destroy,
        },
        'enable-versioning': {
          summary: 'Turn a store without versions into one with them',
          load: async () => (await import('./commands/kv/enable-versioning.ts')).enableVersioning,
        },
        get: { summary: 'Read a secret', load: async () => (await import('./commands/kv/get.ts')).get },
        list: { summary: 'List secrets', load: async () => (await import('./commands/kv/list.ts')).list },
        metadata: {
          summary: 'What is kept about a secret and its versions',
          commands: {
            delete: {
              summary: 'Delete a secret with all versions',
              load: async () => (await import('./commands/kv/metadata.ts')).remove,
            },
            get: { summary: 'Read metadata', load: async () => (await import('./commands/kv/metadata.ts')).get },
            patch: {
              summary: 'Change parts of metadata',
              load: async () => (await import('./commands/kv/metadata.ts')).patch,
            },
            put: { summary: 'Set metadata', load: async () => (await import('./commands/kv/metadata.ts')).put },
          },
        },
        patch: {
          summary: 'Change parts of a secret',
          load: async () => (await import('./commands/kv/patch.ts')).patch,
        },
        put: { summary: 'Write a secret', load: async () => (await import('./commands/kv/put.ts')).put },
        rollback: {
          summary: 'Make an old version current again',
          load: async () => (await import('./commands/kv/rollback.ts')).rollback,
        },
        scan: { summary: 'List secrets at any depth', load: async () => (await import('./commands/kv/list.ts')).scan },
        undelete: {
          summary: 'Bring deleted versions back',
          load: async () => (await import('./commands/kv/versions.ts')).undelete,
        },
      },
    },
    lease: {
      summary: 'Leases',
      commands: {
        lookup: { summary: 'Look a lease up', load: async () => (await import('./commands/lease.ts')).lookup },
        renew: { summary: 'Renew a lease', load: async () => (await import('./commands/lease.ts')).renew },
        revoke: {
          summary: 'Revoke a lease, or all below a prefix',
          load: async () => (await import('./commands/lease.ts')).revoke,
        },
      },
    },
    list: { summary: 'List what is below a path', load: async () => (await import('./commands/list.ts')).list },
    login: {
      summary: 'Authenticate, and keep the token',
      load: async () => (await import('./commands/login.ts')).login,
    },
    monitor: { summary: "Stream the server's log", load: async () => (await import('./commands/monitor.ts')).monitor },
    operator: {
      summary: 'For those who run the server',
      elsewhere: {
        members: 'Servers on one database are told by "egide read sys/ha-status".',
        raft: 'Servers share a database: "egide read sys/ha-status" tells which, "egide operator snapshot" saves and restores it.',
        'step-down': 'Every server on one database serves: there is no leader to step down.',
      },
      commands: {
        drill: {
          summary: 'Prove that shares or the service of the seal would open the vault',
          load: async () => (await import('./commands/operator/drill.ts')).drill,
        },
        'generate-root': {
          summary: 'Make a new root token with a quorum of shares',
          load: async () => (await import('./commands/operator/generate-root.ts')).generateRoot,
        },
        init: {
          summary: 'Initialise a new server',
          load: async () => (await import('./commands/operator/init.ts')).init,
        },
        'key-status': {
          summary: 'Show the encryption key in use',
          load: async () => (await import('./commands/operator/keyring.ts')).keyStatus,
        },
        rekey: {
          summary: 'Make new key shares',
          load: async () => (await import('./commands/operator/rekey.ts')).rekey,
        },
        rotate: {
          summary: 'Rotate the encryption key',
          load: async () => (await import('./commands/operator/keyring.ts')).rotate,
        },
        snapshot: {
          summary: 'Save, verify and restore the whole storage',
          commands: {
            inspect: {
              summary: 'Show what a snapshot says of itself',
              load: async () => (await import('./commands/operator/snapshot.ts')).inspect,
            },
            restore: {
              summary: 'Restore into the running vault, or into an empty storage',
              load: async () => (await import('./commands/operator/snapshot-restore.ts')).restore,
            },
            save: {
              summary: 'Save a snapshot of a running server',
              load: async () => (await import('./commands/operator/snapshot.ts')).save,
            },
            verify: {
              summary: 'Prove that a snapshot is whole, and that it would open',
              load: async () => (await import('./commands/operator/snapshot.ts')).verify,
            },
          },
        },
        seal: { summary: 'Seal the server', load: async () => (await import('./commands/operator/seal.ts')).seal },
        unseal: {
          summary: 'Give key shares to unseal the server',
          load: async () => (await import('./commands/operator/unseal.ts')).unseal,
        },
      },
    },
    namespace: {
      summary: 'Namespaces',
      commands: {
        create: { summary: 'Make a namespace', load: async () => (await import('./commands/namespace.ts')).create },
        delete: { summary: 'Delete a namespace', load: async () => (await import('./commands/namespace.ts')).remove },
        'delete-sealed': {
          summary: 'Delete a sealed namespace without its key shares',
          load: async () => (await import('./commands/namespace-seal.ts')).deleteSealed,
        },
        list: { summary: 'List namespaces', load: async () => (await import('./commands/namespace.ts')).list },
        lock: { summary: 'Lock a namespace', load: async () => (await import('./commands/namespace.ts')).lock },
        lookup: { summary: 'Show a namespace', load: async () => (await import('./commands/namespace.ts')).lookup },
        patch: {
          summary: 'Change the metadata of a namespace',
          load: async () => (await import('./commands/namespace.ts')).patch,
        },
        scan: {
          summary: 'List namespaces at any depth',
          load: async () => (await import('./commands/namespace.ts')).scan,
        },
        seal: { summary: 'Seal a namespace', load: async () => (await import('./commands/namespace-seal.ts')).seal },
        'seal-status': {
          summary: 'Show whether a namespace is sealed',
          load: async () => (await import('./commands/namespace-seal.ts')).sealStatus,
        },
        unlock: { summary: 'Unlock a namespace', load: async () => (await import('./commands/namespace.ts')).unlock },
        unseal: {
          summary: 'Give a key share towards unsealing a namespace',
          load: async () => (await import('./commands/namespace-seal.ts')).unseal,
        },
      },
    },
    patch: {
      summary: 'Change parts of what is at a path',
      load: async () => (await import('./commands/write.ts')).patch,
    },
    'path-help': { summary: 'What a path does', load: async () => (await import('./commands/path-help.ts')).pathHelp },
    pki: {
      summary: 'Certificate authorities',
      commands: {
        'health-check': {
          summary: 'Look whether a mount is as it should be',
          load: async () => (await import('./commands/pki/health-check.ts')).healthCheck,
        },
        issue: {
          summary: 'Make an intermediate CA at another mount',
          load: async () => (await import('./commands/pki/issue.ts')).issue,
        },
        'list-intermediates': {
          summary: 'Which issuers one issued',
          load: async () => (await import('./commands/pki/list-intermediates.ts')).listIntermediates,
        },
        reissue: {
          summary: 'Make an intermediate CA like another one',
          load: async () => (await import('./commands/pki/issue.ts')).reissue,
        },
        'verify-sign': {
          summary: 'Whether one certificate issued another',
          load: async () => (await import('./commands/pki/verify-sign.ts')).verifySign,
        },
      },
    },
    policy: {
      summary: 'Policies',
      commands: {
        delete: { summary: 'Delete a policy', load: async () => (await import('./commands/policy.ts')).remove },
        explain: {
          summary: 'Why a request is allowed or refused, and what would turn it',
          load: async () => (await import('./commands/policy-explain.ts')).explain,
        },
        fmt: { summary: 'Format a policy file', load: async () => (await import('./commands/policy-fmt.ts')).fmt },
        list: { summary: 'List policies', load: async () => (await import('./commands/policy.ts')).list },
        read: { summary: 'Read a policy', load: async () => (await import('./commands/policy.ts')).read },
        simulate: {
          summary: 'Replay an audit log against other policies',
          load: async () => (await import('./commands/policy-simulate.ts')).simulate,
        },
        test: {
          summary: 'Check what files of assertions say of policies',
          load: async () => (await import('./commands/policy-test.ts')).test,
        },
        who: {
          summary: 'Who may do what at a path, and through what',
          load: async () => (await import('./commands/policy-who.ts')).who,
        },
        write: { summary: 'Write a policy', load: async () => (await import('./commands/policy.ts')).write },
      },
    },
    print: {
      summary: 'Print what the command line works with',
      commands: {
        token: {
          summary: 'Print the token in use',
          load: async () => (await import('./commands/print-token.ts')).printToken,
        },
      },
    },
    read: { summary: 'Read what is at a path', load: async () => (await import('./commands/read.ts')).read },
    scan: {
      summary: 'List what is below a path, at any depth',
      load: async () => (await import('./commands/list.ts')).scan,
    },
    secrets: {
      summary: 'Secrets engines',
      commands: {
        disable: { summary: 'Disable an engine', load: async () => (await import('./commands/secrets.ts')).disable },
        enable: { summary: 'Enable an engine', load: async () => (await import('./commands/secrets.ts')).enable },
        list: { summary: 'List engines', load: async () => (await import('./commands/secrets.ts')).list },
        move: {
          summary: 'Move an engine to another path',
          load: async () => (await import('./commands/secrets-move.ts')).move,
        },
        tune: { summary: 'Tune an engine', load: async () => (await import('./commands/secrets.ts')).tune },
      },
    },
    server: { summary: 'Run a server', load: async () => (await import('./commands/server.ts')).server },
    start: {
      summary: 'Run a server on ./data, ready to use',
      load: async () => (await import('./commands/start.ts')).start,
    },
    status: {
      summary: 'Whether the server is initialised and unsealed',
      load: async () => (await import('./commands/status.ts')).status,
    },
    token: {
      summary: 'Tokens',
      commands: {
        capabilities: {
          summary: 'What a token may do at a path',
          load: async () => (await import('./commands/token/capabilities.ts')).capabilities,
        },
        create: { summary: 'Create a token', load: async () => (await import('./commands/token/create.ts')).create },
        lookup: { summary: 'Look a token up', load: async () => (await import('./commands/token/lookup.ts')).lookup },
        renew: { summary: 'Renew a token', load: async () => (await import('./commands/token/renew.ts')).renew },
        revoke: { summary: 'Revoke a token', load: async () => (await import('./commands/token/revoke.ts')).revoke },
      },
    },
    storage: {
      summary: 'The storage behind a server',
      commands: {
        check: {
          summary: 'Open every entry of a running server',
          load: async () => (await import('./commands/storage.ts')).check,
        },
        migrate: {
          summary: 'Move a vault to another storage',
          load: async () => (await import('./commands/storage.ts')).migrate,
        },
      },
    },
    unwrap: { summary: 'Take a wrapped answer out', load: async () => (await import('./commands/unwrap.ts')).unwrap },
    version: { summary: 'Print the version', load: async () => (await import('./commands/version.ts')).version },
    write: { summary: 'Write data to a path', load: async () => (await import('./commands/write.ts')).write },
  },
}
