import { STATUS_CODES } from 'node:http';

/** The body of every answer that is a refusal or a failure. */
export interface Problem {
  statusCode: number;
  error: string;
  message: string;
}

/** The schema of a problem, for a route's `response`. */
export const problemSchema = {
  type: 'object',
  required: ['statusCode', 'error', 'message'],
  properties: { statusCode: { type: 'integer' }, error: { type: 'string' }, message: { type: 'string' } },
} as const;

/** A problem with the standard phrase of its status. */
export function problem(statusCode: number, message: string): Problem {
  return { statusCode, error: STATUS_CODES[statusCode] ?? 'Error', message };
}
