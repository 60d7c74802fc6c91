import { join } from 'node:path';
import { findBinaries } from '@sluice/apiserver';
import { beforeEach, expect, it } from 'vitest';
import { validateTree, validTree } from '../../test/manifests.ts';
import { parseConfig } from '../core/config.ts';
import { startServerJudge } from './validate-server.ts';

const root = join(import.meta.dirname, '../../..');
const found = await findBinaries(root, process.env);

beforeEach(({ skip }) => skip('missing' in found, 'missing' in found ? found.missing : undefined));

/** What the API server says of a tree, beside what the rules say. */
async function saidOf(changes: Map<string, string>): Promise<string[]> {
  const files = validTree(changes);
  const config = parseConfig(files.get('gitops.config.yaml') ?? '');
  const { problems } = await validateTree(files, {
    server: (renderings) => startServerJudge(root, process.env, config, renderings),
  });
  return problems
    .filter(({ policy }) => policy === 'server')
    .map(({ file, line, object, message }) => `${file}:${line} ${object}: ${message}`);
}

it(
  'says with file and line what only the API server knows, and nothing of what is right',
  { timeout: 120_000 },
  async () => {
    const admission = {
      'infrastructure/clusters/one/admission/kustomization.yaml':
        'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [policy.yaml]\n',
      'infrastructure/clusters/one/admission/policy.yaml': `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: no-latest}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [apps, argoproj.io], apiVersions: ["*"], operations: [CREATE], resources: [deployments, rollouts]}]
  validations: [{expression: "object.spec.template.spec.containers.all(c, !c.image.endsWith(':latest') && !has(c.stdin))", message: nobody types here}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: no-latest}
spec: {policyName: no-latest, validationActions: [Deny]}
`,
    };
    const changed = {
      // Two ports of one name are well formed, and refused all the same.
      'apps/web/base/service.yaml':
        'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  selector: {app.kubernetes.io/name: web}\n  ports:\n    - {name: http, port: 80, targetPort: http}\n    - {name: http, port: 81, targetPort: http}\n',
      'apps/shop/overlays/prod/rollout.patch.yaml':
        '- {op: add, path: /spec/replicas, value: 2}\n- {op: add, path: /spec/template/spec/containers/0/stdin, value: true}\n',
      'apps/shop/overlays/dev/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [../../base]
patches:
  - target: {kind: Rollout}
    patch: |
      - {op: replace, path: /spec/template/spec/securityContext/runAsNonRoot, value: false}
`,
    };

    const said = await saidOf(new Map(Object.entries({ ...admission, ...changed })));

    expect(said.join('\n')).toContain(
      'apps/web/base/service.yaml:1 Service/web: Service "web" is invalid: spec.ports[1].name: Duplicate value: "http"',
    );
    expect(said.join('\n')).toMatch(/Rollout\/shop: rollouts.argoproj.io "shop" is forbidden: .*nobody types here/);
    expect(said.join('\n')).toMatch(/Rollout\/shop: pods "shop" is forbidden: violates PodSecurity "restricted:v1.36"/);
    expect(said.filter((each) => !/Service\/web|Rollout\/shop/.test(each))).toEqual([]);
  },
);
