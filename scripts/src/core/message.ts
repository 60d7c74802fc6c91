import { verbs, type Allowance, type Verb } from './gates/index.ts';

/** What the trailers of a landing's message say. */
export interface Said {
  /** A delivery where they do not name one. */
  verb: Verb;
  by: string;
  intent: string | undefined;
  allowed: Set<Allowance>;
  /** The gates that are passed over; only an override that says why passes over any. */
  overridden: Set<string>;
  why: string | undefined;
}

/** Reads the trailers of a landing's message, which are its last paragraph. */
export function readMessage(message: string): Said {
  const trailers = message.trimEnd().split('\n\n').at(-1) ?? '';
  const values = (name: string): string[] =>
    [...trailers.matchAll(new RegExp(`^${name}: (.+)$`, 'gm'))].map((match) => match[1] ?? '');
  const verb = values('Verb').at(-1) ?? 'delivery';
  const why = values('Reason').at(-1);
  return {
    verb: verbs.find((each) => each === verb) ?? 'delivery',
    by: values('By').at(-1) ?? '',
    intent: values('Intent').at(-1),
    allowed: new Set(values('Allowed').filter((each) => each === 'downgrade' || each === 'deletion')),
    overridden: new Set(verb === 'override' && why !== undefined ? values('Override') : []),
    why,
  };
}
