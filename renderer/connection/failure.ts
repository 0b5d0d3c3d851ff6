import { ORPCError } from '@orpc/client';
import type { FailureFacts } from '../../models/contract/failure.ts';
import { t } from '../messages/t.ts';
import { LinkEnd } from './transport.ts';

/**
 * Converts a call's error to displayable facts. Failures were already written for people on the other side and pass
 * unchanged.
 */
export function toFailure(thrown: unknown): FailureFacts {
	if (thrown instanceof ORPCError) {
		if (thrown.code === 'FAILED' && isFailure(thrown.data)) return thrown.data;
		if (thrown.code === 'BAD_REQUEST') return toInputFailure(thrown.data);
		return toDefectFailure(thrown.cause instanceof Error ? thrown.cause : thrown);
	}
	if (thrown instanceof LinkEnd) return toLossFailure(thrown.message);
	if (isFailure(thrown)) return thrown;
	return toDefectFailure(thrown);
}

/**
 * Whether a call failed because the link was lost: it may or may not have taken effect, and the input is not at fault.
 */
export function isConnectionLoss(thrown: unknown): boolean {
	return thrown instanceof LinkEnd;
}

function toLossFailure(message: string): FailureFacts {
	return { code: 'connection-lost', message, next: [t('Wait until Assay is connected again, then retry')] };
}

function toInputFailure(data: unknown): FailureFacts {
	const issue = (data as { issues?: { message?: string; path?: unknown[] }[] } | undefined)?.issues?.[0];
	const field = issue?.path?.map(String).join('.') ?? '';
	const why = issue?.message ?? t('the value is invalid');
	return { code: 'bad-input', message: field === '' ? why : `${field}: ${why}`, next: [t('Correct the value')] };
}

function toDefectFailure(thrown: unknown): FailureFacts {
	const error = thrown instanceof Error ? thrown : new Error(String(thrown));
	return {
		code: 'internal',
		message: t('This is a bug in Assay: {message}', { message: error.message }),
		next: [t('Try again'), t('Save the details below and report them')],
		...(error.stack === undefined ? {} : { detail: error.stack }),
	};
}

/** Returns whether data from the connection is a failure written for people. */
export function isFailure(data: unknown): data is FailureFacts {
	const facts = data as Partial<FailureFacts> | null | undefined;
	return (
		typeof facts === 'object' &&
		facts !== null &&
		typeof facts.code === 'string' &&
		typeof facts.message === 'string' &&
		Array.isArray(facts.next)
	);
}
