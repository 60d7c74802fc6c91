import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { renderPage } from '../page/page.ts';
import { script } from '../page/script.ts';
import { style } from '../page/style.ts';

/** The page in the browser. It loads nothing from elsewhere, and its policy lets it run nothing but itself. */
export async function pageRoutes(app: FastifyInstance): Promise<void> {
  const page = renderPage();
  const policy = [
    `default-src 'none'`,
    `script-src '${digest(script)}'`,
    `style-src '${digest(style)}'`,
    `connect-src 'self'`,
    `img-src data:`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
  ].join('; ');

  app.get('/', async (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', policy)
      .header('x-content-type-options', 'nosniff')
      .header('cache-control', 'no-store')
      .send(page),
  );
}

function digest(inline: string): string {
  return `sha256-${createHash('sha256').update(inline).digest('base64')}`;
}
