import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatRelease, parseRelease, readPlain, type ReleaseFile } from './release-file.ts';
import { parseYaml } from './yaml.ts';

const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));
const name = fc.stringMatching(/^[a-z]([-a-z0-9]{0,10}[a-z0-9])?$/);
const release: fc.Arbitrary<ReleaseFile> = fc.record(
  {
    app: name,
    environment: name,
    cluster: name,
    namespace: name,
    strategy: fc.constantFrom('rolling', 'canary', 'blue-green'),
    release: hex(12),
    image: name.map((each) => `ghcr.io/acme/${each}`),
    tag: fc.tuple(hex(12), fc.nat(99999)).map(([commit, build]) => `${commit}-${build}`),
    digest: hex(64).map((each) => `sha256:${each}`),
    imageRevision: hex(40),
    manifestRevision: hex(40),
    overlayRevision: hex(40),
    inputs: fc.record({ image: hex(16), manifests: hex(16), overlay: hex(16) }),
    renderer: fc.constant('kustomize v5.8.1'),
    from: name,
    intent: hex(16),
  },
  {
    requiredKeys: [
      'app',
      'environment',
      'cluster',
      'namespace',
      'strategy',
      'release',
      'image',
      'tag',
      'digest',
      'imageRevision',
      'manifestRevision',
      'overlayRevision',
      'inputs',
      'renderer',
      'intent',
    ],
  },
) as fc.Arbitrary<ReleaseFile>;

it('reads back exactly what it wrote, also ids made only of digits or like 12e4567', () => {
  fc.assert(
    fc.property(release, (each) => {
      expect(parseRelease(formatRelease(each), 'x')).toEqual(each);
      expect(formatRelease(parseRelease(formatRelease(each), 'x'))).toBe(formatRelease(each));
    }),
  );
  const [sample] = fc.sample(release, 1) as [ReleaseFile];
  const odd = { ...sample, release: '123456789012', tag: '0000000012e4-7', intent: '1234567812345678' };
  expect(parseRelease(formatRelease(odd), 'x')).toEqual(odd);
});

it('says which key is wrong and where', () => {
  const [sample] = fc.sample(release, 1) as [ReleaseFile];
  const text = formatRelease(sample).replace(/^digest: .*$/m, 'digest: latest');

  expect(() => parseRelease(text, 'deploy/dev:web/release.yaml')).toThrow(
    'deploy/dev:web/release.yaml: digest is not a sha256 digest',
  );
});

it('reads plain lines as the YAML library does, and leaves every other text to it', () => {
  const ends = (plain: string[], odd: string[]) =>
    fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...plain) }, { weight: 1, arbitrary: fc.constantFrom(...odd) });
  const key = ends(['a', 'b', 'c', 'd', 'e'], ['null', 'true', '__proto__', 'constructor', '"k"', '1', 'a.b']);
  const value = ends(
    [' a', ' yes', ' "a: #b"', ' a, b', ' sha256:0f', ' x-1'],
    [
      ' null',
      ' True',
      ' 1',
      ' 1e3',
      ' ~',
      " 'q'",
      ' "\\n"',
      ' x: y',
      ' x #y',
      ' x:',
      ' - x',
      ' *a',
      ' {}',
      ' ',
      '  a',
      'a',
    ],
  );
  const line = fc.oneof(
    {
      weight: 9,
      arbitrary: fc
        .tuple(ends(['', '', '  '], [' ', '    ']), key, fc.constant(':'), value)
        .map((parts) => parts.join('')),
    },
    { weight: 3, arbitrary: key.map((each) => `${each}:`) },
    {
      weight: 1,
      arbitrary: fc.oneof(fc.constantFrom('', '# note', '---', '...', '\t', 'text'), fc.string({ maxLength: 9 })),
    },
  );
  const text = fc
    .tuple(fc.uniqueArray(line, { minLength: 1, maxLength: 5 }), ends(['\n'], ['', '\n\n']))
    .map(([lines, end]) => lines.join('\n') + end);
  let plain = 0;
  fc.assert(
    fc.property(text, (each) => {
      const read = readPlain(each);
      if (read === undefined) return;
      plain++;
      expect(read).toEqual(parseYaml(each, 'x'));
    }),
    { numRuns: 5000 },
  );
  expect(plain).toBeGreaterThan(50);
  fc.assert(
    fc.property(release, (each) => {
      expect(readPlain(formatRelease(each))).toEqual(each);
    }),
  );
});
