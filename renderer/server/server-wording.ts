import type { ServerRequest } from '../../electron/contract/server/request-log.ts';
import { formatCount, formatPercent } from '../design/format.ts';
import { t } from '../messages/t.ts';
import type { Services } from '../services.ts';

/** Status of a request whose client left before the answer was complete. */
export const clientLeft = 499;

export type RequestOutcome = 'fine' | 'left' | 'failed';

/** Tells how an ended request went. */
export function outcomeOf({ status }: Pick<ServerRequest, 'status'>): RequestOutcome {
	if (status === clientLeft) return 'left';
	return status !== null && status < 400 ? 'fine' : 'failed';
}

/** Names the outcome in a word or two, with the status of a failure. */
export function describeOutcome(request: ServerRequest): string {
	switch (outcomeOf(request)) {
		case 'left':
			return t('Client left');
		case 'failed':
			return request.status === null ? t('Failed') : t('Failed, {status}', { status: String(request.status) });
		case 'fine':
			return request.finishReason === 'max-tokens' || request.finishReason === 'length'
				? t('Cut at its limit')
				: t('Answered');
	}
}

/** Tells what a live request is doing, with its place if it waits. */
export function describeState({ state, place }: ServerRequest): string {
	if (place !== null) return t('Waiting, place {place}', { place: formatCount(place) });
	switch (state) {
		case 'reading':
			return t('Arriving');
		case 'loading':
			return t('Loading the model');
		case 'waiting':
			return t('Waiting');
		case 'prompt':
			return t('Reading the prompt');
		case 'answering':
			return t('Answering');
		case 'ended':
			return t('Ended');
	}
}

/** The share of the prompt that came from the cache: "78 %"; '': there was no prompt. */
export function describeCachedShare({ promptTokens, cachedTokens }: ServerRequest): string {
	if (promptTokens === null || cachedTokens === null || promptTokens === 0) return '';
	return formatPercent(cachedTokens / promptTokens);
}

/** A number of tokens or another figure that may be missing. */
export function orNothing(value: number | null, words: (value: number) => string = formatCount): string {
	return value === null ? '' : words(value);
}

export function describeClient({ client }: Pick<ServerRequest, 'client'>): string {
	return client === '' ? t('Unnamed program') : client;
}

export function describeKey(key: ServerRequest['key']): string {
	return key === null ? t('No key') : key.name;
}

export function describeRoute(route: string): string {
	return route === '' ? t('Unknown address') : route;
}

/** What a person can do about a failed request. */
export interface NextStep {
	readonly words: string;
	/** Where in the app it is done, and the button's label. */
	readonly go?: { readonly label: string; readonly run: () => void };
}

/** Suggests what to do about a failed request, by its code. The error itself may end with steps of its own. */
export function nextSteps({ errorCode, status }: ServerRequest, { layout }: Pick<Services, 'layout'>): NextStep[] {
	const settings = {
		label: t('Server settings'),
		run: () => layout.go({ section: 'settings', part: 'server' }),
	};
	const models = { label: t('Go to Models'), run: () => layout.go({ section: 'models' }) };
	switch (errorCode ?? '') {
		case 'invalid_api_key':
			return [{ words: t('Create a key in the server settings and put it into the program'), go: settings }];
		case 'missing_scope':
			return [{ words: t('Give the program a key that is allowed to do this'), go: settings }];
		case 'foreign_host':
		case 'foreign_origin':
			return [{ words: t('Let the program use exactly the address in the server settings'), go: settings }];
		case 'rate_limit_exceeded':
		case 'too_many_requests':
			return [{ words: t('Send fewer requests from the program, or raise the limits of its key'), go: settings }];
		case 'model_not_found':
		case 'model_ambiguous':
			return [
				{ words: t('Name an installed model in the program'), go: models },
				{ words: t('Or let this name stand for a model: an alias'), go: settings },
			];
		case 'context_length_exceeded':
			return [
				{ words: t('Load the model with a longer context'), go: models },
				{ words: t('Or send less text from the program') },
			];
		case 'not_enough_memory':
			return [{ words: t('Unload a model, or use a smaller one'), go: models }];
		case 'load_cancelled':
			return [{ words: t('Send the request again: the model loads afresh') }];
		default:
			if (status === clientLeft) return [{ words: t('Raise the time limit in the program, or ask for fewer tokens') }];
			if (status === 404)
				return [{ words: t('Compare the address in the program with that in the server settings'), go: settings }];
			if (status !== null && status >= 500) {
				const log = { label: t('Activity log'), run: () => layout.go({ section: 'activity', part: null }) };
				return [{ words: t('Look in the activity log for what happened then'), go: log }];
			}
			return [{ words: t('Correct the request in the program, as the message says') }];
	}
}

/** Names errors of the server for people; an unknown code stands for itself. */
export function describeErrorCode(code: string): string {
	switch (code) {
		case 'invalid_api_key':
			return t('No key, or a wrong or revoked one');
		case 'missing_scope':
			return t('The key isn’t allowed to do this');
		case 'foreign_host':
		case 'foreign_origin':
			return t('Asked from a page or address that isn’t allowed');
		case 'rate_limit_exceeded':
		case 'too_many_requests':
			return t('Too many requests');
		case 'model_not_found':
			return t('No model with this name');
		case 'model_ambiguous':
			return t('Several models with this name');
		case 'context_length_exceeded':
			return t('Longer than the model’s context');
		case 'not_enough_memory':
			return t('Not enough memory for the model');
		case 'invalid_json':
			return t('The body isn’t valid JSON');
		case 'load_cancelled':
			return t('Loading was cancelled');
		default:
			return code.replaceAll('_', ' ');
	}
}
