import { type DescFile, type DescService, toBinary } from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt'
import { AppRole } from '../../proto/gen/egide/v1/approle_pb.ts'
import { Audit } from '../../proto/gen/egide/v1/audit_pb.ts'
import { Auth } from '../../proto/gen/egide/v1/auth_pb.ts'
import { Cert } from '../../proto/gen/egide/v1/cert_pb.ts'
import { Cubbyhole } from '../../proto/gen/egide/v1/cubbyhole_pb.ts'
import { Identity } from '../../proto/gen/egide/v1/identity_pb.ts'
import { Jwt } from '../../proto/gen/egide/v1/jwt_pb.ts'
import { Kms } from '../../proto/gen/egide/v1/kms_pb.ts'
import { Kubernetes } from '../../proto/gen/egide/v1/kubernetes_pb.ts'
import { Kv } from '../../proto/gen/egide/v1/kv_pb.ts'
import { Lease } from '../../proto/gen/egide/v1/lease_pb.ts'
import { Pki } from '../../proto/gen/egide/v1/pki_pb.ts'
import { Policy } from '../../proto/gen/egide/v1/policy_pb.ts'
import { Ssh } from '../../proto/gen/egide/v1/ssh_pb.ts'
import { Sys } from '../../proto/gen/egide/v1/sys_pb.ts'
import { Token } from '../../proto/gen/egide/v1/token_pb.ts'
import { Totp } from '../../proto/gen/egide/v1/totp_pb.ts'
import { Transit } from '../../proto/gen/egide/v1/transit_pb.ts'
import { Userpass } from '../../proto/gen/egide/v1/userpass_pb.ts'
import { file_google_rpc_error_details } from '../../proto/gen/google/rpc/error_details_pb.ts'
import { file_google_rpc_status } from '../../proto/gen/google/rpc/status_pb.ts'

/** All services that have a .proto file. */
export const SERVICES: readonly DescService[] = [
  Sys,
  Auth,
  Token,
  Cert,
  AppRole,
  Userpass,
  Jwt,
  Kubernetes,
  Identity,
  Policy,
  Kv,
  Cubbyhole,
  Transit,
  Kms,
  Pki,
  Ssh,
  Totp,
  Lease,
  Audit,
]

/** The descriptors of the services and of all that they import, for reflection; imports first. */
export function fileDescriptors(): readonly Buffer[] {
  const files = new Map<string, DescFile>()
  const visit = (file: DescFile): void => {
    if (files.has(file.name)) return
    for (const dependency of file.dependencies) visit(dependency)
    files.set(file.name, file)
  }
  for (const { file } of SERVICES) visit(file)
  for (const file of [file_google_rpc_error_details, file_google_rpc_status]) visit(file)
  return Array.from(files.values(), ({ proto }) => Buffer.from(toBinary(FileDescriptorProtoSchema, proto)))
}
