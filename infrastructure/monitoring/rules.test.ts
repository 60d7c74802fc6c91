import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { root } from '../test/kustomize.ts';
import { findPromtool, runPromtool } from '../test/promtool.ts';

interface Rule {
  alert?: string;
  expr: string;
  for?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

interface Test {
  name: string;
  promql_expr_test: { exp_samples: unknown[] }[];
}

const folder = import.meta.dirname;
const files = readdirSync(join(folder, 'rules'));

const alerts = files.flatMap((file) => {
  const text = readFileSync(join(folder, 'rules', file), 'utf8');
  const { groups } = parse(text) as { groups: { rules: Rule[] }[] };
  const rules = groups.flatMap(({ rules }) => rules).filter(({ alert }) => alert !== undefined);
  return rules.map((rule) => ({ ...rule, alert: rule.alert ?? '', file }));
});

const tests = new Map(
  files.flatMap((file) => {
    const { tests } = parse(readFileSync(join(folder, 'tests', file), 'utf8')) as { tests: Test[] };
    return tests.map((test) => [test.name, test]);
  }),
);

/** Windows that people know by heart; the long ones are for capacity, where a day is what matters. */
const windows = ['5m', '10m', '15m', '30m', '1h', '6h', '24h'];

/** The one that always fires has neither a threshold nor a time to wait. */
const constant = 'Watchdog';

describe.for(alerts)('the alert $alert', ({ alert, for: wait, labels, annotations }) => {
  it('says how bad it is, whose it is, what to do, and waits for a usual time', () => {
    expect(labels).toEqual({
      severity: expect.stringMatching(/^(critical|warning|info|none)$/),
      team: expect.stringMatching(/^(apps|platform)$/),
    });
    expect(annotations).toEqual({
      summary: expect.any(String),
      description: expect.any(String),
      runbook_url: expect.stringMatching(new RegExp(`/docs/runbooks\\.md#${alert.toLowerCase()}$`)),
    });
    expect(alert === constant ? [undefined] : windows).toContain(wait);
  });

  it('has a section of the runbooks', () => {
    const headings = readFileSync(join(root, 'docs/runbooks.md'), 'utf8').match(/(?<=^### ).*$/gm);

    expect(headings).toContain(alert);
  });

  it('has a test in which it is silent, and one in which it fires', () => {
    const counts = tests.get(alert)?.promql_expr_test.map((each) => each.exp_samples.length) ?? [];

    expect(counts.at(-1)).toBeGreaterThan(0);
    expect(counts).toContain(alert === constant ? 1 : 0);
  });
});

it('has a runbook for nothing that is no alert', () => {
  const headings = readFileSync(join(root, 'docs/runbooks.md'), 'utf8').match(/(?<=^### ).*$/gm);

  expect(headings?.toSorted()).toEqual(alerts.map(({ alert }) => alert).toSorted());
});

const promtool = await findPromtool();

describe('promtool', { timeout: 120_000 }, () => {
  beforeEach(({ skip }) => skip(promtool === undefined, 'promtool has not been made yet; pnpm run tools makes it'));

  it.for(files)('finds that the tests of %s pass', async (file) => {
    expect(await runPromtool(promtool!, ['test', 'rules', join(folder, 'tests', file)])).toMatchObject({ ok: true });
  });

  it.for(alerts.filter(({ alert }) => alert !== constant))(
    'notices when the threshold of $alert is moved',
    async (rule) => {
      const moved = mutants(rule.expr);
      expect(moved.length).toBeGreaterThan(0);
      for (const expr of moved) expect(await passes(rule, expr), `${rule.alert}: ${expr}`).toBe(false);
    },
  );
});

/** Whether the test of an alert passes with another expression in its place. */
async function passes({ alert, file, expr }: { alert: string; file: string; expr: string }, other: string) {
  const copy = mkdtempSync(join(tmpdir(), 'sluice-rules-'));
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
  cpSync(join(folder, 'rules'), join(copy, 'rules'), { recursive: true });
  cpSync(join(folder, 'tests', file), join(copy, 'tests', file));
  const document = parse(readFileSync(join(copy, 'rules', file), 'utf8')) as { groups: { rules: Rule[] }[] };
  for (const { rules } of document.groups)
    for (const each of rules) if (each.alert === alert && each.expr === expr) each.expr = other;
  writeFileSync(join(copy, 'rules', file), JSON.stringify(document));
  const args = ['test', 'rules', '--run', `^${alert}$`, join(copy, 'tests', file)];
  return (await runPromtool(promtool!, args)).ok;
}

/** The expression with its thresholds, which end its lines, lowered and raised; a state becomes its opposite. */
function mutants(expr: string): string[] {
  const threshold = /(>|<|==) ([\d.]+)((?: \* [\d.]+)?)$/gm;
  const moved = [0.75, 1.4].map((factor) =>
    expr.replaceAll(threshold, (_whole, operator: string, number: string, rest: string) => {
      const value = Number(number);
      if (operator === '==') return `== ${1 - value}`;
      return value === 0
        ? `${operator}${factor < 1 ? '=' : ''} ${factor < 1 ? 0 : 1000}`
        : `${operator} ${value * factor}${rest}`;
    }),
  );
  return [...moved, expr.replace('>= on', '> on')].filter((each) => each !== expr);
}
