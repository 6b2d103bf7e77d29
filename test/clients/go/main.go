// Drives a fresh vault server with the library it was built for (-tags openbao or vault), as an application would.
// Prints one line for each step that held.
package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"sort"
)

var ctx = context.Background()

func main() {
	defer func() {
		if failure := recover(); failure != nil {
			fmt.Fprintln(os.Stderr, failure)
			os.Exit(1)
		}
	}()
	client, made := initAndUnseal()
	fmt.Println("init and unseal")
	steps := []struct {
		name string
		run  func(*Client)
	}{
		{"kv1", kv1}, {"kv2", kv2}, {"policies", policies}, {"tokens", tokens},
		{"wrapping", wrapping}, {"transit", transit}, {"mounts", mounts},
	}
	for _, step := range steps {
		step.run(client)
		fmt.Println(step.name)
	}
	seal(client, made)
	fmt.Println("seal")
}

// must returns a value that has to be there.
func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		panic(fmt.Sprintf("%+v", err))
	}
}

func expect(held bool, what string, seen ...any) {
	if !held {
		panic(fmt.Sprintf("%s: %v", what, seen))
	}
}

func refused(err error, status int) {
	var response *ResponseError
	expect(errors.As(err, &response), "a refusal was expected", err)
	expect(response.StatusCode == status, "another refusal was expected", status, err)
}

func as(token string) *Client {
	client := must(connect())
	client.SetToken(token)
	return client
}

func b64(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func initAndUnseal() (*Client, *InitResponse) {
	client := must(connect())
	client.ClearToken()
	expect(!must(client.Sys().InitStatus()), "fresh")
	made := must(client.Sys().Init(&InitRequest{SecretShares: 5, SecretThreshold: 3}))
	expect(len(made.KeysB64) == 5, "five shares", len(made.KeysB64))
	expect(must(client.Sys().InitStatus()), "initialised")
	status := must(client.Sys().Unseal(made.Keys[3]))
	expect(status.Sealed && status.Progress == 1 && status.T == 3 && status.N == 5, "one share given", status)
	must(client.Sys().ResetUnsealProcess())
	for _, share := range []string{made.Keys[0], made.KeysB64[4], made.KeysB64[2]} {
		status = must(client.Sys().Unseal(share))
	}
	expect(!status.Sealed, "unsealed", status)
	client.SetToken(made.RootToken)
	health := must(client.Sys().Health())
	expect(health.Initialized && !health.Sealed && !health.Standby, "healthy", health)
	leader := must(client.Sys().Leader())
	expect(leader != nil, "leader")
	return client, made
}

func kv1(client *Client) {
	check(client.Sys().Mount("one", &MountInput{Type: "kv", Options: map[string]string{"version": "1"}}))
	kv := client.KVv1("one")
	check(kv.Put(ctx, "app/db", map[string]any{"user": "egide", "nested": map[string]any{"a": true}}))
	read := must(kv.Get(ctx, "app/db"))
	expect(reflect.DeepEqual(read.Data, map[string]any{"user": "egide", "nested": map[string]any{"a": true}}), "kv1 get", read.Data)
	listed := must(client.Logical().List("one/app"))
	expect(reflect.DeepEqual(listed.Data["keys"], []any{"db"}), "kv1 list", listed.Data)
	check(kv.Delete(ctx, "app/db"))
	_, err := kv.Get(ctx, "app/db")
	expect(errors.Is(err, ErrSecretNotFound), "kv1 deleted", err)
	nothing := must(client.Logical().Read("one/nothing"))
	expect(nothing == nil, "a missing secret is nil", nothing)
}

func kv2(client *Client) {
	check(client.Sys().Mount("two", &MountInput{Type: "kv-v2"}))
	kv := client.KVv2("two")
	put := must(kv.Put(ctx, "app", map[string]any{"pw": "one"}, withCheckAndSet(0)))
	expect(put.VersionMetadata.Version == 1, "first version", put.VersionMetadata)
	_, err := kv.Put(ctx, "app", map[string]any{"pw": "x"}, withCheckAndSet(0))
	refused(err, 400)
	must(kv.Put(ctx, "app", map[string]any{"pw": "two", "keep": "me"}))
	patched := must(kv.Patch(ctx, "app", map[string]any{"pw": "three"}))
	expect(patched.VersionMetadata.Version == 3, "patched", patched.VersionMetadata)
	latest := must(kv.Get(ctx, "app"))
	expect(reflect.DeepEqual(latest.Data, map[string]any{"pw": "three", "keep": "me"}), "latest", latest.Data)
	first := must(kv.GetVersion(ctx, "app", 1))
	expect(first.Data["pw"] == "one", "first", first.Data)
	versions := must(kv.GetVersionsAsList(ctx, "app"))
	expect(len(versions) == 3, "versions", len(versions))
	must(kv.Rollback(ctx, "app", 1))
	check(kv.DeleteVersions(ctx, "app", []int{2}))
	check(kv.Undelete(ctx, "app", []int{2}))
	check(kv.Destroy(ctx, "app", []int{3}))
	check(kv.PutMetadata(ctx, "app", KVMetadataPut{CustomMetadata: map[string]any{"owner": "ops"}, MaxVersions: 9}))
	meta := must(kv.GetMetadata(ctx, "app"))
	expect(meta.CurrentVersion == 4 && meta.MaxVersions == 9 && meta.CustomMetadata["owner"] == "ops", "metadata", meta)
	expect(meta.Versions["3"].Destroyed && meta.Versions["2"].DeletionTime.IsZero(), "versions", meta.Versions)
	listed := must(client.Logical().List("two/metadata"))
	expect(reflect.DeepEqual(listed.Data["keys"], []any{"app"}), "kv2 list", listed.Data)
	check(kv.DeleteMetadata(ctx, "app"))
	_, err = kv.Get(ctx, "app")
	expect(errors.Is(err, ErrSecretNotFound), "kv2 gone", err)
	must(kv.Put(ctx, "kept", map[string]any{"a": "b"}))
}

func policies(client *Client) {
	rules := "path \"two/data/app/*\" {\n  capabilities = [\"create\", \"update\", \"read\"]\n}\n"
	check(client.Sys().PutPolicy("app", rules))
	expect(must(client.Sys().GetPolicy("app")) == rules, "policy text")
	expect(slices.Contains(must(client.Sys().ListPolicies()), "app"), "listed")
	check(client.Sys().PutPolicy("gone", rules))
	check(client.Sys().DeletePolicy("gone"))
	expect(must(client.Sys().GetPolicy("gone")) == "", "deleted")
	app := as(must(client.Auth().Token().Create(&TokenCreateRequest{Policies: []string{"app"}, TTL: "1h"})).Auth.ClientToken)
	must(app.KVv2("two").Put(ctx, "app/mine", map[string]any{"a": "b"}))
	_, err := app.KVv2("two").Get(ctx, "kept")
	refused(err, 403)
	_, err = app.Sys().ListPolicies()
	refused(err, 403)
	may := must(app.Sys().CapabilitiesSelf("two/data/app/mine"))
	sort.Strings(may)
	expect(reflect.DeepEqual(may, []string{"create", "read", "update"}), "capabilities", may)
}

func tokens(client *Client) {
	token := client.Auth().Token()
	renewable := true
	made := must(token.Create(&TokenCreateRequest{
		Policies: []string{"app"}, TTL: "30m", Metadata: map[string]string{"team": "ops"}, DisplayName: "tour", Renewable: &renewable,
	}))
	expect(made.Auth.LeaseDuration == 1800 && made.Auth.Renewable, "made", made.Auth)
	seen := must(token.Lookup(made.Auth.ClientToken))
	expect(must(seen.TokenPolicies())[0] == "app" && must(seen.TokenMetadata())["team"] == "ops", "lookup", seen.Data)
	expect(must(seen.TokenTTL()).Seconds() > 1700, "ttl", seen.Data["ttl"])
	must(token.LookupAccessor(made.Auth.Accessor))
	own := as(made.Auth.ClientToken)
	renewed := must(own.Auth().Token().RenewSelf(1200))
	expect(renewed.Auth.LeaseDuration == 1200, "renewed", renewed.Auth)
	orphan := must(token.CreateOrphan(&TokenCreateRequest{Policies: []string{"app"}, Period: "1h"}))
	expect(orphan.Auth.Orphan && orphan.Auth.LeaseDuration == 3600, "orphan", orphan.Auth)
	check(token.RevokeAccessor(orphan.Auth.Accessor))
	_, err := as(orphan.Auth.ClientToken).Auth().Token().LookupSelf()
	refused(err, 403)
	check(own.Auth().Token().RevokeSelf(""))
	_, err = own.Auth().Token().LookupSelf()
	refused(err, 403)
}

func wrapping(client *Client) {
	wrapper := must(client.Clone())
	wrapper.SetToken(client.Token())
	wrapper.SetWrappingLookupFunc(func(string, string) string { return "90s" })
	wrapped := must(wrapper.Logical().Read("two/data/kept"))
	expect(wrapped.WrapInfo != nil && wrapped.WrapInfo.TTL == 90 && wrapped.Data == nil, "wrapped", wrapped)
	inner := must(client.Logical().Unwrap(wrapped.WrapInfo.Token))
	expect(reflect.DeepEqual(inner.Data["data"], map[string]any{"a": "b"}), "unwrapped", inner.Data)
	_, err := client.Logical().Unwrap(wrapped.WrapInfo.Token)
	expect(err != nil, "a wrapping token works once")
	again := must(wrapper.Logical().Write("sys/wrapping/wrap", map[string]any{"zip": "zap"}))
	own := as(again.WrapInfo.Token)
	opened := must(own.Logical().Unwrap(""))
	expect(opened.Data["zip"] == "zap", "unwrapped by itself", opened.Data)
}

func transit(client *Client) {
	check(client.Sys().Mount("enc", &MountInput{Type: "transit"}))
	write := func(path string, data map[string]any) *Secret { return must(client.Logical().Write("enc/"+path, data)) }
	must(client.Logical().Write("enc/keys/orders", nil))
	one := write("encrypt/orders", map[string]any{"plaintext": b64("4111"), "associated_data": b64("row 7")}).Data["ciphertext"]
	open := map[string]any{"ciphertext": one, "associated_data": b64("row 7")}
	expect(write("decrypt/orders", open).Data["plaintext"] == b64("4111"), "decrypted")
	_, err := client.Logical().Write("enc/decrypt/orders", map[string]any{"ciphertext": one})
	refused(err, 400)
	must(client.Logical().Write("enc/keys/orders/rotate", nil))
	read := must(client.Logical().Read("enc/keys/orders"))
	expect(fmt.Sprint(read.Data["latest_version"]) == "2", "rotated", read.Data)
	key := write("datakey/plaintext/orders", map[string]any{"bits": 256})
	expect(write("decrypt/orders", map[string]any{"ciphertext": key.Data["ciphertext"]}).Data["plaintext"] == key.Data["plaintext"], "data key")
	batch := write("encrypt/orders", map[string]any{"batch_input": []map[string]any{{"plaintext": b64("a")}, {"plaintext": b64("b")}}})
	expect(len(batch.Data["batch_results"].([]any)) == 2, "batch", batch.Data)
}

func mounts(client *Client) {
	listed := must(client.Sys().ListMounts())
	expect(listed["one/"].Type == "kv" && listed["two/"].Options["version"] == "2", "mounts", listed)
	check(client.Sys().TuneMount("one", MountConfigInput{DefaultLeaseTTL: "1h"}))
	tuned := must(client.Sys().MountConfig("one"))
	expect(tuned.DefaultLeaseTTL == 3600, "tuned", tuned)
	check(client.Sys().Unmount("one"))
	_, there := must(client.Sys().ListMounts())["one/"]
	expect(!there, "unmounted")
	expect(must(client.Sys().ListAuth())["token/"].Type == "token", "auth methods")
}

func seal(client *Client, made *InitResponse) {
	check(client.Sys().Seal())
	expect(must(client.Sys().SealStatus()).Sealed, "sealed")
	client.SetMaxRetries(0)
	_, err := client.KVv2("two").Get(ctx, "kept")
	refused(err, 503)
	for _, share := range made.Keys[1:4] {
		must(client.Sys().Unseal(share))
	}
	kept := must(client.KVv2("two").Get(ctx, "kept"))
	expect(kept.Data["a"] == "b", "kept", kept.Data)
}
