import { isFields, type Fields, type RenderedObject, type Value } from './objects.ts';

/** Where a field lies, as far as it decides whether its value may be shown. */
export interface Place {
  /** The key that it, or the list that it is an item of, has. */
  key: string;
  /** Its path from the Secret that it is part of, where it is part of one. */
  inSecret: string | undefined;
  hidden: boolean;
}

export const topPlace: Place = { key: '', inSecret: undefined, hidden: false };

const credential = /token|pass|pwd|secret|key|cred|auth|private|dsn|cookie|salt|jwt/i;
const named = /^(data|binaryData|annotations|env|environment|variables|parameters|values|headers)$/;
const open = /^(apiVersion|kind|type|immutable|metadata\.(name|namespace|labels\..*))$/;
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** The place of a field below `place`; `maps` are the map that it is in, before and after. */
export function placeOf(place: Place, maps: readonly Fields[], key: string): Place {
  const startsSecret = maps.some((each) => each['kind'] === 'Secret');
  const inSecret = startsSecret ? key : place.inSecret === undefined ? undefined : `${place.inSecret}.${key}`;
  const namedSo = maps.some((each) =>
    [each['name'], each['key']].some((each) => typeof each === 'string' && credential.test(each)),
  );
  const hidden =
    key === lastApplied || (named.test(place.key) && credential.test(key)) || (/value$/i.test(key) && namedSo);
  return { key, inSecret, hidden };
}

/**
 * Whether a value must not be shown: that of a Secret, of something that is named like a credential, or a text that
 * holds a credential, by its own looks or because a Secret has the same. What is not shown is not looked into either.
 */
export function isSecret(place: Place, value: Value | undefined, secrets: readonly string[]): boolean {
  if (value === undefined) return false;
  if (place.hidden) return true;
  if (place.inSecret !== undefined && !isFields(value) && !open.test(place.inSecret)) return true;
  return typeof value !== 'object' && holdsSecret(String(value), secrets);
}

// `password=x`, `"token": "x"`, `secret: x`; not `auth:1.2`, which is an image or a host.
const assigned =
  /(token|pass|pwd|secret|cred|auth|(api|access|private)[_-]?key)[\w.-]*(\s*=|["']\s*[:=]|\s*:(?=[\s"']|$))/im;

// `--db-password x`, `"--db-password", "x"`; not `--auth-mode --verbose`, where nothing is given to it.
const option = String.raw`(?<![\w.-])--[\w.-]*(token|pass|pwd|secret|cred|auth|(api|access|private)[_-]?key)[\w.-]*`;
const takesNext = new RegExp(`${option}$`, 'i');
const given = new RegExp(`${option}(["',\\s]|-\\s)+(?!-[-\\s])[^"',\\s]`, 'i');

/** Whether an item of a list is what the option before it is given, and that is a credential. */
export function followsOption(before: Value | undefined, item: Value | undefined): boolean {
  if (typeof before !== 'string' || item === undefined) return false;
  return takesNext.test(before) && !(typeof item === 'string' && item.startsWith('--'));
}

// A JSON Web Token, and the tokens that GitHub, AWS and Slack give a form of their own.
const token = /\beyJ[\w-]{8,}\.[\w-]+|\b(gh[pousr]|github_pat)_\w{20,}|\bAKIA[0-9A-Z]{16}\b|\bxox[abp]-[\w-]{10,}/;

/**
 * Whether a text has a credential in it: an assignment, an option, a URL with a password, a private key, a token of a
 * known form, a whole Secret, or the value of one.
 */
export function holdsSecret(text: string, secrets: readonly string[]): boolean {
  return (
    assigned.test(text) ||
    given.test(text) ||
    token.test(text) ||
    /:\/\/[^\s/?#]*:\S*@/.test(text) ||
    text.includes('PRIVATE KEY') ||
    /kind["']?\s*:\s*["']?Secret\b/.test(text) ||
    secrets.some((each) => text.includes(each))
  );
}

/** What the Secrets of a rendering hold, as text and as base64; short values are left out, which ordinary words would contain. */
export function secretValues(objects: readonly RenderedObject[]): string[] {
  const values = objects
    .filter(({ kind }) => kind === 'Secret')
    .flatMap(({ fields }) => [fields['data'], fields['stringData']])
    .flatMap((each) => (isFields(each) ? Object.values(each) : []))
    .map(String);
  const texts = values.flatMap((each) => [each, decode(each), Buffer.from(each).toString('base64')]);
  return [...new Set(texts.map((each) => each.trim()).filter((each) => each.length >= 6))];
}

function decode(text: string): string {
  return Buffer.from(text, 'base64').toString();
}

/** What stands for two values that must not be shown. */
export function redacted(
  before: Value | undefined,
  after: Value | undefined,
): [string | undefined, string | undefined] {
  const word = before === undefined || after === undefined ? '(redacted)' : '(redacted, changed)';
  return [before === undefined ? undefined : word, after === undefined ? undefined : word];
}
