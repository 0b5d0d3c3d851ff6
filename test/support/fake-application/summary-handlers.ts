import type { Implementer } from '../../../electron/api/implementer.ts';
import type { Summaries, Summary } from '../../../electron/contract/conversation/overflow.ts';
import { Failure } from '../../../models/contract/failure.ts';
import type { FakeApplication } from './fake-application.ts';

/** Handlers of summaries over a fake application: versions are those of its data. */
export function summaryHandlers(fake: FakeApplication, os: Implementer) {
	const { summaries } = os;
	const { data } = fake;
	const of = (id: number): Summaries =>
		data.summaries.get(id) ?? {
			policy: data.options.get(id)?.overflow ?? data.settings.overflow,
			versions: [],
			activeId: null,
			making: null,
		};

	function set(id: number, changes: Partial<Summaries>): Summaries {
		const changed = { ...of(id), ...changes };
		data.summaries.set(id, changed);
		fake.emit({ type: 'summaries-changed', conversationId: id });
		return changed;
	}

	function find(summaryId: number): Summary {
		const found = [...data.summaries.values()].flatMap(({ versions }) => versions).find(({ id }) => id === summaryId);
		if (found !== undefined) return found;
		throw new Failure({ code: 'summary-unknown', message: 'It no longer exists.', next: [] });
	}

	return {
		list: summaries.list.handler(({ input }) => of(input.id)),
		edit: summaries.edit.handler(({ input: { summaryId, text } }) => {
			const before = find(summaryId);
			const { versions } = of(before.conversationId);
			const number = 1 + Math.max(...versions.map((one) => one.number));
			const added: Summary = { ...before, id: number + 1_000, number, text, writtenBy: 'person', modelName: '' };
			return set(before.conversationId, { versions: [added, ...versions], activeId: added.id });
		}),
		use: summaries.use.handler(({ input }) => set(find(input.summaryId).conversationId, { activeId: input.summaryId })),
		make: summaries.make.handler(({ input }) =>
			set(input.id, { making: { state: 'writing', fraction: 0.4, problem: null } }),
		),
		cancel: summaries.cancel.handler(({ input }) => set(input.id, { making: null })),
	};
}
