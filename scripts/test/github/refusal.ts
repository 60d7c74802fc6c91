export interface Refusal extends Error {
  refusal: { status: number; errors?: unknown[]; documentation?: string; headers?: Record<string, string> };
}

/** What GitHub says no with: `throw refuse(404, 'Not Found')`. */
export function refuse(status: number, message: string, more: Omit<Refusal['refusal'], 'status'> = {}): Refusal {
  return Object.assign(new Error(message), { refusal: { status, ...more } });
}

/** 422 about one field or, as `custom`, about the whole. */
export function invalid(resource: string, error: { field?: string; code?: string; message?: string }): Refusal {
  return refuse(422, 'Validation Failed', { errors: [{ resource, code: 'custom', ...error }] });
}

export function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && 'refusal' in error;
}
