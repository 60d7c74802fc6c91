import { describe, expect, it } from 'vitest';
import { isFor, readWaivers } from './waivers.ts';

const good = `waivers:
  - policy: read-only-root
    object: Rollout/shop
    reason: its library writes beside itself
    owner: team-shop
    expires: 2027-01-31
`;

describe('a file of waivers', () => {
  it('gives each with its line', () => {
    const { waivers, problems } = readWaivers('apps/shop/waivers.yaml', good, ['read-only-root']);

    expect(problems).toEqual([]);
    expect(waivers).toMatchObject([
      { policy: 'read-only-root', folder: 'apps/shop', place: { file: 'apps/shop/waivers.yaml', line: 2 } },
    ]);
  });

  it.each([
    ['no owner', good.replace(/.*owner.*\n/, ''), 2, 'waivers.0.owner: '],
    ['no end', good.replace(/.*expires.*\n/, ''), 2, 'waivers.0.expires: '],
    ['no day as its end', good.replace('2027-01-31', 'never'), 6, 'waivers.0.expires: is not a day such as 2027-03-31'],
    [
      'no reason',
      good.replace('its library writes beside itself', 'because'),
      4,
      'waivers.0.reason: is too short to tell anybody why',
    ],
    ['an object without a kind', good.replace('Rollout/shop', 'shop'), 3, 'waivers.0.object: is not a kind and a name'],
    ['a policy that there is not', good.replace('read-only-root', 'read-only'), 2, 'there is no policy "read-only"'],
    ['a key that there is not', good.replace('owner:', 'until: x\n    owner:'), 2, 'unknown key until'],
  ])('is refused with %s', (_, text, line, message) => {
    const { problems } = readWaivers('apps/shop/waivers.yaml', text, ['read-only-root']);

    expect(problems[0]?.place.line).toBe(line);
    expect(problems[0]?.message).toContain(message);
  });

  it('is for the object of its name, or of the parts of one that it says', () => {
    const [waiver] = readWaivers('apps/shop/waivers.yaml', good, ['read-only-root']).waivers;
    const parts = { ...waiver!, object: 'Role/shop-*.config-*' };
    const any = { ...waiver!, object: 'ConfigMap/shop-*', environments: ['dev'] };

    expect(isFor(waiver!, 'read-only-root', 'Rollout/shop', 'prod')).toBe(true);
    expect(isFor(waiver!, 'read-only-root', 'Rollout/shops', 'prod')).toBe(false);
    expect(isFor(waiver!, 'non-root', 'Rollout/shop', 'prod')).toBe(false);
    expect(isFor(any, 'read-only-root', 'ConfigMap/shop-1', 'dev')).toBe(true);
    expect(isFor(any, 'read-only-root', 'ConfigMap/shop-1', 'prod')).toBe(false);
    expect(isFor(parts, 'read-only-root', 'Role/shop-a.config-1', 'dev')).toBe(true);
    expect(isFor(parts, 'read-only-root', 'Role/shop-.config-', 'dev')).toBe(true);
    expect(isFor(parts, 'read-only-root', 'Role/other', 'dev')).toBe(false);
    expect(isFor(parts, 'read-only-root', 'Role/shop-a-config-1', 'dev')).toBe(false);
    expect(isFor(parts, 'read-only-root', 'Role/shop-a.config', 'dev')).toBe(false);
  });
});
