/** Who asks for something, as Git writes it. */
export interface Identity {
  name: string;
  email: string;
}

/** `Ann <ann@example.com>`. */
export function personOf({ name, email }: Identity): string {
  return `${name} <${email}>`;
}
