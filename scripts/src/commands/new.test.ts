import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { copyRepository, root } from '../../test/repository-copy.ts';
import { temporaryFolder } from '../../test/temporary.ts';

const run = promisify(execFile);

/** Each new service, and the one that it is made like. */
const made = [
  { name: 'payments', like: 'catalog', args: [] },
  { name: 'kiosk', like: 'storefront', args: ['--like', 'storefront'] },
] as const;
const paths = made.flatMap(({ name }) => [`services/${name}`, `apps/${name}`]);

it(
  'writes services that pass lint, format, types, their tests and validate as they are',
  { timeout: 180_000 },
  async () => {
    const copy = join(await temporaryFolder(), 'copy');
    await copyRepository(copy);
    // Not what this test runs in: a test runner within another one takes its settings.
    const outside = Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST'));
    const options = { cwd: copy, env: { ...Object.fromEntries(outside), NO_COLOR: '1' } };
    /** What validate says of an app, without its name: nothing, unless the one that it was made like has something wrong. */
    async function problems(app: string): Promise<string[]> {
      const done = await run(process.execPath, ['scripts/bin.js', 'validate', app, '--json'], options).catch(
        (error: unknown) => error as { stdout: string },
      );
      const said = JSON.parse(done.stdout) as { problems: { policy: string; object: string }[] };
      return said.problems.map(({ policy, object }) => `${policy} ${object.replace(app, 'it')}`).toSorted();
    }
    const tool = (name: string, ...args: string[]) => run(join(copy, 'node_modules/.bin', name), args, options);

    for (const { name, args } of made) {
      const bin = join(root, 'scripts/bin.js');
      const { stdout } = await run(process.execPath, [bin, 'new', 'service', name, ...args], options);
      expect(stdout).toContain(`+ apps/${name}/overlays/prod/kustomization.yaml\n`);
      expect(stdout).not.toContain('networkpolicy');
    }

    const lock = await readFile(join(copy, 'pnpm-lock.yaml'), 'utf8');
    await tool('oxfmt', '--check', ...paths, 'gitops.config.yaml');
    await tool('oxlint', '--type-aware', ...paths);
    await tool('tsc', '--noEmit');
    for (const { name, like } of made) {
      expect(lock).toContain(`\n  services/${name}:\n`);
      await run(process.execPath, ['--run', 'test'], { ...options, cwd: join(copy, 'services', name) });
      expect(await problems(name)).toEqual(await problems(like));
      const [model, own] = await Promise.all(
        [like, name].map((each) => readFile(join(copy, 'services', each, 'Dockerfile'), 'utf8')),
      );
      expect(own).toBe(model?.replaceAll(like, name));
    }
  },
);
