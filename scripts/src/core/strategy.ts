/** How a new version takes over; each is a component under apps/components/strategies. */
export const strategies = ['rolling', 'recreate', 'blue-green', 'canary', 'canary-slow', 'canary-header'] as const;

/** The kind of what runs an app's pods: Kubernetes replaces those of a Deployment by itself, Argo Rollouts those of a Rollout. */
export function workloadKindOf(strategy: (typeof strategies)[number]): 'Deployment' | 'Rollout' {
  return strategy === 'rolling' || strategy === 'recreate' ? 'Deployment' : 'Rollout';
}
