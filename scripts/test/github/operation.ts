import type { RestSchema } from './rest-schema.ts';
import type { State, Token } from './state.ts';

/** A request that may be answered: its token sees the repository and has the permission, its body is as the schema says. */
export interface Asked {
  state: State;
  schema: RestSchema;
  token: Token;
  params: Record<string, string>;
  query: URLSearchParams;
  url: URL;
  body: unknown;
}

export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** Who asked, where that is known. */
  by?: string | undefined;
}

/** Answers one operation, or throws a refusal. */
export type Handler = (asked: Asked) => Promise<Answer> | Answer;
