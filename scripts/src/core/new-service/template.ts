/** What a new service is made of besides what it has in common with the others: one route, with its tests. */
export function routeFiles(name: string): ReadonlyMap<string, string> {
  return new Map([
    [
      'src/server.ts',
      `import { createApp, type ServiceConfig } from '@sluice/chassis';
import type { FastifyInstance } from 'fastify';
import { helloRoutes } from './routes/hello.ts';

/** The service without a process: routes on top of the chassis. */
export function buildServer(config: ServiceConfig): FastifyInstance {
  const app = createApp(config);
  app.register(helloRoutes);
  return app;
}
`,
    ],
    [
      'src/routes/hello.ts',
      `import type { FastifyInstance } from 'fastify';

const hello = {
  params: { type: 'object', required: ['name'], properties: { name: { type: 'string', minLength: 1, maxLength: 64 } } },
  response: { 200: { type: 'object', required: ['greeting'], properties: { greeting: { type: 'string' } } } },
} as const;

/** The first route, to be replaced by what this service is for. */
export async function helloRoutes(app: FastifyInstance): Promise<void> {
  app.get<{ Params: { name: string } }>('/api/v1/hello/:name', { schema: hello }, (request) => ({
    greeting: \`Hello, \${request.params.name}\`,
  }));
}
`,
    ],
    [
      'src/routes/hello.test.ts',
      `import { expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../config.ts';
import { buildServer } from '../server.ts';

function server() {
  const app = buildServer(readConfig({ LOG_LEVEL: 'silent' }));
  onTestFinished(() => app.close());
  return app;
}

it('greets whoever is named', async () => {
  const response = await server().inject('/api/v1/hello/${name}');

  expect(response.statusCode).toBe(200);
  expect(response.json()).toEqual({ greeting: 'Hello, ${name}' });
});

it('counts greetings under the template of their route', async () => {
  const app = server();
  await app.inject('/api/v1/hello/${name}');

  expect(await app.metrics.metrics()).toMatch(
    /http_requests_total\\{.*route="\\/api\\/v1\\/hello\\/:name",status="200".*\\} 1/,
  );
});
`,
    ],
  ]);
}
