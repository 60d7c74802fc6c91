/** Far apart in hue and in lightness, on light and on dark ground; neighbours differ most. */
export const palette: readonly string[] = ['#2f6fde', '#f2a516', '#c2348b', '#12a37f'];

/**
 * The place in the palette for a version: derived from its name (FNV-1a), or the next that is not taken,
 * so that versions seen together are told apart as long as the palette lasts.
 * Runs in the browser as its own source text: it must use nothing from outside itself.
 */
export function colourOf(version: string, taken: readonly number[], size: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < version.length; index++) {
    hash = Math.imul(hash ^ version.charCodeAt(index), 0x01000193) >>> 0;
  }
  const first = hash % size;
  for (let step = 0; step < size; step++) {
    const place = (first + step) % size;
    if (!taken.includes(place)) return place;
  }
  return first;
}
