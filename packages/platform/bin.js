#!/usr/bin/env node
import '@sluice/scripts/require-node';
import { enableCompileCache } from 'node:module';

enableCompileCache();
const { main } = await import('./src/cli.ts');
await main(process.argv.slice(2));
