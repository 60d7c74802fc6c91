import type { Answer, Asked } from './operation.ts';

/** One page of a list, with the Link header that says where the others are. */
export function page<Item>(
  { query, url }: Pick<Asked, 'query' | 'url'>,
  items: readonly Item[],
  body: (some: Item[]) => unknown = (some) => some,
): Answer {
  const size = Math.min(Number(query.get('per_page') ?? 30), 100);
  const number = Number(query.get('page') ?? 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  const link = (to: number, rel: string): string => {
    const others = new URLSearchParams(query);
    others.set('page', String(to));
    return `<${url.origin}${url.pathname}?${others.toString()}>; rel="${rel}"`;
  };
  const some = items.slice((number - 1) * size, number * size);
  const links = number < last ? { link: `${link(number + 1, 'next')}, ${link(last, 'last')}` } : undefined;
  return { status: 200, body: body(some), ...(links === undefined ? {} : { headers: links }) };
}
