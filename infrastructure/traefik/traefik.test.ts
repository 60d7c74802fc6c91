import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildKustomization, root } from '../test/kustomize.ts';

interface EntryPoint {
  asDefault?: boolean;
  http?: { redirections?: { entryPoint: object }; tls?: { enabled: boolean } };
}

const text = (file: string): string => readFileSync(join(root, 'infrastructure/traefik', file), 'utf8');
const { ports } = parse(text('values.yaml')) as { ports: Record<string, EntryPoint> };

it('apps leave it to the router on which entry point they are', async () => {
  const objects = await buildKustomization('apps/storefront/overlays/prod');
  const routes = objects.filter(({ kind }) => kind === 'IngressRoute');

  expect(routes.length).toBeGreaterThan(0);
  for (const { spec } of routes as { spec?: object }[]) expect(spec).not.toHaveProperty('entryPoints');
});

it('clusters serve them over HTTPS alone, and send there who comes without', () => {
  expect(Object.keys(ports).filter((name) => ports[name]?.asDefault)).toEqual(['websecure']);
  expect(ports['websecure']?.http?.tls).toEqual({ enabled: true });
  expect(ports['web']?.http?.redirections?.entryPoint).toEqual({ to: 'websecure', scheme: 'https', permanent: true });
});

it('the local platform serves them over HTTP, and not beside the metrics', () => {
  expect(text('deployment.yaml').match(/(?<=--entrypoints\.)\w+(?=\.asdefault=true)/g)).toEqual(['web']);
});

it.each(['nonprod', 'prod'])('%s asks its cloud for a balancer that keeps the address of the client', (cluster) => {
  const { service } = parse(text(`../clusters/${cluster}/values/traefik.yaml`)) as { service: { annotations: object } };

  expect(service.annotations).toHaveProperty(['service.beta.kubernetes.io/aws-load-balancer-type'], 'nlb');
  expect(parse(text('values.yaml'))).toMatchObject({ service: { spec: { externalTrafficPolicy: 'Local' } } });
});
