# /etc/egide/egide.hcl: one node on SQLite, for egide.service. docs/configuration.md has every key.

storage "sqlite" {
  path = "/var/lib/egide/egide.db"
}

listener "tcp" {
  address       = "0.0.0.0:8200"
  tls_cert_file = "/etc/egide/tls/full-chain.pem"
  tls_key_file  = "/etc/egide/tls/key.pem"
}

audit "file" "file" {
  options { file_path = "audit.log" }
}

# Devices are those of this file: whoever gets a root token cannot turn the log elsewhere.
unsafe_allow_api_audit_creation = false

api_addr   = "https://vault.example.com:8200"
log_format = "json"
