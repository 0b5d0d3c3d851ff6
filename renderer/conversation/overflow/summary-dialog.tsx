import { Check, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import {
	maxSummaryCharacters,
	type Summaries,
	type Summary,
} from '../../../electron/contract/conversation/overflow.ts';
import { runOrToast } from '../../app/run-or-toast.ts';
import { Button } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { FailureCard } from '../../design/failure-card.tsx';
import { formatFullTime } from '../../design/format.ts';
import { ProgressBar } from '../../design/progress-bar.tsx';
import { Select } from '../../design/select.tsx';
import { TextArea } from '../../design/text-field.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import type { ShownSummary } from './summary-store.ts';
import { useSummaries } from './use-summaries.ts';

/** The summary that is open, if there is one. */
export function SummaryDialog() {
	const { summaries } = useServices();
	const shown = useStore(summaries.shown);
	return shown === null ? null : (
		<OpenSummary key={shown.conversationId} shown={shown} onClose={() => summaries.shown.setState(null, true)} />
	);
}

/** Every version of a conversation's summary: to read, to edit as a new version, to take back, to make again. */
function OpenSummary({ shown, onClose }: { shown: ShownSummary; onClose: () => void }) {
	const services = useServices();
	const { connection, toasts } = services;
	const { client } = connection;
	const { data, failure } = useSummaries(shown.conversationId);
	const [chosen, setChosen] = useState(shown.versionId);
	const versions = data?.versions ?? [];
	const shownId = chosen ?? data?.activeId;
	const version = versions.find(({ id }) => id === shownId) ?? versions[0];
	/** null: as the version has it. It belongs to the chosen version, whatever the model makes meanwhile. */
	const [edited, setEdited] = useState<string | null>(null);
	const text = edited ?? version?.text ?? '';
	const changed = version !== undefined && text.trim() !== version.text;
	const busy = data?.making?.problem === null ? data.making : null;

	function show(versionId: number | null): void {
		setChosen(versionId);
		setEdited(null);
	}

	/** The new version is in use once it is there; it is shown then, unless the person is writing. */
	function makeAgain(): void {
		if (!changed) show(null);
		void runOrToast(services, () => client.summaries.make({ id: shown.conversationId }));
	}

	/** Shows the version that is used now, and offers the way back. */
	function change(ask: () => Promise<Summaries>, words: (now: Summary) => string): void {
		const before = data?.activeId ?? null;
		void runOrToast(services, async () => {
			const { versions: all, activeId } = await ask();
			const now = all.find(({ id }) => id === activeId);
			if (now === undefined) return;
			show(now.id);
			toasts.show({
				text: words(now),
				...(before === null || before === now.id
					? {}
					: {
							action: {
								label: t('Undo'),
								run: () => void runOrToast(services, () => client.summaries.use({ summaryId: before })),
							},
						}),
			});
		});
	}

	const used = (now: Summary) => t('Version {number} is used from the next answer on', { number: now.number });
	return (
		<Dialog
			open
			onClose={onClose}
			width={640}
			title={t('Summary of the earlier messages')}
			text={version === undefined ? undefined : describeVersion(version)}
			actions={
				<>
					<Button onClick={onClose}>{t('Close')}</Button>
					{version === undefined ? null : changed ? (
						<Button
							kind="primary"
							blocked={text.trim() === '' ? t('Write something first') : undefined}
							onClick={() => change(() => client.summaries.edit({ summaryId: version.id, text: text.trim() }), used)}
						>
							{t('Save as a new version')}
						</Button>
					) : (
						<Button
							kind="primary"
							icon={Check}
							blocked={
								version.id === data?.activeId
									? t('This version is in use')
									: version.onBranch
										? undefined
										: t('It covers messages of another branch')
							}
							onClick={() => change(() => client.summaries.use({ summaryId: version.id }), used)}
						>
							{t('Use this version')}
						</Button>
					)}
				</>
			}
		>
			<div className="mt-3 flex flex-col gap-3">
				{failure === null ? null : <FailureCard title={t('Couldn’t read the summary')} failure={failure} />}
				{data?.making?.problem == null ? null : (
					<FailureCard title={t('No summary was made')} failure={data.making.problem} />
				)}
				{version === undefined ? (
					failure === null && data !== undefined ? (
						<p className="text-ink-2">
							{t('There is no summary yet. One is made by itself once the context is more than half full.')}
						</p>
					) : null
				) : (
					<>
						<TextArea
							label={t('Summary, as the model is given it')}
							hint={t('{count, plural, one {# character} other {# characters}}', { count: text.length })}
							value={text}
							maxLength={maxSummaryCharacters}
							maxHeight={300}
							dir="auto"
							onChange={(event) => {
								setChosen(version.id);
								setEdited(event.target.value);
							}}
						/>
						<div className="flex flex-wrap items-center gap-2">
							{versions.length < 2 ? null : (
								<Select
									label={t('Version')}
									value={String(version.id)}
									onChange={(id) => show(Number(id))}
									options={versions.map((one) => ({
										value: String(one.id),
										words: nameOfVersion(one, one.id === data?.activeId),
									}))}
								/>
							)}
							<Button
								size="sm"
								icon={RotateCcw}
								className="ml-auto"
								busy={busy === null ? undefined : t('Making a new version')}
								onClick={makeAgain}
							>
								{t('Make again')}
							</Button>
						</div>
					</>
				)}
				<p role="status" className="sr-only">
					{busy === null ? '' : t('Making a new version')}
				</p>
				{busy === null ? null : (
					<div className="flex items-center gap-3 text-xs text-ink-3">
						<span>
							{busy.state === 'waiting'
								? t('Waits until nothing else is running')
								: t('The model is reading and writing')}
						</span>
						<ProgressBar
							label={t('Progress of the summary')}
							value={busy.state === 'waiting' ? null : busy.fraction}
							className="flex-1"
						/>
						<Button
							size="sm"
							kind="ghost"
							onClick={() => void runOrToast(services, () => client.summaries.cancel({ id: shown.conversationId }))}
						>
							{t('Cancel')}
						</Button>
					</div>
				)}
			</div>
		</Dialog>
	);
}

function describeVersion({ number, messages: count, writtenBy, modelName, createdAt }: Summary): string {
	const values = { number, count, time: formatFullTime(createdAt) };
	return writtenBy === 'person'
		? t(
				'Version {number}, written by you on {time}. It covers {count, plural, one {# message} other {# messages}}.',
				values,
			)
		: t(
				'Version {number}, written by {model} on {time}. It covers {count, plural, one {# message} other {# messages}}.',
				{ ...values, model: modelName },
			);
}

function nameOfVersion({ number, writtenBy, onBranch }: Summary, isActive: boolean): string {
	if (isActive) return t('Version {number}, in use', { number });
	if (!onBranch) return t('Version {number}, other branch', { number });
	return writtenBy === 'person' ? t('Version {number}, yours', { number }) : t('Version {number}', { number });
}
