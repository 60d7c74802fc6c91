import { describe, expect, it } from 'vitest';
import { dangerousDeletions } from './deletions.ts';

function rendering(...names: string[]): string {
  return names
    .map((each) => each.split('/'))
    .map(([kind, name]) => `---\napiVersion: v1\nkind: ${kind}\nmetadata: {name: ${name}}\n`)
    .join('');
}

function deletions(before: string[], after: string[], share?: number): ReturnType<typeof dangerousDeletions> {
  const options = share === undefined ? {} : { share };
  return dangerousDeletions(rendering(...before), rendering(...after), 'web in prod', options);
}

const services = Array.from({ length: 10 }, (_, index) => `Service/s${index}`);

describe('dangerousDeletions', () => {
  it('names removed objects that take data with them, and no others', () => {
    const grave = [
      'CustomResourceDefinition/c',
      'Namespace/n',
      'PersistentVolume/v',
      'PersistentVolumeClaim/p',
      'StatefulSet/s',
    ];

    expect(deletions([...grave, ...services, ...services.map((each) => `${each}x`)], services).grave).toEqual(grave);
    expect(deletions(services, services.slice(1))).toMatchObject({ grave: [], removed: ['Service/s0'] });
    expect(deletions(grave, grave).grave).toEqual([]);
  });

  it('says that many disappear above the share, not at it', () => {
    expect(deletions(services, services.slice(3))).toMatchObject({
      objects: 10,
      removed: services.slice(0, 3),
      many: false,
    });
    expect(deletions(services, services.slice(4))).toMatchObject({ removed: services.slice(0, 4), many: true });
    expect(deletions(services, services.slice(4), 0.5).many).toBe(false);
  });

  it('does not call one object many', () => {
    expect(deletions(services.slice(0, 2), services.slice(0, 1)).many).toBe(false);
    expect(deletions(services.slice(0, 2), ['Service/other']).many).toBe(true);
  });

  it('says that nothing is left', () => {
    expect(deletions(['Service/web'], [])).toMatchObject({ empty: true, many: false });
    expect(deletions([], []).empty).toBe(false);
    expect(deletions(['Service/web'], ['Service/web']).empty).toBe(false);
  });

  it('does not count a ConfigMap whose hash changed', () => {
    const [before, after] = [
      ['ConfigMap/a-4k7g2m5t9b', 'ConfigMap/b-4k7g2m5t9b'],
      ['ConfigMap/a-92hd8cfgmk', 'ConfigMap/b-92hd8cfgmk'],
    ];

    expect(deletions(before, after)).toMatchObject({ removed: [], many: false, empty: false });
  });
});
