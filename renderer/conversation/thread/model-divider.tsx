import type { Message } from '../../../electron/contract/conversation/schema.ts';
import { t } from '../../messages/t.ts';
import { nameModel } from '../answer/answer-wording.ts';

/** The model of an answer, and that of the answer before it. */
export interface ModelChange {
	readonly before: string;
	readonly model: string;
}

/** Returns the answers of a branch that another model wrote than the answer before, by id. */
export function findModelChanges(messages: readonly Message[]): ReadonlyMap<number, ModelChange> {
	const changes = new Map<number, ModelChange>();
	let before: string | null = null;
	for (const message of messages) {
		const model = nameModel(message);
		if (model === null) continue;
		if (before !== null && before !== model) changes.set(message.id, { before, model });
		before = model;
	}
	return changes;
}

/** Stands above an answer of another model than the answer before, and names both. */
export function ModelDivider({ change }: { change: ModelChange }) {
	const line = <span aria-hidden className="h-px min-w-4 flex-1 bg-line" />;
	return (
		<div className="mb-3.5 flex items-center gap-3 text-xs text-ink-3">
			{line}
			<p className="text-center text-balance">{t('The model changed from {before} to {model}', { ...change })}</p>
			{line}
		</div>
	);
}
