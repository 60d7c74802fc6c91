import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configJsonSchema, configSchemaFile } from './src/core/config-json-schema.ts';

writeFileSync(join(import.meta.dirname, '..', configSchemaFile), configJsonSchema());
