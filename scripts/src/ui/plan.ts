import { changedObjects } from '../core/changed-objects.ts';
import { intentId, type Change, type Plan, type Verb } from '../core/plan.ts';

const titles: Record<Verb, string> = {
  delivery: 'Deliver to',
  promotion: 'Promote to',
  override: 'Override gates to promote to',
  reconfiguration: 'Reconfigure in',
  rollback: 'Roll back in',
  retirement: 'Retire in',
};

/** A plan in words for people: what becomes what, which objects change, and every gate with its evidence. */
export function describePlan(plan: Plan, running: ReadonlyMap<string, string>): string {
  const lines = [`${titles[plan.verb]} ${plan.environment} (intent ${intentId(plan)})`];
  for (const change of plan.changes) {
    lines.push(...(plan.verb === 'retirement' ? describeEnd(change) : describeChange(change)));
    const objects = changedObjects(running.get(change.app) ?? '', change.manifests);
    for (const [word, names] of Object.entries(objects) as [string, string[]][]) {
      if (names.length > 0) lines.push(`    ${word}: ${names.join(', ')}`);
    }
    for (const verdict of change.verdicts) {
      const opens = verdict.opensAt === undefined ? '' : `; opens at ${verdict.opensAt}`;
      const passed = verdict.overridden === true ? '; overridden' : '';
      lines.push(`    gate ${verdict.gate}: ${verdict.state}, ${verdict.evidence}${opens}${passed}`);
      if (verdict.next !== undefined) lines.push(`      next: ${verdict.next}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function describeChange({ app, release, previous, reason }: Change): string[] {
  return [
    `  ${app}: ${previous?.tag ?? 'nothing'} -> ${release.tag}  release ${release.release}, ${reason}`,
    `    image ${release.image}@${release.digest}`,
  ];
}

function describeEnd({ app, release, reason }: Change): string[] {
  return [
    `  ${app}: ${release.tag} -> nothing  release ${release.release}, ${reason}`,
    `    namespace ${release.namespace} itself stays, with what others have put into it`,
  ];
}

/** The same plan as data: for `--json`. */
export function planJson(plan: Plan): unknown {
  const ends = plan.verb === 'retirement';
  const changes = plan.changes.map(({ app, release, previous, verdicts, reason, manifests, removed }) => ({
    app,
    reason,
    from: previous ?? null,
    to: ends ? null : { ...release, intent: intentId(plan) },
    verdicts,
    manifests,
    ...(removed === undefined ? {} : { removed }),
  }));
  return { ...plan, intent: intentId(plan), changes };
}
