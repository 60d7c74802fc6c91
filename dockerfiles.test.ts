import { globSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

interface Instruction {
  name: string;
  text: string;
}

const files = globSync('services/*/Dockerfile').map((file) => ({
  file,
  service: basename(dirname(file)),
  text: readFileSync(file, 'utf8'),
}));
const [first = { file: '', service: '', text: '' }] = files;

/** What the last stage may do: add what was made before it, say how it runs, and nothing that needs a shell. */
const allowedLast = ['FROM', 'WORKDIR', 'COPY', 'ARG', 'ENV', 'LABEL', 'USER', 'EXPOSE', 'ENTRYPOINT'];
const labels = ['title', 'licenses', 'source', 'version', 'revision'].map((name) => `org.opencontainers.image.${name}`);
const { runAsUser } = (
  parse(readFileSync('apps/components/hardened/deployment.patch.yaml', 'utf8')) as {
    spec: { template: { spec: { securityContext: { runAsUser: number } } } };
  }
).spec.template.spec.securityContext;

function instructions(text: string): Instruction[] {
  const joined = text.replaceAll(/^#.*\n/gm, '').replaceAll(/\\\n\s*/g, ' ');
  return [...joined.matchAll(/^([A-Z]+)\s+(.*)$/gm)].map(([, name = '', rest = '']) => ({ name, text: rest.trim() }));
}

/** Everything that is wrong with a Dockerfile of a service, in words. */
function problemsOf(text: string, service: string): string[] {
  const all = instructions(text);
  const problems: string[] = [];
  const stages = all.flatMap(({ name }, index) => (name === 'FROM' ? [index] : []));
  const last = all.slice(stages.at(-1));
  const build = all.slice(0, stages.at(-1));
  const at = (name: string, pattern: RegExp): number =>
    build.findIndex((each) => each.name === name && pattern.test(each.text));

  for (const { name, text: image } of all) {
    const [, value = ''] = /^(?:NODE_BUILD_IMAGE|NODE_IMAGE)=(.*)$/.exec(image) ?? [];
    if (name === 'ARG' && value !== '' && (!/:[^/]+$/.test(value) || /:latest\b/.test(value)))
      problems.push(`the base ${value} has no tag that stays`);
    if (name === 'FROM' && !/^(--platform=\$\{BUILDPLATFORM\} )?\$\{NODE_(BUILD_)?IMAGE\}( AS build)?$/.test(image))
      problems.push(`FROM ${image}: the base is not a build argument`);
  }
  if (stages.length < 2) problems.push('what builds is in the image: it has one stage');
  for (const { name } of last) if (!allowedLast.includes(name)) problems.push(`${name} in the last stage`);
  if (last.some(({ name, text: what }) => name === 'COPY' && !what.startsWith('--from=build ')))
    problems.push('the last stage copies something that was not built');

  const user = last.find(({ name }) => name === 'USER')?.text;
  if (user !== `${runAsUser}:${runAsUser}`) problems.push(`USER ${user}: the manifests run it as ${runAsUser}`);
  for (const name of ['ENTRYPOINT', 'CMD'])
    for (const each of last)
      if (each.name === name && !each.text.startsWith('[')) problems.push(`${name} needs a shell`);
  if (!last.some(({ name }) => name === 'ENTRYPOINT')) problems.push('no ENTRYPOINT');
  const said = last
    .filter(({ name }) => name === 'LABEL')
    .map((each) => each.text)
    .join(' ');
  for (const label of labels) if (!said.includes(`${label}=`)) problems.push(`no label ${label}`);
  if (!last.some(({ text: what }) => what.includes('--enable-source-maps')))
    problems.push('stacks without source maps');

  const install = at('RUN', /pnpm install --frozen-lockfile --prod/);
  if (install < 0) problems.push('dependencies are not those of the lockfile');
  for (const folder of ['packages/chassis', `services/${service}`]) {
    const manifest = at('COPY', new RegExp(`^${folder}/package.json `));
    if (manifest < 0 || manifest > install)
      problems.push(`${folder}/package.json does not come before the installation`);
    const source = at('COPY', new RegExp(`^${folder} `));
    if (source < install) problems.push(`${folder} comes before the installation: every edit installs again`);
  }
  if (at('COPY', /^\. /) >= 0) problems.push('everything is copied: any edit is an edit of every service');
  return problems;
}

describe('the Dockerfiles of the services', () => {
  it.each(files)('has nothing wrong: $file', ({ text, service }) => {
    expect(problemsOf(text, service)).toEqual([]);
  });

  it('follow one pattern', () => {
    for (const { text, service } of files) expect(text.replaceAll(service, first.service), service).toBe(first.text);
  });

  it.each([
    ['a base that moves', /nodejs26-debian13:nonroot/, 'nodejs26-debian13:latest', /has no tag that stays/],
    ['a base without a tag', /:26\.[\w.-]+/, '', /has no tag that stays/],
    ['a base that cannot be replaced', 'FROM ${NODE_IMAGE}', 'FROM debian:13', /not a build argument/],
    ['one stage', /\nFROM \$\{NODE_IMAGE\}\n/, '\n', /one stage/],
    ['a package manager in the image', 'WORKDIR /app', 'RUN apt-get update', /RUN in the last stage/],
    ['sources in the image', '--from=build /src/services/', 'services/', /not built/],
    ['root', /USER .*/, 'USER root', /manifests run it as/],
    ['a user by name', /USER .*/, 'USER nonroot', /manifests run it as/],
    ['another user than the manifests', /USER .*/, 'USER 1000:1000', /manifests run it as/],
    ['a shell as process 1', /ENTRYPOINT .*/, 'ENTRYPOINT node /app/main.mjs', /ENTRYPOINT needs a shell/],
    ['nothing to run', /ENTRYPOINT .*/, '', /no ENTRYPOINT/],
    ['no revision', /org.opencontainers.image.revision/, 'revision', /no label org.opencontainers.image.revision/],
    ['no source maps', '--enable-source-maps', '--no-warnings', /source maps/],
    ['dependencies as they come', '--frozen-lockfile', '', /not those of the lockfile/],
    [
      'sources before dependencies',
      'COPY pnpm-lock.yaml',
      'COPY packages/chassis packages/chassis\nCOPY pnpm-lock.yaml',
      /every edit installs again/,
    ],
    [
      'a manifest that is missing',
      /COPY packages\/chassis\/package.json .*\n/,
      '',
      /does not come before the installation/,
    ],
    ['everything copied', 'COPY pnpm-lock.yaml pnpm-workspace.yaml ./', 'COPY . .', /everything is copied/],
  ])('would be refused with %s', (_what, from, to, why) => {
    const broken = first.text.replace(from, to);

    expect(broken).not.toBe(first.text);
    expect(problemsOf(broken, first.service).join('\n')).toMatch(why);
  });

  it('may name their base by digest as well, which Renovate adds', () => {
    const { packageRules } = JSON.parse(readFileSync('renovate.json', 'utf8')) as { packageRules: object[] };
    const pinned = first.text.replaceAll(/^(ARG NODE_(?:BUILD_)?IMAGE=.*)$/gm, `$1@sha256:${'0'.repeat(64)}`);

    expect(pinned.match(/@sha256:/g)).toHaveLength(2);
    expect(problemsOf(pinned, first.service)).toEqual([]);
    expect(packageRules).toContainEqual(
      expect.objectContaining({
        matchManagers: ['dockerfile'],
        matchFileNames: ['services/**'],
        pinDigests: true,
      }),
    );
  });

  it('see nothing but what they name', () => {
    const [everything, ...allowed] = readFileSync('.dockerignore', 'utf8')
      .split('\n')
      .filter((line) => !/^(#|$)/.test(line));

    expect(everything).toBe('*');
    expect(allowed).toEqual(expect.arrayContaining(['**/node_modules', '**/dist', '**/*.test.ts']));
  });
});
