import { writeFile } from 'node:fs/promises';
import { json } from 'node:stream/consumers';
import { mergeKeysOf, type OpenApi } from './src/core/merge-keys.ts';

/** `kubectl get --raw /openapi/v2 | pnpm run merge-keys`, after the pinned version of Kubernetes has changed. */
const schema = mergeKeysOf((await json(process.stdin)) as OpenApi);
await writeFile(new URL('src/core/merge-keys.json', import.meta.url), `${JSON.stringify(schema, null, 1)}\n`);
