import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboards } from './dashboards.ts';
import { toGrafana } from './grafana.ts';

for (const dashboard of dashboards) {
  writeFileSync(join(import.meta.dirname, `${dashboard.uid.replace('sluice-', '')}.json`), toGrafana(dashboard));
}
