// Drives an ACME server with lego, as a program that has it built in would. Prints one line for each step that held.
package main

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"log/slog"
	"os"

	"github.com/go-acme/lego/v5/acme"
	"github.com/go-acme/lego/v5/certcrypto"
	"github.com/go-acme/lego/v5/certificate"
	"github.com/go-acme/lego/v5/challenge/http01"
	"github.com/go-acme/lego/v5/lego"
	"github.com/go-acme/lego/v5/log"
	"github.com/go-acme/lego/v5/registration"
)

type user struct {
	key     crypto.Signer
	account *acme.ExtendedAccount
}

func (u *user) GetEmail() string                       { return "ops@example.test" }
func (u *user) GetRegistration() *acme.ExtendedAccount { return u.account }
func (u *user) GetPrivateKey() crypto.Signer           { return u.key }

func main() {
	log.SetDefault(slog.New(slog.DiscardHandler))
	ctx := context.Background()
	owner := &user{key: newKey()}
	client := clientOf(owner)
	_, err := client.Registration.Register(ctx, registration.RegisterOptions{TermsOfServiceAgreed: true})
	expect(err != nil, "an account without a binding is refused")
	owner.account = must(client.Registration.RegisterWithExternalAccountBinding(ctx, registration.RegisterEABOptions{
		TermsOfServiceAgreed: true,
		Kid:                  os.Getenv("EAB_KID"),
		HmacEncoded:          os.Getenv("EAB_KEY"),
	}))
	fmt.Println("account")

	client = clientOf(owner)
	names := []string{"www.lego.test", "api.lego.test"}
	first := must(client.Certificate.Obtain(ctx, certificate.ObtainRequest{Domains: names, KeyType: certcrypto.EC256}))
	expect(leafOf(first).VerifyHostname("api.lego.test") == nil, "the certificate is of both names")
	fmt.Println("certificate")

	window := must(client.Certificate.GetRenewalInfo(ctx, leafOf(first))).SuggestedWindow
	expect(window.Start.Before(window.End) && window.End.Before(leafOf(first).NotAfter), "it is to be renewed before its end")
	second := must(client.Certificate.Renew(ctx, *first, &certificate.RenewOptions{KeyType: certcrypto.EC256, UseARICertID: true}))
	expect(leafOf(second).SerialNumber.Cmp(leafOf(first).SerialNumber) != 0, "the renewed certificate is another")
	fmt.Println("renewal")

	superseded := uint(acme.CRLReasonSuperseded)
	check(client.Certificate.RevokeWithReason(ctx, first.Certificate, &superseded))
	expect(client.Certificate.Revoke(ctx, first.Certificate) != nil, "what was revoked is not revoked again")
	fmt.Println("revocation")

	next := newKey()
	check(client.Registration.KeyRollover(ctx, next))
	_, err = clientOf(owner).Registration.QueryRegistration(ctx)
	expect(err != nil, "the former key is no longer the account's")
	owner.key = next
	client = clientOf(owner)
	must(client.Registration.QueryRegistration(ctx))
	check(client.Registration.DeleteRegistration(ctx))
	_, err = client.Certificate.Obtain(ctx, certificate.ObtainRequest{Domains: names, KeyType: certcrypto.EC256})
	expect(err != nil, "an account that was closed gets nothing")
	fmt.Println("keys and end of the account")
}

func clientOf(owner registration.User) *lego.Client {
	config := lego.NewConfig(owner)
	config.CADirURL = os.Getenv("DIRECTORY")
	client := must(lego.NewClient(config))
	check(client.Challenge.SetHTTP01Provider(http01.NewProviderServer("127.0.0.1", os.Getenv("HTTP_PORT"))))
	return client
}

func newKey() crypto.Signer {
	return must(certcrypto.GeneratePrivateKey(certcrypto.EC256))
}

func leafOf(resource *certificate.Resource) *x509.Certificate {
	block, _ := pem.Decode(resource.Certificate)
	return must(x509.ParseCertificate(block.Bytes))
}

func expect(holds bool, what string) {
	if !holds {
		panic(what)
	}
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
