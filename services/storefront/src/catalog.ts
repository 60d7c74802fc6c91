import { retry, type Counter } from '@sluice/chassis';

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
  /** For a question and all that it takes to repeat it. */
  timeoutMs: number;
  calls: Counter<'outcome'>;
  retries: Counter;
}

type Outcome = 'refused' | 'unreachable' | 'timeout';

/** The catalog could not be asked; the message says where and why, and may be shown to users. */
export class CatalogError extends Error {
  readonly outcome: Outcome;
  readonly status: number | undefined;

  constructor(outcome: Outcome, message: string, { status, cause }: { status?: number; cause?: unknown }) {
    super(message, { cause });
    this.name = 'CatalogError';
    this.outcome = outcome;
    this.status = status;
  }
}

/** Statuses of somebody who may answer the next time: a pod that goes, a router between two pods, a pod with too much to do. */
const passing = [429, 502, 503, 504];

/** Asks the catalog service over HTTP, in a limited time, twice again where that may help: it only reads. */
export function createCatalog({ url, timeoutMs, calls, retries }: CatalogOptions): Catalog {
  async function ask(signal: AbortSignal): Promise<Product[]> {
    try {
      const response = await fetch(new URL('/api/v1/products', url), { signal });
      const { status } = response;
      if (!response.ok) {
        await response.body?.cancel();
        throw new CatalogError('refused', `the catalog at ${url} answered ${status}`, { status });
      }
      const { products } = (await response.json()) as { products: Product[] };
      return products;
    } catch (error) {
      if (error instanceof CatalogError || signal.aborted) throw error;
      throw new CatalogError('unreachable', `the catalog at ${url} could not be reached: ${reason(error)}`, {
        cause: error,
      });
    }
  }

  async function askAgain(): Promise<Product[]> {
    const signal = AbortSignal.timeout(timeoutMs);
    let last: CatalogError | undefined;
    try {
      return await retry(() => ask(signal), {
        retries: 2,
        firstWaitMs: 25,
        longestWaitMs: 200,
        signal,
        worthIt: (error) => error instanceof CatalogError && mayPass(error),
        onRetry: (error) => {
          last = error as CatalogError;
          retries.inc();
        },
      });
    } catch (error) {
      if (error instanceof CatalogError) throw error;
      const before = last === undefined ? '' : `; before that: ${last.message}`;
      const message = `the catalog at ${url} did not answer within ${timeoutMs} ms${before}`;
      throw new CatalogError('timeout', message, { cause: error });
    }
  }

  return {
    async products() {
      try {
        const products = await askAgain();
        calls.inc({ outcome: 'answered' });
        return products;
      } catch (error) {
        if (error instanceof CatalogError) calls.inc({ outcome: error.outcome });
        throw error;
      }
    },
  };
}

function mayPass({ outcome, status }: CatalogError): boolean {
  return outcome === 'unreachable' || (status !== undefined && passing.includes(status));
}

/** `fetch` says only "fetch failed" and hides why in the cause. */
function reason(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (!(cause instanceof Error)) return String(cause);
  return (cause as NodeJS.ErrnoException).code ?? cause.message;
}
