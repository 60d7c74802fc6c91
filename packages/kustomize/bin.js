#!/usr/bin/env node
// Plain JavaScript, so that an old Node can at least say what is wrong.
const needed = 26;

if (Number(process.versions.node.split('.')[0]) < needed) {
  process.stderr.write(
    `error: kustomize was started by Node ${process.versions.node} (${process.execPath}), its wrapper needs ${needed} or newer\n` +
      '  run `npx --yes pnpm@12.21.0 install` in the repository, which brings that Node, then `pnpm exec kustomize`\n',
  );
  process.exitCode = 1;
} else {
  const { enableCompileCache } = await import('node:module');
  enableCompileCache();
  const { main } = await import('./src/main.ts');
  await main(process.argv.slice(2));
}
