import { chromium, type Page } from 'playwright-core';

export interface Login {
  user: string;
  password: string;
}

/** Opens a page in headless Chromium, logging in to Argo CD first where asked; waits, takes a picture, and gives the page's text. */
export async function screenshot(
  url: string,
  file: string | undefined,
  settle: number,
  login?: Login,
): Promise<string> {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    if (login !== undefined) await logIn(page, new URL('/login', url).href, login);
    await page.goto(url);
    if (login !== undefined) await page.getByText('Healthy').first().waitFor({ timeout: 60_000 });
    await page.waitForTimeout(settle);
    if (file !== undefined) await page.screenshot({ path: file });
    return await page.innerText('body');
  } finally {
    await browser.close();
  }
}

async function logIn(page: Page, url: string, { user, password }: Login): Promise<void> {
  await page.goto(url);
  await page.fill('input[name="username"]', user);
  await page.fill('input[name="password"]', password);
  await page.click('button[type="submit"]');
  await page.waitForURL((each) => !each.pathname.startsWith('/login'), { timeout: 30_000 });
}
