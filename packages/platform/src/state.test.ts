import { describe, expect, it } from 'vitest';
import { createPaths, purgeable } from './state.ts';

describe('a purge', () => {
  const paths = createPaths('/state');

  it('removes last what says that there is a platform, so that one that was killed can be run again', () => {
    expect(purgeable(paths).at(-1)).toBe(paths.choice);
  });

  it('removes the manifests that were laid out', () => {
    expect(purgeable(paths)).toContain('/state/manifests');
  });
});
