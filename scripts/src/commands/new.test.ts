import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { copyRepository, root } from '../../test/repository-copy.ts';
import { temporaryFolder } from '../../test/temporary.ts';

const run = promisify(execFile);

it(
  'writes a service that passes lint, format, types, its tests and validate as it is',
  { timeout: 180_000 },
  async () => {
    const copy = join(await temporaryFolder(), 'copy');
    await copyRepository(copy);
    // Not what this test runs in: a test runner within another one takes its settings.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')));
    /** What validate says of an app, without its name: nothing, unless the one that it was made like has something wrong. */
    async function problems(app: string): Promise<string[]> {
      const options = { cwd: copy, env: { ...env, NO_COLOR: '1' } };
      const done = await run(process.execPath, ['scripts/bin.js', 'validate', app, '--json'], options).catch(
        (error: unknown) => error as { stdout: string },
      );
      const said = JSON.parse(done.stdout) as { problems: { policy: string; object: string }[] };
      return said.problems.map(({ policy, object }) => `${policy} ${object.replace(app, 'it')}`).toSorted();
    }
    const tool = (name: string, ...args: string[]) =>
      run(join(copy, 'node_modules/.bin', name), args, { cwd: copy, env: { ...env, NO_COLOR: '1' } });

    const made = await run(process.execPath, [join(root, 'scripts/bin.js'), 'new', 'service', 'payments'], {
      cwd: copy,
      env,
    });

    expect(made.stdout).toContain('+ apps/payments/overlays/prod/kustomization.yaml\n');
    expect(await readFile(join(copy, 'pnpm-lock.yaml'), 'utf8')).toContain('\n  services/payments:\n');
    await tool('oxfmt', '--check', 'services/payments', 'apps/payments', 'gitops.config.yaml');
    await tool('oxlint', '--type-aware', 'services/payments');
    await tool('tsc', '--noEmit');
    await run(process.execPath, ['--run', 'test'], { cwd: join(copy, 'services/payments'), env });
    expect(await problems('payments')).toEqual(await problems('catalog'));
    const dockerfiles = await Promise.all(
      ['catalog', 'payments'].map((each) => readFile(join(copy, `services/${each}/Dockerfile`), 'utf8')),
    );
    expect(dockerfiles[1]).toBe(dockerfiles[0]?.replaceAll('catalog', 'payments'));
  },
);
