import { ORPCError } from '@orpc/client';
import { z } from 'zod';
import { Failure, failureFacts, failureSchema } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';

/** Result of a failed input validation: the standard-schema issues of the first bad fields. */
const badInputSchema = z.object({
	issues: z.array(z.object({ message: z.string(), path: z.array(z.unknown()).optional() })).min(1),
});

/** Returns true for a failure written for people, as opposed to a defect. */
function isForPeople(thrown: unknown): boolean {
	return thrown instanceof Failure || (thrown instanceof ORPCError && thrown.code !== 'INTERNAL_SERVER_ERROR');
}

export type Log = (line: string) => void;

/** Interceptor of every handler: logs defects with their stack. */
export function logDefects(log: Log) {
	return async <T>({ next }: { next(): Promise<T> }): Promise<T> => {
		try {
			return await next();
		} catch (error) {
			if (!isForPeople(error)) log(`a call failed: ${error instanceof Error ? error.stack : String(error)}`);
			throw error;
		}
	};
}

/** Turns what a call threw, in process or over a connection, into a Failure to print. */
export function failureOf(thrown: unknown): Failure {
	if (thrown instanceof Failure) return thrown;
	if (!(thrown instanceof ORPCError)) return new Failure(failureFacts(thrown), { cause: thrown });
	const facts = failureSchema.safeParse(thrown.data);
	if (thrown.code === 'FAILED' && facts.success) return new Failure(facts.data, { cause: thrown });
	const bad = badInputSchema.safeParse(thrown.data);
	if (thrown.code === 'BAD_REQUEST' && bad.success) {
		const issue = bad.data.issues[0]!;
		const field = (issue.path ?? []).map(String).join('.');
		return new Failure(
			{ code: 'bad-input', message: `${field ? `${field}: ` : ''}${issue.message}`, next: [said`Correct the value`] },
			{ cause: thrown },
		);
	}
	if (thrown.code === 'NOT_FOUND') {
		return new Failure(
			{
				code: 'contract-mismatch',
				message: said`The running Assay is a different version from this command`,
				next: [said`Quit the running Assay and start this version`],
			},
			{ cause: thrown },
		);
	}
	return new Failure(failureFacts(thrown.cause ?? thrown), { cause: thrown });
}
