import { describe, expect, it } from 'vitest';
import { imageKey, imageTag } from './key.ts';

const content = { recipe: { Containerfile: 'FROM scratch\n' }, inputs: { coredns: 'aa', certificates: 'bb' } };

describe('imageKey', () => {
  it('is 12 hex digits and the same for the same content in another order', () => {
    const reordered = { recipe: content.recipe, inputs: { certificates: 'bb', coredns: 'aa' } };

    expect(imageKey(content)).toMatch(/^[0-9a-f]{12}$/);
    expect(imageKey(reordered)).toBe(imageKey(content));
  });

  it.each([
    ['the recipe', { ...content, recipe: { Containerfile: 'FROM scratch \n' } }],
    ['a file of the recipe', { ...content, recipe: { ...content.recipe, 'a.cfg': '' } }],
    ['an input', { ...content, inputs: { ...content.inputs, coredns: 'ab' } }],
    ['the name of an input', { ...content, inputs: { core: 'aa', certificates: 'bb' } }],
  ])('changes with %s', (_what, changed) => {
    expect(imageKey(changed)).not.toBe(imageKey(content));
  });
});

describe('imageTag', () => {
  it('is version and key', () => {
    expect(imageTag('1.15.0', '0123456789ab')).toBe('1.15.0-0123456789ab');
  });

  it('replaces what a tag may not have', () => {
    expect(imageTag('1.0.0+dirty', '0123456789ab')).toBe('1.0.0-dirty-0123456789ab');
  });
});
