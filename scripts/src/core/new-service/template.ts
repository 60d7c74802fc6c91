/** The code of a new service: one route on top of the chassis, with its tests. */
export function sourceFiles(name: string): ReadonlyMap<string, string> {
  return new Map([
    [
      'src/config.ts',
      `import { readEnvironment, serviceSettings, type ServiceConfig } from '@sluice/chassis';

const service = '${name}';

/** @throws ConfigError listing every wrong variable. */
export function readConfig(env: NodeJS.ProcessEnv): ServiceConfig {
  return { service, ...readEnvironment(service, serviceSettings, env) };
}
`,
    ],
    [
      'src/main.ts',
      `import { runService } from '@sluice/chassis';
import { readConfig } from './config.ts';
import { buildServer } from './server.ts';

await runService(readConfig, buildServer);
`,
    ],
    [
      'src/main.test.ts',
      `import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { startService } from '@sluice/chassis/testing';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

it('answers as a process, and ends with 0 at SIGTERM', async () => {
  const service = await startService(main, { VERSION: 'v2' });

  const version = await fetch(\`\${service.url}/version\`);
  service.child.kill('SIGTERM');

  expect(await version.json()).toMatchObject({ service: '${name}', version: 'v2' });
  expect(await service.exited).toBe(0);
});
`,
    ],
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
