import type { Server } from 'node:http';
import { collectDefaultMetrics } from 'prom-client';
import type { FastifyInstance } from 'fastify';
import { ConfigError } from './environment.ts';
import { startMetricsServer } from './metrics-server.ts';
import type { ServiceConfig } from './settings.ts';
import { stopGracefully } from './shutdown.ts';

/**
 * The process around a service: reads its configuration, listens, and stops gracefully.
 * Wrong settings and ports that cannot be had are one message on stderr and exit code 1.
 */
export async function runService<Config extends ServiceConfig>(
  readConfig: (env: NodeJS.ProcessEnv) => Config,
  buildServer: (config: Config) => FastifyInstance,
): Promise<void> {
  try {
    const config = readConfig(process.env);
    const app = buildServer(config);
    // The default of 10 ms wakes an idle process a hundred times a second.
    collectDefaultMetrics({ register: app.metrics, eventLoopMonitoringPrecision: 100 });
    const metricsServer = await startMetricsServer(app.metrics, { host: config.HOST, port: config.METRICS_PORT });
    stopGracefully(app, metricsServer, config);
    await app.listen({ host: config.HOST, port: config.PORT });
    const ports = { port: portOf(app.server), metricsPort: portOf(metricsServer) };
    app.log.info({ ...ports, startMs: Math.round(performance.now()) }, 'ready');
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    process.exit(1);
  }
}

function portOf(server: Server): number | undefined {
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : undefined;
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const { code, port, stack } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') {
    return `port ${port} is in use; stop what holds it (ss -ltnp 'sport = :${port}') or set PORT and METRICS_PORT`;
  }
  if (code === 'EACCES') return `port ${port} may not be listened on without privileges; set PORT and METRICS_PORT`;
  return stack ?? String(error);
}
