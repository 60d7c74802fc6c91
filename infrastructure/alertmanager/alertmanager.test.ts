import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { metricsOf, rules } from '../test/metrics.ts';

type Labels = Record<string, string>;

interface Route {
  receiver: string;
  matchers?: string[];
  continue?: boolean;
  routes?: Route[];
}

interface Inhibition {
  source_matchers: string[];
  target_matchers: string[];
  equal: string[];
}

const { route, inhibit_rules, receivers } = parse(
  readFileSync(join(import.meta.dirname, 'alertmanager.yaml'), 'utf8'),
) as { route: Route; inhibit_rules: Inhibition[]; receivers: { name: string }[] };

const alerts: { alert: string; expr: string; labels: Labels }[] = rules.flatMap(({ alert, expr, labels = {} }) =>
  alert === undefined ? [] : [{ alert, expr, labels: { ...labels, alertname: alert } }],
);

/** Whom Alertmanager tells: routes in their order until one matches that does not say `continue`, or else the one above. */
function told({ receiver, routes = [] }: Route, labels: Labels): string[] {
  const matching = routes.filter(({ matchers = [] }) => matchers.every((each) => matches(each, labels)));
  const last = matching.findIndex((each) => each.continue !== true);
  const taken = last === -1 ? matching : matching.slice(0, last + 1);
  return taken.length === 0 ? [receiver] : taken.flatMap((each) => told(each, labels));
}

function matches(matcher: string, labels: Labels): boolean {
  const [, name = '', operator, value = ''] = /^(\w+) (=~?) "?(.*?)"?$/.exec(matcher) ?? [];
  if (operator === undefined) throw new Error(`the matcher ${matcher} is not known here`);
  return new RegExp(operator === '=' ? `^${RegExp.escape(value)}$` : `^(?:${value})$`).test(labels[name] ?? '');
}

/** The labels that an expression leaves, which those of a recorded series have from their rule; all, where nothing is summed up. */
function labelsOf(expr: string): string[] | undefined {
  const recorded = rules.find(({ record }) => record !== undefined && metricsOf(expr)[0] === record);
  const by = /\bby \(([^)]*)\)/.exec(recorded?.expr ?? expr)?.[1];
  return by?.split(',').map((each) => each.trim());
}

describe.for(alerts.filter(({ alert }) => alert !== 'Watchdog'))('the alert $alert', ({ labels }) => {
  const { severity, team = '' } = labels;

  it('is told to its team, to whoever is on call if it is critical, and to nobody if it is info', () => {
    const wanted = { critical: ['on-call', team], warning: [team], info: ['nobody'] }[severity ?? ''];

    expect(told(route, labels)).toEqual(wanted);
  });
});

it('the Watchdog goes to its own receiver alone', () => {
  expect(told(route, { alertname: 'Watchdog', severity: 'none', team: 'platform' })).toEqual(['watchdog']);
});

it('what names no team goes to the platform’s', () => {
  expect(told(route, { alertname: 'Unknown', severity: 'warning' })).toEqual(['platform']);
});

it('every receiver is told something', () => {
  const reached = alerts.flatMap(({ labels }) => told(route, labels));

  expect([...new Set(reached)].toSorted()).toEqual(receivers.map(({ name }) => name).toSorted());
});

describe.for(inhibit_rules)('what $source_matchers.0 keeps quiet', ({ source_matchers, target_matchers, equal }) => {
  it.each([
    ['it', source_matchers],
    ['what it keeps quiet', target_matchers],
  ])('has the labels that have to be equal: %s', (_which, matchers) => {
    const named = alerts.filter(({ labels }) => matchers.every((each) => matches(each, labels)));

    expect(named).not.toEqual([]);
    for (const { alert, expr } of named) expect(labelsOf(expr) ?? equal, alert).toEqual(expect.arrayContaining(equal));
  });
});
