// Generated from the route tables by `npm run sdk`. Do not edit.
import type { Caller } from '../caller.ts'
import { FlatKv } from '../flat-kv.ts'
import { Kv } from '../kv.ts'
import { AppRole } from './app-role.ts'
import { Audit } from './audit.ts'
import { Auth } from './auth.ts'
import { Cert } from './cert.ts'
import { Cubbyhole } from './cubbyhole.ts'
import { Identity } from './identity.ts'
import { Jwt } from './jwt.ts'
import { Kms } from './kms.ts'
import { Kubernetes } from './kubernetes.ts'
import { Lease } from './lease.ts'
import { Pki } from './pki.ts'
import { PlainKv } from './plain-kv.ts'
import { Policy } from './policy.ts'
import { Ssh } from './ssh.ts'
import { Sys } from './sys.ts'
import { Token } from './token.ts'
import { Totp } from './totp.ts'
import { Transit } from './transit.ts'
import { Userpass } from './userpass.ts'

/** Auth methods: where they are mounted, and what each of them does. */
class AuthMethods extends Auth {
  /** Tokens: making, looking up, renewing and revoking them. */
  readonly token: Token
  readonly #caller: Caller

  constructor(caller: Caller) {
    super(caller)
    this.#caller = caller
    this.token = new Token(caller)
  }

  /** Logins of machines with a role id and a secret id. */
  appRole(mount = 'auth/approle'): AppRole {
    return new AppRole(this.#caller, mount)
  }

  /** Logins of people with a name and a password. */
  userpass(mount = 'auth/userpass'): Userpass {
    return new Userpass(this.#caller, mount)
  }

  /** Logins with signed tokens and at OpenID providers. */
  jwt(mount = 'auth/jwt'): Jwt {
    return new Jwt(this.#caller, mount)
  }

  /** Logins with tokens of Kubernetes service accounts. */
  kubernetes(mount = 'auth/kubernetes'): Kubernetes {
    return new Kubernetes(this.#caller, mount)
  }

  /** Logins with TLS client certificates. */
  cert(mount = 'auth/cert'): Cert {
    return new Cert(this.#caller, mount)
  }
}

/** Every operation of the server, by service. */
export class Api {
  /** Auth methods: where they are mounted, and what each of them does. */
  readonly auth: AuthMethods
  /** Audit devices and what they hash. */
  readonly audit: Audit
  /** The server itself: seal, keys, mounts of engines, wrapping, what it is doing. */
  readonly sys: Sys
  /** Leases: what was given out for a time, and how it is renewed and revoked. */
  readonly lease: Lease
  /** Policies: what tokens may do, and why. */
  readonly policy: Policy
  /** Secrets of one token, which nobody else can read and which end with it. */
  readonly cubbyhole: Cubbyhole
  /** Who logs in, whatever way they come: entities, groups, and what they are given. */
  readonly identity: Identity
  readonly #caller: Caller

  constructor(caller: Caller) {
    this.#caller = caller
    this.auth = new AuthMethods(caller)
    this.audit = new Audit(caller)
    this.sys = new Sys(caller)
    this.lease = new Lease(caller)
    this.policy = new Policy(caller)
    this.cubbyhole = new Cubbyhole(caller)
    this.identity = new Identity(caller)
  }

  /** Secrets that are stored: with versions, in the flat form, and plain. */
  kv(mount = 'secret'): Kv {
    return new Kv(this.#caller, mount)
  }

  /** Secrets that are stored: with versions, in the flat form, and plain. */
  flatKv(mount = 'secrets'): FlatKv {
    return new FlatKv(this.#caller, mount)
  }

  /** Cryptography with named keys that never leave the server. */
  transit(mount = 'transit'): Transit {
    return new Transit(this.#caller, mount)
  }

  /** Keys with a managed life: states, aliases, policies, grants, rotation, deletion. */
  kms(mount = 'kms'): Kms {
    return new Kms(this.#caller, mount)
  }

  /** One-time codes by time: made, and checked. */
  totp(mount = 'totp'): Totp {
    return new Totp(this.#caller, mount)
  }

  /** Secrets that are stored: with versions, in the flat form, and plain. */
  plainKv(mount = 'kv'): PlainKv {
    return new PlainKv(this.#caller, mount)
  }

  /** Certificates: a certificate authority, its roles, and what it revoked. */
  pki(mount = 'pki'): Pki {
    return new Pki(this.#caller, mount)
  }

  /** Logins over SSH: signed keys of users and hosts, and one-time passwords. */
  ssh(mount = 'ssh'): Ssh {
    return new Ssh(this.#caller, mount)
  }
}
