import { describe, expect, it } from 'vitest';
import { renderApp as render, shipped, shippedCells, shippedConfig, type Image } from '../../test/shipped-apps.ts';
import { template } from '../../test/template.ts';
import { parseConfig } from '../core/config.ts';

const old: Image = { tag: '0123456789ab-1', digest: `sha256:${'1'.repeat(64)}` };
const next: Image = { tag: '123456789012-2', digest: `sha256:${'2'.repeat(64)}` };

/** The lines of two renderings that differ, told apart by what they may be. */
function changedLines(before: string, after: string) {
  const [a, b] = [before.split('\n'), after.split('\n')];
  const changed = b.map((line, index) => [a[index] ?? '', line]).filter(([was, is]) => was !== is);
  const expected = changed.filter(
    ([was = '', is = '']) =>
      is === was.replace(old.tag, next.tag).replace(old.digest, next.digest) &&
      /^ *(- )?(image:|app\.kubernetes\.io\/version:) /.test(is),
  );
  return { lines: [a.length, b.length], changed: changed.length, unexpected: changed.length - expected.length };
}

describe('a new image', () => {
  it.each(shippedCells)('changes the lines of image and version label alone: $app in $environment', async (cell) => {
    const [before, after] = await Promise.all(
      [old, next].map((image) => render(shipped, shippedConfig, cell.app, cell.environment, image)),
    );
    const { lines, changed, unexpected } = changedLines(before ?? '', after ?? '');

    expect(lines[0]).toBe(lines[1]);
    // The image, and the label of the workload and of its pods; orders has a migration as well.
    expect(changed).toBe(cell.app === 'orders' ? 6 : 3);
    expect(unexpected).toBe(0);
  });

  it('is not alone where a base is edited with it, which the comparison sees', async () => {
    const path = 'apps/orders/base/deployment.yaml';
    const edited = { ...shipped, [path]: shipped[path]?.replace('cpu: 50m', 'cpu: 60m') ?? '' };
    const before = await render(shipped, shippedConfig, 'orders', 'dev', old);
    const after = await render(edited, shippedConfig, 'orders', 'dev', next);

    expect(changedLines(before, after)).toMatchObject({ changed: 7, unexpected: 1 });
  });
});

describe('a rendering', () => {
  const files = template();
  const own = parseConfig(files['gitops.config.yaml']?.replace('REGISTRY', 'localhost') ?? '');
  const deployment = 'apps/web/base/deployment.yaml';

  it('is refused where no container has the name of the image', async () => {
    const typo = { ...files, [deployment]: files[deployment]?.replace('image: web', 'image: wbe') ?? '' };

    await expect(render(typo, own, 'web', 'dev', next)).rejects.toThrow(
      'no container of web in dev runs the image of its release: "web" is none of wbe',
    );
    await expect(render(files, own, 'web', 'dev', next)).resolves.toContain(`@${next.digest}`);
  });

  it('is refused where an overlay leaves its base out', async () => {
    const path = 'apps/web/overlays/dev/kustomization.yaml';
    const alone = { ...files, [path]: files[path]?.replace('resources: [../../base]', 'resources: []') ?? '' };

    await expect(render(alone, own, 'web', 'dev', next)).rejects.toThrow(
      'nothing of web runs in dev, though its base has a container of "web"',
    );
    await expect(render(alone, own, 'web', 'prod', next)).resolves.toContain(`@${next.digest}`);
  });

  it('is not refused where nothing runs', async () => {
    const config = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {a: b}\n';

    expect(await render({ ...files, [deployment]: config }, own, 'web', 'dev', next)).toContain('kind: ConfigMap');
  });

  it('is refused where an overlay sets the image as well', async () => {
    const path = 'apps/web/overlays/prod/kustomization.yaml';
    const twice = { ...files, [path]: `${files[path] ?? ''}images: [{name: web, newTag: "1.10"}]\n` };

    await expect(render(twice, own, 'web', 'prod', next)).rejects.toThrow(`${path} sets the image web`);
    await expect(render(twice, own, 'web', 'dev', next)).resolves.toContain(`@${next.digest}`);
  });

  it('is refused before Kustomize would fetch something', async () => {
    const path = 'apps/web/overlays/dev/kustomization.yaml';
    const remote = { ...files, [path]: 'resources: [../../base, "https://127.0.0.1:1/evil.yaml"]\n' };

    await expect(render(remote, own, 'web', 'dev', next)).rejects.toThrow(
      `${path} names https://127.0.0.1:1/evil.yaml`,
    );
  });
});
