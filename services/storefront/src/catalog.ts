import type { Counter } from '@sluice/chassis';

export interface Product {
  id: string;
  name: string;
  price: number;
  currency: string;
}

export interface Catalog {
  /** @throws CatalogError when the catalog does not answer in time, or not with products. */
  products(): Promise<Product[]>;
}

export interface CatalogOptions {
  url: string;
  timeoutMs: number;
  calls: Counter<'outcome'>;
}

type Outcome = 'refused' | 'unreachable' | 'timeout';

/** The catalog could not be asked; the message says where and why, and may be shown to users. */
export class CatalogError extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'CatalogError';
    this.outcome = outcome;
  }
}

/** Asks the catalog service over HTTP, each question limited in time. */
export function createCatalog({ url, timeoutMs, calls }: CatalogOptions): Catalog {
  async function ask(): Promise<Product[]> {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(new URL('/api/v1/products', url), { signal });
      if (!response.ok) {
        await response.body?.cancel();
        throw new CatalogError('refused', `the catalog at ${url} answered ${response.status}`);
      }
      const { products } = (await response.json()) as { products: Product[] };
      return products;
    } catch (error) {
      if (error instanceof CatalogError) throw error;
      if (signal.aborted) {
        throw new CatalogError('timeout', `the catalog at ${url} did not answer within ${timeoutMs} ms`, error);
      }
      throw new CatalogError('unreachable', `the catalog at ${url} could not be reached: ${reason(error)}`, error);
    }
  }

  return {
    async products() {
      try {
        const products = await ask();
        calls.inc({ outcome: 'answered' });
        return products;
      } catch (error) {
        if (error instanceof CatalogError) calls.inc({ outcome: error.outcome });
        throw error;
      }
    },
  };
}

/** `fetch` says only "fetch failed" and hides why in the cause. */
function reason(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (!(cause instanceof Error)) return String(cause);
  return (cause as NodeJS.ErrnoException).code ?? cause.message;
}
