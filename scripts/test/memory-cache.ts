import type { RenderCache } from '../src/adapters/render-cache.ts';

/** A cache for tests that render the same again and again. */
export function memoryCache(): RenderCache {
  const kept = new Map<string, string>();
  return {
    get: (key) => Promise.resolve(kept.get(key)),
    put(key, text) {
      kept.set(key, text);
      return Promise.resolve();
    },
  };
}
