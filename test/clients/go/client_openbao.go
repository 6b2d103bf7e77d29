//go:build openbao

package main

import api "github.com/openbao/openbao/api/v2"

// The names under which the program uses the library it was built for.
type (
	Client             = api.Client
	InitRequest        = api.InitRequest
	InitResponse       = api.InitResponse
	MountInput         = api.MountInput
	MountConfigInput   = api.MountConfigInput
	TokenCreateRequest = api.TokenCreateRequest
	ResponseError      = api.ResponseError
	Secret             = api.Secret
	KVMetadataPut      = api.KVMetadataPutInput
)

var (
	ErrSecretNotFound = api.ErrSecretNotFound
	withCheckAndSet   = api.WithCheckAndSet
)

func connect() (*Client, error) { return api.NewClient(api.DefaultConfig()) }
