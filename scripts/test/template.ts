/** The files of a small repository with two apps, by path: `web` uses the package `kit`, `jobs` uses nothing. */
export function template(): Record<string, string> {
  return {
    'gitops.config.yaml': `registry: registry.invalid/acme
argocd: {cluster: nonprod, namespace: argocd}
environments:
  - {name: dev, cluster: nonprod, namespace: "{app}-dev", delivery: true}
  - {name: staging, cluster: nonprod, namespace: "{app}-staging", after: [dev], gates: {verified: {}}}
  - {name: prod, cluster: prod, namespace: "{app}-prod", after: [staging], production: true, gates: {verified: {}}}
apps:
  web: {strategy: rolling}
  jobs: {strategy: rolling}
profiles:
  local:
    registry: REGISTRY
    environments: {prod: {cluster: nonprod}}
`,
    'package.json': '{"name": "template", "private": true}\n',
    'pnpm-lock.yaml': "lockfileVersion: '9.0'\n",
    'pnpm-workspace.yaml': 'packages: [services/*, packages/*]\n',
    '.dockerignore': 'node_modules\n',
    'packages/kit/package.json': manifest('@acme/kit', []),
    'packages/kit/index.js': 'export const kit = 1;\n',
    'services/web/package.json': manifest('@acme/web', ['@acme/kit']),
    'services/web/index.js': 'export const answer = 1;\n',
    'services/web/Dockerfile': 'FROM scratch\n',
    'services/jobs/package.json': manifest('@acme/jobs', []),
    'services/jobs/index.js': 'export const answer = 1;\n',
    'services/jobs/Dockerfile': 'FROM scratch\n',
    'apps/components/strategies/rolling/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
  - target: {kind: Deployment}
    patch: |-
      - {op: add, path: /spec/strategy, value: {rollingUpdate: {maxUnavailable: 0}}}
`,
    ...app('web'),
    ...app('jobs'),
  };
}

function manifest(name: string, uses: string[]): string {
  const dependencies = Object.fromEntries(uses.map((each) => [each, 'workspace:*']));
  return `${JSON.stringify({ name, scripts: { test: 'node --check index.js' }, dependencies }, null, 2)}\n`;
}

function app(name: string): Record<string, string> {
  const overlays = ['dev', 'staging', 'prod'].map((environment): [string, string] => [
    `apps/${name}/overlays/${environment}/kustomization.yaml`,
    `resources: [../../base]
configMapGenerator:
  - {name: environment, literals: [ENVIRONMENT=${environment}]}
generatorOptions: {immutable: true}
`,
  ]);
  return {
    [`apps/${name}/base/kustomization.yaml`]: 'resources: [deployment.yaml]\n',
    [`apps/${name}/base/deployment.yaml`]: `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  replicas: 1
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers:
        - name: app
          image: ${name}
          envFrom: [{configMapRef: {name: environment}}]
`,
    ...Object.fromEntries(overlays),
  };
}
