import { implement, ORPCError } from '@orpc/server';
import { Failure, type FailureFacts, failureFacts } from '../../models/contract/failure.ts';
import { amount, figure, type Said, said, spoken } from '../../models/contract/said.ts';
import { contract } from '../contract/contract.ts';

/**
 * Prepares the contract for its handlers. Anything that a handler or its stream throws reaches the caller as FAILED
 * with facts written for people; a defect is logged with its stack first. `refusal` can say why a call can't be
 * answered now.
 */
export function implementContract(
	log: (line: string) => void,
	refusal: (path: readonly string[]) => Failure | null = () => null,
) {
	return implement(contract).use(async ({ next, signal, path }) => {
		const toAnswer = (error: unknown): unknown => (signal?.aborted ? error : failedAnswer(error, path, log));
		try {
			const refused = refusal(path);
			if (refused !== null) throw refused;
			const result = await next();
			return isStream(result.output) ? { ...result, output: guardStream(result.output, toAnswer) } : result;
		} catch (error) {
			throw toAnswer(error);
		}
	});
}

export type Implementer = ReturnType<typeof implementContract>;

function isStream(value: unknown): value is AsyncGenerator<unknown> {
	return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

async function* guardStream(stream: AsyncGenerator<unknown>, toAnswer: (error: unknown) => unknown) {
	try {
		yield* stream;
	} catch (error) {
		throw toAnswer(error);
	}
}

function failedAnswer(error: unknown, path: readonly string[], log: (line: string) => void): unknown {
	const facts = factsOf(error);
	if (facts.code === 'internal') log(`api: ${path.join('.')} failed: ${facts.detail ?? facts.message}`);
	return new ORPCError('FAILED', { status: 422, message: facts.message, data: facts, cause: error });
}

function factsOf(error: unknown): FailureFacts {
	if (error instanceof ORPCError && error.code === 'BAD_REQUEST') return invalidInput(error);
	if (error instanceof Failure) return error.facts();
	return failureFacts(error);
}

/** What zod says of one refused value. */
interface Issue {
	readonly message: string;
	readonly path?: readonly unknown[];
	readonly code?: string;
	readonly origin?: string;
	readonly minimum?: number;
	readonly maximum?: number;
	readonly inclusive?: boolean;
}

/** Describes input that the schema of a call refused, such as text that is too long or a number out of range. */
function invalidInput(error: ORPCError<string, unknown>): FailureFacts {
	const issues = (error.data as { issues?: readonly Issue[] } | undefined)?.issues;
	const [first] = issues ?? [];
	return spoken({
		code: 'invalid-input',
		message: first === undefined ? said`This can’t be done with the values given.` : describeIssue(first),
		next: [said`Change the value, then try again`],
		...(issues === undefined ? {} : { detail: JSON.stringify(issues, null, 2).slice(0, 4_000) }),
	});
}

/** Words what people can enter wrongly; the rest is what the schema says. */
function describeIssue({ message, path = [], code, origin, minimum, maximum, inclusive = true }: Issue): Said {
	const field = path.join('.');
	if (field === '') return said`This can’t be done with the values given: ${message}.`;
	const isText = origin === 'string';
	const isNumber = origin === 'number' || origin === 'int';
	const [least, most] = [minimum, maximum].map((bound) => (isNumber && Number.isInteger(bound) ? bound : undefined));
	if (code === 'too_small' && isText && minimum === 1) return said`This can’t be done: “${field}” is empty.`;
	if (code === 'too_big' && isText && maximum !== undefined)
		return said`This can’t be done: “${field}” has more than ${amount(maximum, 'character')}.`;
	if (code === 'too_small' && inclusive && least !== undefined)
		return said`This can’t be done: “${field}” is below ${figure(least)}.`;
	if (code === 'too_big' && inclusive && most !== undefined)
		return said`This can’t be done: “${field}” is above ${figure(most)}.`;
	return said`This can’t be done with the values given: ${`${field}: ${message}`}.`;
}
