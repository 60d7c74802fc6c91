import { PassThrough } from 'node:stream';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { describeDiff } from '../../ui/diff.ts';
import { compareRenderings, type Diff } from './compare.ts';
import { commentLimit, diffMarkdown } from './markdown.ts';
import type { Fields } from './objects.ts';

function stream(isTTY: boolean): NodeJS.WriteStream {
  return Object.assign(new PassThrough(), { isTTY }) as unknown as NodeJS.WriteStream;
}

/** Everything that a difference is ever printed as. */
function everyForm(before: string, after: string): string {
  const diff: Diff = {
    title: 'What changes',
    apps: [{ app: 'web', from: '1', to: '2', objects: compareRenderings(before, after, 'web in prod') }],
  };
  return [
    JSON.stringify(diff),
    describeDiff(diff, stream(false)),
    describeDiff(diff, stream(true)),
    diffMarkdown(diff, { full: '' }),
    diffMarkdown(diff, { full: '', limit: 600 }),
  ].join('\n');
}

function object(kind: string, fields: Fields, annotations: Fields = {}): string {
  return `---\n${stringify({ apiVersion: 'v1', kind, metadata: { name: kind.toLowerCase(), annotations }, ...fields })}`;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** Places where a secret may stand, each as a document that has it there. */
const places: Record<string, (secret: string) => string> = {
  'data of a Secret': (secret) => object('Secret', { data: { plain: base64(secret) } }),
  'stringData of a Secret': (secret) => object('Secret', { stringData: { name: secret, type: secret } }),
  'a list in a Secret': (secret) => object('Secret', { data: [{ name: secret }] }),
  'an annotation of a Secret': (secret) => object('Secret', {}, { note: secret }),
  'a Secret inside another object': (secret) =>
    object('Wrapper', { spec: { manifest: { kind: 'Secret', stringData: { plain: secret } } } }),
  'a Secret in a text': (secret) => object('ConfigMap', { data: { file: `kind: Secret\nstringData:\n  plain: ${JSON.stringify(secret)}\n` } }),
  'what was last applied': (secret) =>
    object('Other', {}, { [lastApplied]: JSON.stringify({ data: { plain: base64(secret) }, plain: secret }) }),
  'an environment variable': (secret) =>
    object('Pod', { spec: { containers: [{ name: 'app', env: [{ name: 'DATABASE_PASSWORD', value: secret }] }] } }),
  'an environment variable that stands twice': (secret) =>
    object('Pod', { spec: { env: [{ name: 'API_TOKEN', value: secret }, { name: 'API_TOKEN', value: secret }] } }),
  'a ConfigMap': (secret) => object('ConfigMap', { data: { SIGNING_KEY: secret } }),
  'a file in a ConfigMap': (secret) => object('ConfigMap', { data: { 'app.ini': `[db]\npassword = ${secret}\n` } }),
  'an argument': (secret) => object('Pod', { spec: { args: [`--api-token=${secret}`] } }),
  'what an option is given': (secret) => object('Pod', { spec: { args: ['-v', '--db-password', `x${secret}`] } }),
  'what an option is given, in a text': (secret) => object('Pod', { spec: { args: [`psql --password x${secret}`] } }),
  'what an option is given, in a list in a text': (secret) =>
    object('ConfigMap', { data: { file: `args:\n  - --db-password\n  - x${secret}\n` } }),
  'a URL': (secret) => object('Pod', { spec: { args: [`postgres://me:${secret}@db/x`] } }),
  'a private key': (secret) => object('ConfigMap', { data: { file: `-----BEGIN PRIVATE KEY-----\n${secret}\n` } }),
  'a copy in base64 of what a Secret has': (secret) =>
    object('Secret', { stringData: { plain: secret } }) + object('Pod', { spec: { args: [base64(secret)] } }),
  'a copy of what a Secret has': (secret) =>
    object('Secret', { data: { plain: base64(secret) } }) +
    object('Pod', { spec: { args: [secret, `x${secret}y`], command: [base64(secret)], containers: [{ name: secret }] } }),
}; // prettier-ignore

describe('what is shown of a secret', () => {
  // The core is what is looked for, since the rest may be written differently where it is quoted.
  const secrets = fc
    .tuple(fc.string({ unit: 'grapheme-ascii', maxLength: 5 }), fc.stringMatching(/^[a-z0-9]{12}$/))
    .map(([rest, core]) => ({ core, text: `${core}${rest.replace(/[\s@/]/g, '')}` }));

  it.each(Object.entries(places))('is nothing in any form: %s', (_, place) => {
    fc.assert(
      fc.property(secrets, secrets, ({ core, text }, other) => {
        fc.pre(core !== other.core);
        const [before, after] = [place(text), place(other.text)];
        const shown = [everyForm(before, after), everyForm('', after), everyForm(before, '')];
        for (const form of shown) {
          for (const each of [core, other.core, base64(core).slice(0, 16), base64(other.core).slice(0, 16)]) {
            expect(form).not.toContain(each);
          }
        }
        expect(shown[0]).toContain('redacted');
      }),
      { numRuns: 50 },
    );
  });

  it('is that it has changed, on both sides', () => {
    const place = places['data of a Secret']!;
    const [change] = compareRenderings(place('first-value'), place('second-value'), 'web');

    expect(change?.fields).toEqual([
      { path: 'data.plain', before: '(redacted, changed)', after: '(redacted, changed)', risk: 'env' },
    ]);
    expect(compareRenderings('', place('first-value'), 'web')[0]?.fields).toContainEqual({
      path: 'data.plain',
      after: '(redacted)',
      risk: 'env',
    });
    expect(compareRenderings(place('first-value'), place('first-value'), 'web')).toEqual([]);
  });
});

describe('a difference of 500 apps and 5 MB', () => {
  const makes = Object.values(places);

  it('is a comment that GitHub takes, with all of it elsewhere, and shows no secret in either', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z0-9]{12}$/), { minLength: 500, maxLength: 500 }), (cores) => {
        const apps = cores.map((core, index) => {
          const place = makes[index % makes.length]!;
          const lines = Array.from({ length: 200 }, (_, line) => `row ${line} of ${index}: ${'visible '.repeat(5)}`);
          const after =
            place(core) +
            object('ConfigMap', { data: { rows: lines.join('\n') } }).replace('name: configmap', 'name: rows');
          return {
            app: `app-${index}`,
            from: '1',
            to: '2',
            objects: compareRenderings(place(`old${core}`), after, 'x'),
          };
        });
        const diff: Diff = { title: 'Everything', apps };
        const whole = diffMarkdown(diff, { full: '' });
        const comment = diffMarkdown(diff, { full: 'The full text is in all.md.', limit: commentLimit });

        expect(whole.length).toBeGreaterThan(5_000_000);
        expect(comment.length).toBeLessThanOrEqual(65_536);
        expect(comment).toContain('| app-0 |');
        expect(comment).toMatch(
          /\*\*Left out: \d+ of \d+ objects \(\d+ of \d+ characters\)\.\*\* The full text is in all\.md\./,
        );
        expect(cores.filter((core) => whole.includes(core) || whole.includes(base64(core).slice(0, 15)))).toEqual([]);
      }),
      { numRuns: 1, endOnFailure: true },
    );
  });
});

describe('what is shown of everything else', () => {
  it.each([
    ['an ordinary variable', object('Pod', { spec: { env: [{ name: 'COLOUR', value: 'visible-9' }] } })],
    ['a reference to a Secret', object('Pod', { spec: { secretKeyRef: { name: 'db', key: 'visible-9' } } })],
    [
      'the name of a Secret',
      object('Pod', { spec: { volumes: [{ name: 'v', secret: { secretName: 'visible-9' } }] } }),
    ],
    ['an image whose name sounds like one', object('Pod', { spec: { image: 'ghcr.io/acme/auth:visible-9' } })],
    ['a host whose name sounds like one', object('ConfigMap', { data: { UPSTREAM: 'http://auth:8080/visible-9' } })],
    ['an option after one that is given nothing', object('Pod', { spec: { args: ['--auth', '--visible-9'] } })],
    ['an argument after an option', object('Pod', { spec: { args: ['--colour', 'visible-9'] } })],
    ['the type of a Secret', object('Secret', { type: 'visible-9' })],
  ])('is all of it: %s', (_, text) => {
    expect(everyForm('', text)).toContain('visible-9');
  });
});
