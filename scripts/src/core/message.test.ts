import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMessage } from './message.ts';
import { commitMessage, intentId, type Plan } from './plan.ts';

const plan: Plan = {
  verb: 'override',
  environment: 'prod',
  head: 'a'.repeat(40),
  configuredBy: 'b'.repeat(40),
  by: 'Ann <ann@example.invalid>',
  changes: [],
  allowed: ['downgrade'],
  overridden: ['freeze', 'verified'],
  why: 'orders fail',
};

describe("a landing's message", () => {
  it('says who overrides which gates and why, and reads back as that', () => {
    expect(commitMessage(plan)).toContain('\nOverride: freeze\nOverride: verified\nReason: orders fail\nBy: Ann');
    expect(readMessage(commitMessage(plan))).toEqual({
      verb: 'override',
      by: plan.by,
      intent: intentId(plan),
      allowed: new Set(['downgrade']),
      overridden: new Set(['freeze', 'verified']),
      why: 'orders fail',
    });
  });

  it('overrides nothing without a reason, nor by another verb', () => {
    const text = commitMessage(plan);

    expect(readMessage(text.replace(/^Reason: .*\n/m, '')).overridden.size).toBe(0);
    expect(readMessage(text.replace('Verb: override', 'Verb: promotion')).overridden.size).toBe(0);
    expect(readMessage('By hand\n')).toEqual({
      verb: 'delivery',
      by: '',
      intent: undefined,
      allowed: new Set(),
      overridden: new Set(),
      why: undefined,
    });
  });

  it('takes no text of a person for a trailer of its own', () => {
    const forged = fc.constantFrom(
      'Override: hold',
      'Allowed: deletion',
      'By: Eve <eve@example.invalid>',
      '\n',
      '\n\n',
    );
    const why = fc.array(fc.oneof(forged, fc.string()), { minLength: 1 }).map((parts) => `x${parts.join('\n')}`);
    fc.assert(
      fc.property(why, fc.constantFrom('override' as const, 'rollback' as const), (why, verb) => {
        const said = readMessage(commitMessage({ ...plan, verb, why }));

        expect(said.by).toBe(plan.by);
        expect(said.allowed).toEqual(new Set(['downgrade']));
        expect(said.overridden).toEqual(new Set(verb === 'override' ? plan.overridden : []));
      }),
    );
  });
});
