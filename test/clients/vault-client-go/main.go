// Drives a vault server with HashiCorp's client that is generated from Vault's OpenAPI document, as an application would.
// Prints one line for each step that held.
package main

import (
	"context"
	"fmt"
	"os"
	"reflect"
	"time"

	vault "github.com/hashicorp/vault-client-go"
	"github.com/hashicorp/vault-client-go/schema"
)

var ctx = context.Background()

func main() {
	client := must(vault.New(vault.WithAddress(os.Getenv("VAULT_ADDR")), vault.WithRequestTimeout(20*time.Second)))
	check(client.SetToken(os.Getenv("VAULT_TOKEN")))
	for _, step := range []struct {
		name string
		run  func(*vault.Client)
	}{
		{"secrets", secrets},
		{"logins", logins},
		{"tokens", tokens},
		{"transit", transit},
		{"certificates", certificates},
		{"mounts", mounts},
	} {
		step.run(client)
		fmt.Println(step.name)
	}
}

func secrets(client *vault.Client) {
	must(client.System.MountsEnableSecretsEngine(ctx, "team/kv", schema.MountsEnableSecretsEngineRequest{
		Type:    "kv",
		Options: map[string]any{"version": "2"},
	}))
	at := vault.WithMountPath("team/kv")
	written := must(client.Secrets.KvV2Write(ctx, "app/db", schema.KvV2WriteRequest{Data: map[string]any{"user": "a", "n": 7}}, at))
	equal(written.Data.Version, int64(1))
	read := must(client.Secrets.KvV2Read(ctx, "app/db", at))
	equal(fmt.Sprint(read.Data.Data), "map[n:7 user:a]")
	equal(must(client.Secrets.KvV2List(ctx, "", at)).Data.Keys, []string{"app/"})
	equal(must(client.Secrets.KvV2List(ctx, "app", at)).Data.Keys, []string{"db"})
	settings := must(client.Secrets.KvV2ReadMetadata(ctx, "app/db", at))
	equal(settings.Data.CurrentVersion, int64(1))
	must(client.Secrets.KvV2DeleteVersions(ctx, "app/db", schema.KvV2DeleteVersionsRequest{Versions: []int32{1}}, at))
	_, err := client.Secrets.KvV2Read(ctx, "app/db", at)
	equal(vault.IsErrorStatus(err, 404), true)
}

func logins(client *vault.Client) {
	policy := `path "team/kv/*" { capabilities = ["read"] }`
	must(client.System.PoliciesWriteAclPolicy(ctx, "app", schema.PoliciesWriteAclPolicyRequest{Policy: policy}))
	equal(must(client.System.PoliciesReadAclPolicy(ctx, "app")).Data.Policy, policy)
	must(client.System.AuthEnableMethod(ctx, "approle", schema.AuthEnableMethodRequest{Type: "approle"}))
	must(client.Auth.AppRoleWriteRole(ctx, "app", schema.AppRoleWriteRoleRequest{TokenPolicies: []string{"app"}, TokenTtl: "5m"}))
	role := must(client.Auth.AppRoleReadRoleId(ctx, "app"))
	wrapped := must(client.Auth.AppRoleWriteSecretId(ctx, "app", schema.AppRoleWriteSecretIdRequest{}, vault.WithResponseWrapping(time.Minute)))
	secret := must(vault.Unwrap[map[string]any](ctx, client, wrapped.WrapInfo.Token))
	secretId, _ := secret.Data["secret_id"].(string)
	login := must(client.Auth.AppRoleLogin(ctx, schema.AppRoleLoginRequest{RoleId: role.Data.RoleId, SecretId: secretId}))
	equal(login.Auth.Policies, []string{"app", "default"})
	equal(login.Auth.LeaseDuration, 300)
	_, err := client.Auth.AppRoleLogin(ctx, schema.AppRoleLoginRequest{RoleId: role.Data.RoleId, SecretId: "none"})
	equal(vault.IsErrorStatus(err, 400), true)
	_, err = client.System.MountsListSecretsEngines(ctx, vault.WithToken(login.Auth.ClientToken))
	equal(vault.IsErrorStatus(err, 403), true)
}

func tokens(client *vault.Client) {
	made := must(client.Auth.TokenCreate(ctx, schema.TokenCreateRequest{Policies: []string{"app"}, Ttl: "1h"}))
	token := made.Auth.ClientToken
	shown := must(client.Auth.TokenLookUp(ctx, schema.TokenLookUpRequest{Token: token}))
	equal(shown.Data["path"], any("auth/token/create"))
	renewed := must(client.Auth.TokenRenew(ctx, schema.TokenRenewRequest{Token: token, Increment: "2h"}))
	equal(renewed.Auth.LeaseDuration, 7200)
	must(client.Auth.TokenRevoke(ctx, schema.TokenRevokeRequest{Token: token}))
	_, err := client.Auth.TokenLookUp(ctx, schema.TokenLookUpRequest{Token: token})
	equal(vault.IsErrorStatus(err, 403), true)
}

func transit(client *vault.Client) {
	must(client.System.MountsEnableSecretsEngine(ctx, "keys", schema.MountsEnableSecretsEngineRequest{Type: "transit"}))
	at := vault.WithMountPath("keys")
	must(client.Secrets.TransitCreateKey(ctx, "orders", schema.TransitCreateKeyRequest{Type: "aes256-gcm96"}, at))
	sealed := must(client.Secrets.TransitEncrypt(ctx, "orders", schema.TransitEncryptRequest{Plaintext: "aGVsbG8="}, at))
	ciphertext, _ := sealed.Data["ciphertext"].(string)
	opened := must(client.Secrets.TransitDecrypt(ctx, "orders", schema.TransitDecryptRequest{Ciphertext: ciphertext}, at))
	equal(opened.Data["plaintext"], any("aGVsbG8="))
}

func certificates(client *vault.Client) {
	must(client.System.MountsEnableSecretsEngine(ctx, "pki", schema.MountsEnableSecretsEngineRequest{Type: "pki"}))
	root := schema.PkiGenerateRootRequest{CommonName: "root.example.com", KeyType: "ec", Ttl: "100h"}
	equal(must(client.Secrets.PkiGenerateRoot(ctx, "internal", root)).Data.Certificate != "", true)
	role := schema.PkiWriteRoleRequest{AllowedDomains: []string{"example.com"}, AllowSubdomains: true, KeyType: "ec", Ttl: "1h"}
	must(client.Secrets.PkiWriteRole(ctx, "web", role))
	equal(must(client.Secrets.PkiReadRole(ctx, "web")).Data.AllowedDomains, []string{"example.com"})
	issued := must(client.Secrets.PkiIssueWithRole(ctx, "web", schema.PkiIssueWithRoleRequest{CommonName: "a.example.com"}))
	equal(issued.Data.PrivateKeyType, "ec")
	revoked := must(client.Secrets.PkiRevoke(ctx, schema.PkiRevokeRequest{SerialNumber: issued.Data.SerialNumber}))
	equal(revoked.Data.RevocationTime > 0, true)
	equal(must(client.Secrets.PkiReadIssuer(ctx, "default")).Data.LeafNotAfterBehavior, "err")
	must(client.Secrets.PkiTidy(ctx, schema.PkiTidyRequest{TidyCertStore: true}))
}

func mounts(client *vault.Client) {
	equal(must(client.System.MountsListSecretsEngines(ctx)).Data["team/kv/"] != nil, true)
	equal(must(client.System.MountsReadConfiguration(ctx, "team/kv")).Data.Type, "kv")
	must(client.System.MountsDisableSecretsEngine(ctx, "team/kv"))
	_, err := client.Secrets.KvV2Read(ctx, "app/db", vault.WithMountPath("team/kv"))
	equal(vault.IsErrorStatus(err, 404), true)
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func equal[T any](found, wanted T) {
	if !reflect.DeepEqual(found, wanted) {
		panic(fmt.Sprintf("found %v, wanted %v", found, wanted))
	}
}
