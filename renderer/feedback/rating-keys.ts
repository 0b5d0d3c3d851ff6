import type { Message } from '../../electron/contract/conversation/schema.ts';
import { t } from '../messages/t.ts';
import type { Services } from '../services.ts';

/** Actions of single keys on the focused answer. */
const actions: Readonly<Record<string, (services: Services, messageId: number) => void>> = {
	'+': ({ feedback }, id) => void feedback.toggle(id, 'up'),
	'=': ({ feedback }, id) => void feedback.toggle(id, 'up'),
	'-': ({ feedback }, id) => void feedback.toggle(id, 'down'),
	'−': ({ feedback }, id) => void feedback.toggle(id, 'down'),
	t: (services, id) => why(services, id, 'reasons'),
	c: (services, id) => why(services, id, 'comment'),
	e: ({ feedback }, id) => feedback.asked.setState({ messageId: id, about: 'correction' }, true),
};

/** The keys as listed in the overview of shortcuts. */
export const ratingKeys: readonly { readonly label: string; readonly keys: string }[] = [
	{ label: t('Good answer'), keys: '+' },
	{ label: t('Bad answer'), keys: '−' },
	{ label: t('Add reasons'), keys: 'T' },
	{ label: t('Add comment'), keys: 'C' },
	{ label: t('Correct answer'), keys: 'E' },
];

/**
 * Runs a single key's action on the focused answer, or on the newest one if the message list has the focus. Returns
 * true if it handled the key; ignores keys while the user types.
 */
export function pressRatingKey(services: Services, event: KeyboardEvent): boolean {
	if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) return false;
	const action = actions[event.key.toLowerCase()];
	const target = event.target instanceof Element ? event.target : null;
	if (action === undefined || target === null) return false;
	if (target.closest('input, textarea, select, [contenteditable], [role="menu"], [role="dialog"]') !== null)
		return false;
	const messageId = focusedAnswer(services, target);
	if (messageId === null) return false;
	action(services, messageId);
	return true;
}

function focusedAnswer(services: Services, target: Element): number | null {
	const answer = target.closest<HTMLElement>('[data-answer]');
	if (answer !== null) return Number(answer.getAttribute('data-answer'));
	if (target.closest('[data-messages]') === null) return null;
	const state = services.thread.state.getState();
	return (state.status === 'ready' ? state.messages.findLast(isFinished)?.id : null) ?? null;
}

function isFinished({ role, status, content }: Message): boolean {
	return role === 'assistant' && status !== 'streaming' && content !== '';
}

/** Reasons and comments explain a thumb; without one there is nothing to explain. */
function why({ feedback, toasts }: Services, messageId: number, about: 'reasons' | 'comment'): void {
	if (feedback.state.getState().get(messageId)?.rating != null) feedback.asked.setState({ messageId, about }, true);
	else toasts.note({ text: t('Rate the answer first: + for good, − for bad') });
}
