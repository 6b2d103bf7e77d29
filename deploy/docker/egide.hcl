# The configuration of each of the three servers of compose.yaml. docs/configuration.md has every key.

storage "postgresql" {
  # The network "database" connects containers of this machine, and leads nowhere else.
  connection_url = "postgres://egide@database:5432/egide?sslmode=disable"
  password_file  = "/run/secrets/database-password"
}

listener "tcp" {
  address       = ":8200"
  tls_cert_file = "/run/secrets/tls-certificate"
  tls_key_file  = "/run/secrets/tls-key"
}

listener "grpc" {
  address       = ":8201"
  tls_cert_file = "/run/secrets/tls-certificate"
  tls_key_file  = "/run/secrets/tls-key"
}

audit "file" "file" {
  options { file_path = "audit.log" }
}

# Devices are those of this file: whoever gets a root token cannot turn the log elsewhere.
unsafe_allow_api_audit_creation = false

audit_directory = "/var/lib/egide/audit"
log_format      = "json"
