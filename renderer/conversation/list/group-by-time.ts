import type { Conversation } from '../../../electron/contract/conversation/schema.ts';
import { countDaysBetween } from '../../design/format.ts';
import { startOfDay } from '../../design/local-day.ts';
import { dateLocale } from '../../messages/page-locale.ts';
import { t } from '../../messages/t.ts';

export interface ConversationGroup {
	name: string;
	conversations: readonly Conversation[];
}

const day = 86_400_000;

/** Groups conversations by when they were last used, newest group first; keeps their order within a group. */
export function groupByTime(conversations: readonly Conversation[], now: number): ConversationGroup[] {
	const nameOf = groupNamer(now);
	const groups = new Map<string, Conversation[]>();
	for (const conversation of conversations) {
		const name = nameOf(conversation.updatedAt);
		const group = groups.get(name);
		if (group) group.push(conversation);
		else groups.set(name, [conversation]);
	}
	return [...groups].map(([name, members]) => ({ name, conversations: members }));
}

/**
 * Returns a function that names the group of a time. It uses the calendar once per day, not once per conversation,
 * because there may be 100,000.
 */
function groupNamer(now: number): (at: number) => string {
	let from = Number.POSITIVE_INFINITY;
	let to = Number.NEGATIVE_INFINITY;
	let name = '';
	return (at) => {
		if (at < from || at >= to) {
			from = startOfDay(at);
			// The shortest day of the year has 23 hours; looking up a day twice costs nothing.
			to = from + day - 3_600_000;
			name = groupName(at, now);
		}
		return name;
	};
}

const month = new Intl.DateTimeFormat(dateLocale(), { month: 'long' });
const monthAndYear = new Intl.DateTimeFormat(dateLocale(), { month: 'long', year: 'numeric' });

function groupName(at: number, now: number): string {
	const days = countDaysBetween(at, now);
	if (days <= 0) return t('Today');
	if (days === 1) return t('Yesterday');
	if (days < 7) return t('Last 7 days');
	if (days < 30) return t('Last 30 days');
	const date = new Date(at);
	return (date.getFullYear() === new Date(now).getFullYear() ? month : monthAndYear).format(date);
}
