import { useState } from 'react';
import { useStore } from 'zustand';
import type { Dataset } from '../../electron/contract/dataset/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import { toFailure } from '../connection/failure.ts';
import { Button } from '../design/button.tsx';
import { ChoiceMenu } from '../design/choice-menu.tsx';
import { Dialog } from '../design/dialog.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatCount } from '../design/format.ts';
import { TextField } from '../design/text-field.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { addToDataset } from './add-to-dataset.ts';
import type { AddRequest } from './add-to-dataset-store.ts';
import { parseTags } from './sample-draft.ts';

/** Asks which dataset an answer, or all filtered feedback, is added to. */
export function AddToDatasetDialog() {
	const { addingToDataset } = useServices();
	const asked = useStore(addingToDataset.asked);
	// Keyed, so that each request starts with its own default.
	return asked === null ? null : <Question key={JSON.stringify(asked)} asked={asked} />;
}

/** Default name of a new dataset of answers. */
const usualName = t('From conversations');

/**
 * Suggests a dataset: the last one added to, else the one with the default name; null: a new one. Imported test sets
 * are never suggested.
 */
export function suggestDataset(own: readonly Pick<Dataset, 'id' | 'name'>[], last: number | null): number | null {
	return (own.find(({ id }) => id === last) ?? own.find(({ name }) => name === usualName))?.id ?? null;
}

function Question({ asked }: { asked: AddRequest }) {
	const services = useServices();
	const { addingToDataset, datasets, feedback } = services;
	const all = useStore(datasets.state, (state) => state.datasets);
	const own = all.filter(({ starterId }) => starterId === null);
	const [into, setInto] = useState(() => suggestDataset(own, addingToDataset.lastDataset()));
	const [name, setName] = useState(usualName);
	const [tags, setTags] = useState('');
	const [busy, setBusy] = useState(false);
	const [failure, setFailure] = useState<FailureFacts | null>(null);
	const messageId = asked.kind === 'message' ? asked.messageId : null;
	const messageFeedback = useStore(feedback.state, (known) => (messageId === null ? undefined : known.get(messageId)));
	const target = toTarget(messageFeedback);
	const chosen = own.find(({ id }) => id === into);
	const close = () => addingToDataset.ask(null);
	async function add(): Promise<void> {
		if (busy) return;
		setBusy(true);
		setFailure(null);
		try {
			await addToDataset(services, asked, {
				into: chosen === undefined ? { name: name.trim() } : { datasetId: chosen.id },
				tags: parseTags(tags),
				approve: asked.kind === 'message' && target !== 'correction' && target !== 'good',
			});
			close();
		} catch (error) {
			setFailure(toFailure(error));
			setBusy(false);
		}
	}
	function correct(): void {
		close();
		if (messageId !== null) feedback.asked.setState({ messageId, about: 'correction' }, true);
	}
	const unsure = asked.kind === 'message' && (target === 'bad' || target === 'unknown');
	return (
		<Dialog
			open
			onClose={close}
			title={t('Add to dataset')}
			text={textOf(asked, target)}
			width={440}
			actions={
				<>
					<Button onClick={close}>{t('Cancel')}</Button>
					{unsure ? <Button onClick={correct}>{t('Correct first')}</Button> : null}
					<Button
						kind="primary"
						busy={busy ? t('Adding') : undefined}
						blocked={chosen === undefined && name.trim() === '' ? t('Enter a name') : undefined}
						onClick={() => void add()}
					>
						{unsure ? t('Add as correct') : t('Add')}
					</Button>
				</>
			}
		>
			<form
				className="mt-4 flex flex-col gap-3.5"
				onSubmit={(event) => {
					event.preventDefault();
					void add();
				}}
			>
				<div className="flex flex-col items-start gap-[5px]">
					<span className="text-xs font-medium text-ink-2">{t('Dataset')}</span>
					<ChoiceMenu
						label={t('Dataset')}
						value={String(chosen?.id ?? 'new')}
						options={[
							...own.map(({ id, name: title, latest }) => ({
								value: String(id),
								words: title,
								detail: formatCount(latest.samples),
							})),
							{ value: 'new', words: t('New dataset') },
						]}
						onChange={(value) => setInto(value === 'new' ? null : Number(value))}
					/>
				</div>
				{chosen === undefined ? (
					<TextField
						label={t('Name')}
						value={name}
						maxLength={200}
						autoComplete="off"
						onChange={(event) => setName(event.target.value)}
					/>
				) : null}
				<TextField
					label={t('Tags')}
					hint={t('Optional, comma-separated')}
					value={tags}
					autoComplete="off"
					onChange={(event) => setTags(event.target.value)}
				/>
				{failure === null ? null : <FailureCard title={t('Couldn’t add to the dataset')} failure={failure} />}
				<button type="submit" className="sr-only" tabIndex={-1} aria-hidden>
					{t('Add')}
				</button>
			</form>
		</Dialog>
	);
}

type Target = 'correction' | 'good' | 'bad' | 'unknown';

function toTarget(messageFeedback: { rating: string | null; correction: string | null } | undefined): Target {
	if (messageFeedback?.correction != null) return 'correction';
	return messageFeedback?.rating === 'up' ? 'good' : messageFeedback?.rating === 'down' ? 'bad' : 'unknown';
}

function textOf(asked: AddRequest, target: Target): string {
	if (asked.kind === 'feedback') {
		return t(
			'Adds the corrected or well-rated ones of {count, plural, one {# filtered answer} other {# filtered answers}}. The preceding conversation becomes the input.',
			{ count: asked.count },
		);
	}
	if (asked.kind === 'requests') {
		return t(
			'The program’s request becomes the input, and the answer becomes the target. A correction from the program replaces the answer.',
		);
	}
	switch (target) {
		case 'correction':
			return t('The preceding conversation becomes the input, your correction the target.');
		case 'good':
			return t('The preceding conversation becomes the input, the answer you rated as good the target.');
		case 'bad':
			return t('You rated this answer as bad. Correct it first, so that the dataset gets the correct answer.');
		case 'unknown':
			return t('Is this answer correct? It becomes the target, and the preceding conversation the input.');
	}
}
