/** Who asks for something, as Git writes it. */
export interface Identity {
  name: string;
  email: string;
}

/** Whether a login on GitHub is that of an App or of a workflow's own token; a person's has no brackets. */
export function isBot(login: string): boolean {
  return login.endsWith('[bot]');
}

/** `Ann <ann@example.com>`. */
export function personOf({ name, email }: Identity): string {
  return `${name} <${email}>`;
}
