#!/usr/bin/env node
import './require-node.js';

// Imported at once it would fail on an old Node before that has been said.
const { enableCompileCache } = await import('node:module');
enableCompileCache();
const { commandLine } = await import('./bundle.ts');
const { main } = await import(await commandLine());
await main(process.argv.slice(2));
