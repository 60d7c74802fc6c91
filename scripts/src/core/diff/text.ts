import type { Value } from './objects.ts';

/** Orders texts by their characters, the same in every locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A value on one line: plain words as they are, everything else as JSON, without characters that nobody sees. */
export function formatValue(value: Value): string {
  const plain = typeof value === 'string' && /^[a-z/(]([\w./:@(), -]*[\w/)])?$/i.test(value);
  return plain && !/^(true|false|null)$/.test(value) ? value : visible(JSON.stringify(value));
}

/** A path that goes on by a key. */
export function joinPath(path: string, key: string): string {
  if (!/^[\w-]+$/.test(key)) return `${path}[${visible(JSON.stringify(key))}]`;
  return path === '' ? key : `${path}.${key}`;
}

/** A path that goes on by an item of a list, called by its name or its index. */
export function itemPath(path: string, label: string): string {
  return `${path}[${/^[\w./:*-]+$/.test(label) ? label : visible(JSON.stringify(label))}]`;
}

function visible(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
