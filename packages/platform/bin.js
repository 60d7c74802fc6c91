#!/usr/bin/env node
import '@sluice/scripts/require-node';

// Imported at once it would fail on an old Node before that has been said.
const { enableCompileCache } = await import('node:module');
enableCompileCache();
const { main } = await import('./src/cli.ts');
await main(process.argv.slice(2));
