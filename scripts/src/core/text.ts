/** The first line of a message, without its blanks; nothing where there is no message. */
export function firstLine(text: string | undefined): string {
  return text?.split('\n')[0]?.trim() ?? '';
}

/** A text of at most so many characters, with an ellipsis where some are cut off. */
export function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
