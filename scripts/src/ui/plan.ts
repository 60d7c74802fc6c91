import { changedObjects } from '../core/changed-objects.ts';
import { intentId, type Plan, type Verb } from '../core/plan.ts';

const titles: Record<Verb, string> = {
  delivery: 'Deliver to',
  promotion: 'Promote to',
  override: 'Override gates to promote to',
  reconfiguration: 'Reconfigure in',
  rollback: 'Roll back in',
};

/** A plan in words for people: what becomes what, which objects change, and every gate with its evidence. */
export function describePlan(plan: Plan, running: ReadonlyMap<string, string>): string {
  const lines = [`${titles[plan.verb]} ${plan.environment} (intent ${intentId(plan)})`];
  for (const { app, release, previous, verdicts, reason, manifests } of plan.changes) {
    const from = previous === undefined ? 'nothing' : previous.tag;
    lines.push(`  ${app}: ${from} -> ${release.tag}  release ${release.release}, ${reason}`);
    lines.push(`    image ${release.image}@${release.digest}`);
    const objects = changedObjects(running.get(app) ?? '', manifests);
    for (const [word, names] of Object.entries(objects) as [string, string[]][]) {
      if (names.length > 0) lines.push(`    ${word}: ${names.join(', ')}`);
    }
    for (const verdict of verdicts) {
      const opens = verdict.opensAt === undefined ? '' : `; opens at ${verdict.opensAt}`;
      const passed = verdict.overridden === true ? '; overridden' : '';
      lines.push(`    gate ${verdict.gate}: ${verdict.state}, ${verdict.evidence}${opens}${passed}`);
      if (verdict.next !== undefined) lines.push(`      next: ${verdict.next}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** The same plan as data: for `--json`. */
export function planJson(plan: Plan): unknown {
  const changes = plan.changes.map(({ app, release, previous, verdicts, reason, manifests }) => ({
    app,
    reason,
    from: previous ?? null,
    to: { ...release, intent: intentId(plan) },
    verdicts,
    manifests,
  }));
  return { ...plan, intent: intentId(plan), changes };
}
