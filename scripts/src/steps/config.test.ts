import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runHere } from '../../test/run-here.ts';
import { template } from '../../test/template.ts';
import { temporaryFolder } from '../../test/temporary.ts';

const valid = template()['gitops.config.yaml']?.replace('REGISTRY', 'localhost') ?? '';
const askers = [['validate'], ['new', 'service', 'payments', '--dry-run']];

async function say(args: readonly string[], config?: string): Promise<{ code: number; stderr: string }> {
  const folder = await temporaryFolder();
  execFileSync('git', ['init', '--quiet', folder]);
  if (config !== undefined) writeFileSync(join(folder, 'gitops.config.yaml'), config);
  const { code, stderr } = await runHere(folder, process.env, args);
  return { code, stderr: stderr.replaceAll(folder, 'FOLDER') };
}

it.each(askers)('refuses before it is on main what no landing would take there: %s', async (...args) => {
  const closed = 'freeze: {windows: [{cron: "0 16 * * FRYDAY", for: 64h, zone: Europe/Berlin}]}';
  const config = valid.replace('production: true, gates: {', `production: true, gates: {${closed}, `);

  expect(await say(args, config)).toEqual({
    code: 2,
    stderr: expect.stringMatching(/^error: gitops\.config\.yaml:6:\d+: cron cannot be read: .*FRYDAY/),
  });
});

it.each(askers)('says that a folder has no configuration: %s', async (...args) => {
  expect(await say(args)).toEqual({
    code: 2,
    stderr: 'error: FOLDER has no gitops.config.yaml\n  add it there; docs/promotion.md has its keys\n',
  });
});
