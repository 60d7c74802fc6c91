import { isBot } from './identity.ts';
import { digestOf } from './snapshot.ts';

/** What an approval binds to, 16 hex digits: this release of an app in an environment, rendered to these bytes, and the gates that it passes over. */
export function approvalSubject(
  app: string,
  environment: string,
  release: string,
  manifests: string,
  overridden: Iterable<string> = [],
): string {
  return digestOf([app, environment, release, manifests, ...[...overridden].toSorted()]);
}

/**
 * Who has approved, each person once, less those who ask: by mail, so that another name does not make another person.
 * Bots are nobody: whoever may have one act could approve by it what they ask for themselves.
 */
export function approvers(given: readonly { by: string }[], asking: readonly string[]): string[] {
  const people = given.filter(({ by }) => !isBot(mailOf(by).replace(/@.*/, '')));
  const byMail = new Map(people.map(({ by }) => [mailOf(by), by]));
  for (const person of asking) byMail.delete(mailOf(person));
  return [...byMail.values()];
}

/** `1 of 2: approved by Ann <ann@example.com>`. */
export function describeApprovals(people: readonly string[], count: number): string {
  return `${people.length} of ${count}: approved by ${people.length === 0 ? 'nobody' : people.join(', ')}`;
}

/** `Ann <ANN@example.com>` and `A. <ann@example.com>` are one person. */
export function mailOf(person: string): string {
  return (/<(.*)>/.exec(person)?.[1] ?? person).toLowerCase();
}
