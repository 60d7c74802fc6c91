import { stringify } from 'yaml';
import * as z from 'zod/mini';
import { UserError } from './errors.ts';
import { strategies } from './strategy.ts';
import { parseYaml } from './yaml.ts';

const hex = (length: number) =>
  z.string().check(z.regex(new RegExp(`^[0-9a-f]{${length}}$`), `is not ${length} hex digits`));
const label = z.string().check(z.regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'is not a name'));

const schema = z.strictObject({
  app: label,
  environment: label,
  cluster: label,
  namespace: label,
  strategy: z.enum(strategies),
  release: hex(12),
  image: z
    .string()
    .check(z.regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)+$/, 'is not an image name')),
  tag: z.string().check(z.regex(/^[0-9a-f]{12}-\d+$/, 'is not <12 hex of the commit>-<build number>')),
  digest: z.string().check(z.regex(/^sha256:[0-9a-f]{64}$/, 'is not a sha256 digest')),
  imageRevision: hex(40),
  manifestRevision: hex(40),
  overlayRevision: hex(40),
  inputs: z.strictObject({ image: hex(16), manifests: hex(16), overlay: hex(16) }),
  renderer: z.string(),
  from: z.optional(label),
  intent: hex(16),
});

/** `<app>/release.yaml` on a deploy branch: which release an environment runs, from which revisions, by which intent. */
export type ReleaseFile = z.infer<typeof schema>;

/** Reads a release.yaml; a UserError naming `where` and the first wrong key if it is not one. */
export function parseRelease(text: string, where: string): ReleaseFile {
  const parsed = z.safeParse(schema, readPlain(text) ?? parseYaml(text, where));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new UserError(`${where}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is not a release'}`.trim(), {
    hint: `git show ${where} prints it`,
  });
}

/** `key: "text"`, `key: text` or `key:`, at the top or two spaces in; no value that YAML takes for anything but this text. */
const plainLine =
  /^( {2})?(?!(?:null|true|false):)([a-zA-Z]+):(?: (?:"([ !#-[\]-~]*)"|(?!(?:null|true|false)$)([a-z](?:[a-z0-9 ./:@_,-]*[a-z0-9])?)))?$/i;

/**
 * What the YAML library reads from a file in which every line is plain, as formatRelease writes them; undefined for any
 * other. It takes a hundredth of the library's time, and an environment has a file for each app.
 */
export function readPlain(text: string): Record<string, unknown> | undefined {
  if (!text.endsWith('\n')) return undefined;
  const top: Record<string, unknown> = {};
  let inner: Record<string, unknown> | undefined;
  for (const line of text.slice(0, -1).split('\n')) {
    const [, indent, key = '', quoted, plain] = plainLine.exec(line) ?? [];
    const value = quoted ?? plain;
    const into = indent === undefined ? top : inner;
    if (into === undefined || key in into || key === '' || plain?.includes(': ') === true) return undefined;
    if (indent === undefined) inner = value === undefined ? {} : undefined;
    else if (value === undefined) return undefined;
    into[key] = value ?? inner;
  }
  return Object.values(top).some((each) => typeof each === 'object' && Object.keys(each ?? {}).length === 0)
    ? undefined
    : top;
}

/** The bytes of a release.yaml: keys in a fixed order, texts that could pass for numbers in quotes. */
export function formatRelease(release: ReleaseFile): string {
  const ordered = Object.fromEntries(
    Object.keys(schema.shape)
      .filter((key) => release[key as keyof ReleaseFile] !== undefined)
      .map((key) => [key, release[key as keyof ReleaseFile]]),
  );
  const quoted = new Set([
    'tag',
    'release',
    'intent',
    'image',
    'manifests',
    'overlay',
    'imageRevision',
    'manifestRevision',
    'overlayRevision',
  ]);
  return Object.entries(ordered)
    .map(([key, value]) => formatEntry(key, value, quoted))
    .join('');
}

function formatEntry(key: string, value: unknown, quoted: ReadonlySet<string>): string {
  if (typeof value === 'object') {
    const inner = Object.entries(value ?? {}).map(([name, each]) => `  ${formatEntry(name, each, quoted)}`);
    return `${key}:\n${inner.join('')}`;
  }
  return quoted.has(key) ? `${key}: ${JSON.stringify(value)}\n` : stringify({ [key]: value });
}
