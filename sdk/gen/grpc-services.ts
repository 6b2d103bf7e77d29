// Generated from the route tables by `npm run sdk`. Do not edit.
import type { DescService } from '@bufbuild/protobuf'
import { Audit } from '../../proto/gen/egide/v1/audit_pb.ts'
import { Auth } from '../../proto/gen/egide/v1/auth_pb.ts'
import { Cert } from '../../proto/gen/egide/v1/cert_pb.ts'
import { Cubbyhole } from '../../proto/gen/egide/v1/cubbyhole_pb.ts'
import { Identity } from '../../proto/gen/egide/v1/identity_pb.ts'
import { Jwt } from '../../proto/gen/egide/v1/jwt_pb.ts'
import { Kv } from '../../proto/gen/egide/v1/kv_pb.ts'
import { Lease } from '../../proto/gen/egide/v1/lease_pb.ts'
import { Policy } from '../../proto/gen/egide/v1/policy_pb.ts'
import { Sys } from '../../proto/gen/egide/v1/sys_pb.ts'
import { Token } from '../../proto/gen/egide/v1/token_pb.ts'
import { Transit } from '../../proto/gen/egide/v1/transit_pb.ts'

export const SERVICES: readonly DescService[] = [Sys, Auth, Token, Jwt, Cert, Identity, Policy, Kv, Cubbyhole, Transit, Lease, Audit]
