// Package ecs stands in for Traefik's provider of that name, which brings three AWS SDKs: the local platform routes
// only to Kubernetes.
package ecs

import (
	"errors"

	"github.com/traefik/traefik/v3/pkg/config/dynamic"
	"github.com/traefik/traefik/v3/pkg/safe"
)

// Provider has no settings.
type Provider struct{}

// SetDefaults has nothing to set.
func (p *Provider) SetDefaults() {}

// Init refuses to be used.
func (p *Provider) Init() error {
	return errors.New("the ECS provider is not part of this build")
}

// Provide is never called, since Init fails.
func (p *Provider) Provide(chan<- dynamic.Message, *safe.Pool) error {
	return nil
}
