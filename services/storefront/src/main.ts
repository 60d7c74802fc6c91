import { runService } from '@sluice/chassis';
import { readConfig } from './config.ts';
import { buildServer } from './server.ts';

await runService(readConfig, buildServer);
