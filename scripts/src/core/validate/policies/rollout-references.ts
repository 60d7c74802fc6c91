import { at, listAt, ofKind, textAt } from '../fields.ts';
import type { Finding, Path, Policy } from '../policy.ts';

/** Where a Rollout names another object, and of which kinds that may be. A list on the way stands for each of its items. */
const named: readonly (readonly [Path, readonly string[]])[] = [
  [['canary', 'stableService'], ['Service']],
  [['canary', 'canaryService'], ['Service']],
  [['blueGreen', 'activeService'], ['Service']],
  [['blueGreen', 'previewService'], ['Service']],
  [['canary', 'trafficRouting', 'traefik', 'weightedTraefikServiceName'], ['TraefikService']],
  [['canary', 'trafficRouting', 'nginx', 'stableIngress'], ['Ingress']],
  [['canary', 'trafficRouting', 'plugins', 'argoproj-labs/gatewayAPI', 'httpRoute'], ['HTTPRoute']],
  [['canary', 'analysis', 'templates', '*', 'templateName'], ['AnalysisTemplate']],
  [['canary', 'steps', '*', 'analysis', 'templates', '*', 'templateName'], ['AnalysisTemplate']],
  [['blueGreen', 'prePromotionAnalysis', 'templates', '*', 'templateName'], ['AnalysisTemplate']],
  [['blueGreen', 'postPromotionAnalysis', 'templates', '*', 'templateName'], ['AnalysisTemplate']],
];

export const rolloutReferences: Policy = {
  id: 'rollout-references',
  requirements: ['STR-15', 'E1'],
  scope: 'apps',
  reason: 'Kustomize does not know what a Rollout names, and one that names what is not there stays Degraded',
  fix: 'add what is missing, or correct the name: components/rollout/fields.yaml tells Kustomize which fields are names',
  *check({ objects }) {
    for (const object of ofKind(objects, 'Rollout')) {
      const strategy: Path = ['spec', 'strategy'];
      for (const [path, kinds] of named) {
        for (const found of places(object, [...strategy, ...path])) {
          const name = textAt(object.fields, ...found);
          if (name === undefined || ofKind(objects, ...kinds).some((each) => each.name === name)) continue;
          // An AnalysisTemplate of the cluster is not the app's to bring.
          if (at(object.fields, [...found.slice(0, -1), 'clusterScope']) === true) continue;
          yield { object, path: found, message: `names the ${kinds.join(' or ')} ${name}, which is not there` };
        }
      }
      const routed = at(object.fields, [...strategy, 'canary', 'trafficRouting']) !== undefined;
      for (const key of ['stableService', 'canaryService']) {
        if (routed && textAt(object.fields, ...strategy, 'canary', key) === undefined)
          yield { object, path: [...strategy, 'canary', key], message: `routes traffic and has no ${key}` };
      }
    }
  },
};

function places(object: Finding['object'], path: Path): Path[] {
  const star = path.indexOf('*');
  if (star < 0) return [path];
  const before = path.slice(0, star);
  return listAt(object.fields, ...before).flatMap((_, index) =>
    places(object, [...before, index, ...path.slice(star + 1)]),
  );
}
