import type { Implementer } from '../../../../electron/api/implementer.ts';
import type {
	ActivityEntry,
	ActivityFilter,
	ActivitySort,
	Usage,
} from '../../../../electron/contract/activity/schema.ts';
import { Failure, type FailureFacts } from '../../../../models/contract/failure.ts';
import type { FakeApplication } from '../fake-application.ts';

export interface FakeActivity {
	entries: ActivityEntry[];
	/** Failures by entry id. */
	failures: Map<number, FailureFacts>;
	usage: Usage;
	/** Cleared entries that Undo can restore. */
	cleared: ActivityEntry[];
	/** If set, reading the log fails with it. */
	failure: FailureFacts | null;
}

export function fakeActivity(): FakeActivity {
	return {
		entries: [],
		failures: new Map(),
		usage: { since: 0, models: [], days: [] },
		cleared: [],
		failure: null,
	};
}

/** Handlers of the log, kept in memory with the fake. */
export function activityHandlers(fake: FakeApplication, { activity }: Implementer) {
	const { data } = fake;
	const fitting = (filter: ActivityFilter) => data.activity.entries.filter((entry) => fits(entry, filter));
	const check = () => {
		if (data.activity.failure !== null) throw new Failure(data.activity.failure);
	};
	return {
		list: activity.list.handler(({ input: { filter, sort, offset, limit } }) => {
			check();
			const found = fitting(filter).toSorted((a, b) => order(a, b, sort));
			return { total: found.length, entries: found.slice(offset, offset + limit) };
		}),
		get: activity.get.handler(({ input }) => {
			const entry = data.activity.entries.find(({ id }) => id === input.id);
			if (entry === undefined) throw new Failure({ code: 'activity-unknown', message: 'It is gone.', next: [] });
			return { entry, failure: data.activity.failures.get(input.id) ?? null };
		}),
		usage: activity.usage.handler(({ input }) => {
			check();
			return { ...data.activity.usage, days: data.activity.usage.days.slice(-input.days) };
		}),
		export: activity.export.handler(({ input }) => {
			const entries = fitting(input.filter);
			return { fileName: `assay-activity.${input.format}`, text: '[]', entries: entries.length, next: null };
		}),
		clear: activity.clear.handler(() => {
			data.activity.cleared = data.activity.entries;
			data.activity.entries = [];
			fake.emit({ type: 'activity-changed' });
			return { cleared: data.activity.cleared.length, upTo: 1 };
		}),
		restore: activity.restore.handler(() => {
			data.activity.entries = data.activity.cleared;
			fake.emit({ type: 'activity-changed' });
			return { restored: true };
		}),
	};
}

function fits(entry: ActivityEntry, { kinds, results, since, text }: ActivityFilter): boolean {
	const words = `${entry.subject} ${entry.outcome} ${JSON.stringify(entry.facts)}`.toLowerCase();
	return (
		(kinds?.includes(entry.kind) ?? true) &&
		(results?.includes(entry.result) ?? true) &&
		entry.at >= (since ?? 0) &&
		(text === undefined || words.includes(text.toLowerCase()))
	);
}

function order(a: ActivityEntry, b: ActivityEntry, { by, descending }: ActivitySort): number {
	const key = { time: 'at', kind: 'kind', subject: 'subject', outcome: 'outcome' }[by] as keyof ActivityEntry;
	const way = descending ? -1 : 1;
	return way * (a[key]! < b[key]! ? -1 : a[key]! > b[key]! ? 1 : 0) || b.at - a.at || b.id - a.id;
}
