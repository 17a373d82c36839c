import { validated } from '../../../server/src/facades/leasebook/json-body.js';
import { LeasebookProblem } from '../../../server/src/facades/leasebook/problem.js';
import { CommandFailed, exitCodes } from '../exit-codes.js';

/** Checks what was asked for by the rules of the API. Throws CommandFailed with every fault. */
export async function checked<Request extends object>(
  shape: new () => Request,
  values: Readonly<Record<string, string | undefined>>,
): Promise<Request> {
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  try {
    return (await validated.transform(given, { type: 'query', metatype: shape })) as Request;
  } catch (error) {
    if (!(error instanceof LeasebookProblem)) throw error;
    throw new CommandFailed(exitCodes.usage, (error.faults ?? [error.message]).join('\n'), { cause: error });
  }
}
