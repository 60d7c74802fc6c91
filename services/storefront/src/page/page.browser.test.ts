import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startService, type ServiceProcess } from '@sluice/chassis/testing';
import { chromium, type Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startFront } from '../../test/front.ts';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const absent = !existsSync(executablePath);
if (absent)
  process.stderr.write(
    `skipped: the page in a browser; ${executablePath} does not exist: apt-get install chromium, or set CHROMIUM\n`,
  );

const storefrontMain = fileURLToPath(new URL('../main.ts', import.meta.url));
// By its path: as a dependency, every edit of the catalog would build the storefront.
const catalogMain = fileURLToPath(new URL('../../../catalog/src/main.ts', import.meta.url));

/** A page of a storefront, and everything it complains of. */
async function open({ url }: Pick<ServiceProcess, 'url'>): Promise<{ page: Page; complaints: string[] }> {
  // As root, Chromium refuses its own sandbox; it sees nothing here but this page.
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) complaints.push(`asked ${request.url()}`);
  });
  await page.goto(url);
  return { page, complaints };
}

describe.skipIf(absent)('the page in a browser', () => {
  it('draws a square for each answer, in the colour of its version, and counts what the catalog has', async () => {
    const catalog = await startService(catalogMain);
    const storefront = await startService(storefrontMain, {
      VERSION: 'v2',
      CATALOG_URL: catalog.url,
      FAULT_ERROR_RATE: '0',
    });

    const { page, complaints } = await open(storefront);

    await page.locator('#squares .answered').nth(4).waitFor();
    expect(await page.locator('#legend th').innerText()).toBe('v2');
    await page.getByText('Catalog: 6 products').waitFor();
    const title = await page.locator('#squares .answered').first().getAttribute('title');
    expect(title).toMatch(/^v2 · 200 · /);
    expect(await page.locator('#squares .failed').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('shows a bad version arrive, its failures by their shape, and stops when paused', async () => {
    const good = await startService(storefrontMain, { VERSION: 'good', FAULT_ERROR_RATE: '0' });
    const front = await startFront(good.url);
    const { page } = await open(front);
    await page.locator('#squares .answered').first().waitFor();

    good.child.kill('SIGTERM');
    await good.exited;
    front.lead((await startService(storefrontMain, { VERSION: 'bad', FAULT_ERROR_RATE: '1' })).url);

    const bad = page.locator('#legend tr', { hasText: 'bad' });
    await bad.waitFor();
    expect(await bad.innerText()).toMatch(/^bad\s+\d+\s+[\d.]+ %\s+\d+\s+100\.0 %$/);
    await page.locator('#squares .failed').first().waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Continue' }).waitFor();
  });

  it('says that the catalog is gone, and when it is back', async () => {
    const catalog = await startService(catalogMain);
    const front = await startFront(catalog.url);
    const storefront = await startService(storefrontMain, { CATALOG_URL: front.url, FAULT_ERROR_RATE: '0' });
    const { page } = await open(storefront);
    await page.getByText('Catalog: 6 products').waitFor();

    catalog.child.kill('SIGTERM');
    await page.getByText('Catalog: unreachable').waitFor();
    front.lead((await startService(catalogMain)).url);

    await page.getByText('Catalog: 6 products').waitFor();
  });
});
