import { Counter } from '@sluice/chassis';
import type { FastifyInstance } from 'fastify';

/** Counts questions to the catalog by how they ended: `answered`, `refused` (a status of 400 or above), `unreachable`, `timeout`. */
export function countCatalogCalls(app: FastifyInstance): Counter<'outcome'> {
  return new Counter({
    name: 'catalog_calls_total',
    help: 'Questions to the catalog, by outcome.',
    labelNames: ['outcome'],
    registers: [app.metrics],
  });
}

/** Counts how often a question to the catalog was repeated: what retries add to its load. */
export function countCatalogRetries(app: FastifyInstance): Counter {
  return new Counter({
    name: 'catalog_retries_total',
    help: 'Questions to the catalog that were asked again.',
    registers: [app.metrics],
  });
}
