/** The requests of one method that one route answered with one status. */
interface Series {
  labels: { method: string; route: string; status: number };
  count: number;
  /** Seconds. */
  sum: number;
  /** How many took as long as each bucket holds; the last one is for what is over all bounds. */
  perBucket: number[];
}

/** One line of a metric, as prom-client's registry writes it. */
interface Sample {
  metricName: string;
  labels: object;
  sharedLabels: object;
  value: number;
}

/** The histogram of how long requests took, for a registry of prom-client. */
export interface RequestDurations {
  observe(method: string, route: string, status: number, seconds: number): void;
  all(): readonly Pick<Series, 'labels' | 'count'>[];
  readonly name: string;
  /** What a registry asks each of its metrics for. */
  get(): Promise<object>;
}

/**
 * prom-client's own histogram finds a series by a text that it makes of the labels for each observation, which is a
 * quarter of all that the chassis does for a request.
 *
 * @param bounds upper ends of the buckets in seconds, ascending
 */
export function createRequestDurations(name: string, help: string, bounds: readonly number[]): RequestDurations {
  const byRoute = new Map<string, Series[]>();
  const all = (): Series[] => [...byRoute.values()].flat();

  function add(labels: Series['labels']): Series {
    const series = { labels, count: 0, sum: 0, perBucket: [...bounds, Infinity].map(() => 0) };
    byRoute.set(labels.route, [...(byRoute.get(labels.route) ?? []), series]);
    return series;
  }

  function samples({ labels: sharedLabels, count, sum, perBucket }: Series): Sample[] {
    let value = 0;
    const buckets = [...bounds, '+Inf'].map((le, index) => {
      value += perBucket[index] ?? 0;
      return { metricName: `${name}_bucket`, labels: { le }, sharedLabels, value };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels: {}, sharedLabels, value: sum },
      { metricName: `${name}_count`, labels: {}, sharedLabels, value: count },
    ];
  }

  return {
    name,
    all,
    observe(method, route, status, seconds) {
      const known = byRoute.get(route)?.find(({ labels }) => labels.status === status && labels.method === method);
      const series = known ?? add({ method, route, status });
      const bucket = bounds.findIndex((bound) => seconds <= bound);
      const index = bucket < 0 ? bounds.length : bucket;
      series.perBucket[index] = (series.perBucket[index] ?? 0) + 1;
      series.count++;
      series.sum += seconds;
    },
    get: async () => ({ name, help, type: 'histogram', aggregator: 'sum', values: all().flatMap(samples) }),
  };
}
