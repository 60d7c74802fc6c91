import { UserError } from '../core/errors.ts';

/** What `find` gives of a pinned tool; that it can be had from nowhere is a UserError with what to do. */
export async function askToolchain<T>(find: () => Promise<T>): Promise<T> {
  try {
    return await find();
  } catch (error) {
    // Loading the toolchain takes 0.3 s, which only a failure is worth.
    const { ToolError } = await import('@sluice/toolchain');
    if (!(error instanceof ToolError)) throw error;
    throw new UserError(error.message, { hint: error.hint, cause: error });
  }
}
